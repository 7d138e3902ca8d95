//! The systems that are compared, a file each, and the table of their names.

mod actix;
mod bare;
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
    /// An actor library, as opposed to hand-written tasks, threads and floors.
    pub library: bool,
    workloads: Workloads,
}

enum Workloads {
    All,
    AllBut(&'static [&'static str]),
    Only(&'static [&'static str]),
}

/// Ours first, then what it is measured against.
pub const ALL: &[Column] = &[
    by_hand("libprocess", run::<libprocess::Libprocess>, Workloads::All),
    by_hand("tokio", run::<tokio::Tasks<false>>, Workloads::All),
    by_hand("tokio-batch", run::<tokio::Tasks<true>>, Workloads::All),
    library("actix", run::<actix::Arbiters<false>>),
    library("actix-pack", run::<actix::Arbiters<true>>),
    library("ractor", run::<ractor::Ractor>),
    library("kameo", run::<kameo::Kameo>),
    library("xtra", run::<xtra::Xtra>),
    by_hand("smol", run::<smol::Smol>, Workloads::All),
    by_hand("crossbeam", crossbeam::run, Workloads::AllBut(&["W7b"])),
    by_hand(
        "raw-vecdeque",
        floors::run,
        Workloads::AllBut(&["W7a", "W7b"]),
    ),
    by_hand(
        "raw-pod",
        bare::values,
        Workloads::Only(&["W1", "W2", "W5", "W5x100", "W8"]),
    ),
    by_hand("raw-atomic", bare::one_line, Workloads::Only(&["W1"])),
    by_hand("raw-atomic2", bare::two_lines, Workloads::Only(&["W1"])),
    by_hand(
        "raw-futex",
        bare::two_sleepers,
        Workloads::Only(&["W1", "W7a"]),
    ),
];

impl Column {
    /// Whether it has a workload.
    pub fn has(&self, workload: &str) -> bool {
        match self.workloads {
            Workloads::All => true,
            Workloads::AllBut(lacking) => !lacking.contains(&workload),
            Workloads::Only(had) => had.contains(&workload),
        }
    }
}

type Main = fn(&str, usize, Scale) -> !;

const fn library(name: &'static str, run: Main) -> Column {
    Column {
        name,
        run,
        library: true,
        workloads: Workloads::All,
    }
}

const fn by_hand(name: &'static str, run: Main, workloads: Workloads) -> Column {
    Column {
        name,
        run,
        library: false,
        workloads,
    }
}
