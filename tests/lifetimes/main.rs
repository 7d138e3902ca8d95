//! Runtimes come and go, and leave nothing behind.
//!
//! A test binary of its own, since it counts what the whole OS process holds.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong ends by panic")]

mod allocator;

use std::fs;
use std::ops::Range;
use std::sync::Barrier;
use std::time::Duration;

use libprocess::address::Upid;
use libprocess::os::{Command, Redirect};
use libprocess::process::{Context, Process};
use libprocess::runtime::Runtime;
use libprocess::time::hours;
use parking_lot::{Condvar, Mutex};

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
        collect_garbage();
        // Counted first: listing the others allocates.
        let (allocations, bytes) = allocator::live();
        Self {
            descriptors: fs::read_dir("/proc/self/fd").unwrap().count(),
            threads: fs::read_dir("/proc/self/task").unwrap().count(),
            allocations,
            bytes,
        }
    }
}

/// Frees what the run queues of ended threads have left to be freed at leisure.
///
/// A pin in 128 takes what may be freed from crossbeam's global queue, and leaves the nodes that
/// it stood in with this thread; a flush puts those into the queue, as one. After some rounds
/// there is nothing but a single node on its way round, however many threads there were.
fn collect_garbage() {
    for _ in 0..4 {
        crossbeam_epoch::pin().flush();
        for _ in 0..16 * 128 {
            drop(crossbeam_epoch::pin());
        }
    }
}

/// Makes parking_lot's table of parked threads as large as the lives need it: it grows with the
/// threads that are there at once, and for good.
fn grow_table_of_threads() {
    let all_parked = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                Condvar::new().wait_for(&mut Mutex::new(()).lock(), Duration::ZERO);
                all_parked.wait();
            });
        }
    });
}

/// More than two runtimes have at once.
const THREADS: usize = 100;

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
    grow_table_of_threads();
    let holdings_after = |lives: Range<u32>| {
        lives.for_each(|_| live_and_die());
        Holdings::now()
    };
    let early = holdings_after(0..10);
    let late = holdings_after(10..1000);
    assert_eq!(late, early);
}
