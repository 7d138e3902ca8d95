//! The benchmarks that those who know C++ libprocess know, by their names and with their
//! parameters and figures; and beside them what this library promises of itself.
//!
//! ```sh
//! cargo bench                                # all of them, some minutes
//! cargo bench -- Throughput flood            # those whose names contain one of the words
//! cargo bench -- flood --seconds 5 --workers 4
//! cargo bench -- hostile/gzip-bomb           # a part of one
//! ```
//!
//! Without `--bench` on the command line, as under `cargo test`, each runs once and small, to show
//! that it works.

mod client_server;
mod dispatch_defer;
mod flood;
mod growth;
mod harness;
mod hostile;
mod idle;
mod large_number_of_links;
mod lives;
mod metrics_scalability;
mod mpsc_linked_queue;
mod node;
mod protobuf_install_handler;
mod scheduler;
mod throughput_performance;
mod timers;
mod tree;

use harness::Plan;

type Benchmark = (&'static str, fn(&Plan));

const BENCHMARKS: &[Benchmark] = &[
    ("ClientServer", client_server::run),
    ("LargeNumberOfLinks", large_number_of_links::run),
    ("ThroughputPerformance", throughput_performance::run),
    ("DispatchDefer", dispatch_defer::run),
    ("ProtobufInstallHandler", protobuf_install_handler::run),
    ("MpscLinkedQueue", mpsc_linked_queue::contended),
    (
        "MpscLinkedQueueNonContendedRead",
        mpsc_linked_queue::non_contended_read,
    ),
    ("Metrics_Scalability", metrics_scalability::run),
    ("timers", |plan| timers::measure(plan, 1_000_000)),
    ("lives", lives::run),
    ("settle", lives::settle),
    ("scheduler", scheduler::run),
    ("flood", flood::run),
    ("idle", idle::run),
    ("hostile", hostile::run),
    ("growth_workers", growth::workers),
    ("growth_processes_10k", |plan| {
        growth::processes(plan, 10_000);
    }),
    ("growth_processes_100k", |plan| {
        growth::processes(plan, 100_000);
    }),
    ("growth_processes_1M", |plan| {
        growth::processes(plan, 1_000_000);
    }),
    ("growth_mailbox_100k", |plan| growth::mailbox(plan, 100_000)),
    ("growth_mailbox_1M", |plan| growth::mailbox(plan, 1_000_000)),
    ("growth_mailbox_10M", |plan| {
        growth::mailbox(plan, 10_000_000);
    }),
    ("growth_timers_1k", |plan| timers::measure(plan, 1_000)),
    ("growth_timers_10k", |plan| timers::measure(plan, 10_000)),
    ("growth_timers_100k", |plan| timers::measure(plan, 100_000)),
];

fn main() {
    if hostile::is_side() {
        return;
    }
    let plan = Plan::from_arguments();
    for (name, benchmark) in BENCHMARKS {
        plan.run(name, *benchmark);
    }
}
