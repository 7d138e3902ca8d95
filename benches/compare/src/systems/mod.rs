//! The systems that are compared, a file each, and the table of their names.

mod actix;
mod crossbeam;
mod floors;
mod kameo;
mod libprocess;
mod ractor;
mod smol;
mod tokio;
mod xtra;

use crate::workloads::{Scale, run};

/// A column of the table: its name, what it is, and how one of its workloads is run.
pub struct Column {
    pub name: &'static str,
    pub run: fn(workload: &str, workers: usize, scale: Scale) -> !,
    /// The workloads that it has; all where this says nothing else.
    pub lacks: &'static [&'static str],
    /// An actor library, as opposed to hand-written tasks, threads and floors.
    pub library: bool,
}

/// Ours first, then what it is measured against.
pub const ALL: &[Column] = &[
    column("libprocess", run::<libprocess::Libprocess>, false),
    column("tokio", run::<tokio::Tasks<false>>, false),
    column("tokio-batch", run::<tokio::Tasks<true>>, false),
    column("actix", run::<actix::Arbiters<false>>, true),
    column("actix-pack", run::<actix::Arbiters<true>>, true),
    column("ractor", run::<ractor::Ractor>, true),
    column("kameo", run::<kameo::Kameo>, true),
    column("xtra", run::<xtra::Xtra>, true),
    column("smol", run::<smol::Smol>, false),
    Column {
        name: "crossbeam",
        run: crossbeam::run,
        lacks: &["W7b"],
        library: false,
    },
    Column {
        name: "floor",
        run: floors::run,
        lacks: &["W7a", "W7b"],
        library: false,
    },
];

const fn column(name: &'static str, run: fn(&str, usize, Scale) -> !, library: bool) -> Column {
    Column {
        name,
        run,
        lacks: &[],
        library,
    }
}
