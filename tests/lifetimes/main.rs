//! Runtimes come and go, and leave nothing behind.
//!
//! A test binary of its own, since it counts what the whole OS process holds.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong ends by panic")]

mod allocator;

use std::fs;

use libprocess::address::Upid;
use libprocess::os::{Command, Redirect};
use libprocess::process::{Context, Process};
use libprocess::runtime::Runtime;
use libprocess::time::hours;

/// What the OS process holds.
#[derive(Debug, PartialEq, Eq)]
struct Holdings {
    descriptors: usize,
    threads: usize,
    allocations: isize,
    bytes: isize,
}

impl Holdings {
    fn now() -> Self {
        // Counted first: listing the others allocates.
        let (allocations, bytes) = live();
        Self {
            descriptors: fs::read_dir("/proc/self/fd").unwrap().count(),
            threads: fs::read_dir("/proc/self/task").unwrap().count(),
            allocations,
            bytes,
        }
    }
}

/// The allocations that are alive, and their bytes, without what the run queues of ended threads
/// have left to be freed at leisure: that comes and goes by a few kilobytes, however many threads
/// there were, so the least that is seen while it is freed is what counts.
fn live() -> (isize, isize) {
    let live = (0..100).map(|_| {
        crossbeam_epoch::pin().flush();
        allocator::live()
    });
    live.min().expect("there are a hundred looks")
}

/// Links itself to another process.
struct Linked(Upid);

impl Process for Linked {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.link(&self.0);
    }
}

struct Idle;

impl Process for Idle {}

/// Two runtimes on which all is going on that a stop has to end.
fn live_and_die() {
    let far = Runtime::builder().workers(2).start().unwrap();
    let near = Runtime::builder().workers(2).start().unwrap();
    let peer = far.spawn_as("peer", Idle).unwrap();
    let idle = near.spawn_as("idle", Idle).unwrap();

    let linked = near.spawn(Linked(peer.upid().clone())).unwrap();
    let linked_within = near.spawn(Linked(idle.upid().clone())).unwrap();
    drop(idle.delay(hours(1), |_, _| ()));
    let child = Command::new("true")
        .stdin(Redirect::Null)
        .spawn(near.reaper().unwrap());
    drop(child.unwrap());

    // One process and one bare thread blocked until another process ends, with a dispatch queued
    // behind.
    let waiting = near.spawn(Idle).unwrap();
    let target = idle.clone();
    waiting.tell(move |_, _| drop(target.wait()));
    let queued = waiting.dispatch(|_, _| ());
    let target = idle.clone();
    let waiter = std::thread::spawn(move || target.wait());

    linked.dispatch(|_, _| ()).wait().unwrap();
    linked_within.dispatch(|_, _| ()).wait().unwrap();
    near.stop().unwrap();
    far.stop().unwrap();
    waiter.join().unwrap().unwrap();
    queued.wait().unwrap();
}

#[test]
fn a_thousand_runtimes_leave_nothing_behind() {
    for _ in 0..10 {
        live_and_die();
    }
    let early = least_after(LIVES);
    for _ in 10 + LIVES..1000 - LIVES {
        live_and_die();
    }
    let late = least_after(LIVES);
    assert_eq!(late.descriptors, early.descriptors);
    assert_eq!(late.threads, early.threads);
    // A leak in every life would be seen 970 times.
    let grown = late.allocations - early.allocations;
    assert!(grown < FEW, "{late:?} after {early:?}");
    let grown = late.bytes - early.bytes;
    assert!(grown < 1024 * FEW, "{late:?} after {early:?}");
}

/// What is left after each of these lives, at the least: what ended threads left to be freed at
/// leisure is there after some of them, and after others not.
fn least_after(lives: usize) -> Holdings {
    let left = (0..lives).map(|_| {
        live_and_die();
        Holdings::now()
    });
    left.min_by_key(|left| left.bytes)
        .expect("there are some lives")
}

const LIVES: usize = 20;

/// What may have been made once, late, and for good: a buffer of a thread that has grown.
const FEW: isize = 16;
