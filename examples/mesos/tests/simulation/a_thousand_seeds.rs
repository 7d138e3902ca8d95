//! A thousand runs, each other than the others: what is right in all of them is right.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, BuildHasherDefault};
use std::ops::Range;
use std::thread;
use std::time::Duration;

use libprocess::primitive::hash::Folding;
use libprocess::time::secs;

use super::cluster;

/// Runs what `judge` makes of each seed on as many threads as the machine has processors.
fn all<T: Send>(judge: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, usize::from) as u64;
    let part = |index: u64| -> Range<u64> {
        let bound = |index: u64| SEEDS * index / threads;
        bound(index)..bound(index + 1)
    };
    thread::scope(|scope| {
        let judge = &judge;
        let parts = (0..threads).map(part);
        let running: Vec<_> = parts
            .map(|part| scope.spawn(move || part.map(judge).collect::<Vec<T>>()))
            .collect();
        let results = running.into_iter().flat_map(|part| part.join().unwrap());
        results.collect()
    })
}

const SEEDS: u64 = 1000;

#[test]
fn the_end_of_every_task_that_ran_is_heard_and_no_two_runs_are_alike() {
    let hashes = all(|seed| {
        let run = cluster::run(seed, secs(10));
        assert!(run.forgotten.is_empty(), "seed {seed}: {:?}", run.forgotten);
        BuildHasherDefault::<Folding>::default().hash_one(run.trace)
    });
    let different = hashes.into_iter().collect::<BTreeSet<u64>>().len();
    assert!(different >= 990, "{different} different runs");
}

/// A bug that is planted: an update that is lost is not sent again.
#[test]
fn updates_that_are_sent_once_only_are_found_out() {
    let never = Duration::from_secs(1 << 32);
    let found = (0..SEEDS).any(|seed| !cluster::run(seed, never).forgotten.is_empty());
    assert!(found, "a thousand seeds did not find the bug");
}
