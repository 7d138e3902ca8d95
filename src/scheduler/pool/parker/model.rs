//! Every interleaving of who leaves the park, who goes to bed, and who goes on and off watch; and
//! random ones, since some of these races take many steps to come about.
//!
//! Each names the race that it holds. `calling_the_watch` finds all of these planted faults under
//! loom, and so do those models of `door` that are named, and *others* of this file:
//!
//! | fault | also found by |
//! | --- | --- |
//! | who went to bed does not try the door again | `being_appointed`, others |
//! | who goes off duty does not try the door again | others |
//! | the watch, called to work, does not hand its duty over | |
//! | who leaves the park posts no watch | others |
//! | who looks into the park posts no watch | others |
//! | the park left without acquire | `coming_in_vain`, others |
//! | the park entered without release | `coming_in_vain`, others |
//! | the watch is appointed before it is noted that there is one | `being_appointed` |
//! | on the way into the park before it is noted, but without the lock | `being_appointed` |
//! | a call on the way into the park is overwritten | `being_called`, others |
//! | two in the park | `entering`, others |
//! | the park entered without acquire, or left without release | `entering`, others |

use std::cell::Cell;
use std::time::Duration;

use super::super::super::park::{Park, ThreadPark};
use super::super::sleepers::Sleepers;
use crate::primitive::blocking::Latch;
use crate::primitive::sync::Arc;
use crate::primitive::sync::atomic::{AtomicUsize, Ordering};
use crate::primitive::thread;

/// A park in which things arrive, and workers whose turns last until all of them were found.
struct Model {
    sleepers: Sleepers,
    street: Arc<Street>,
    /// How many of the things that are found first make a short turn.
    short: usize,
}

struct Street {
    inner: ThreadPark,
    /// How many went in, and how many the last one that came out has seen go in.
    entered: AtomicUsize,
    left: AtomicUsize,
    arrived: AtomicUsize,
    found: AtomicUsize,
    expected: usize,
    all: Latch,
}

thread::local! {
    /// What this worker has found in the park: which of all things the last one is.
    static FOUND: Cell<usize> = Cell::new(0);
}

impl Park for Street {
    fn park(&self, timeout: Option<Duration>) {
        let entered = self.entered.fetch_add(1, Ordering::Relaxed);
        let left = self.left.load(Ordering::Relaxed);
        assert_eq!(
            entered, left,
            "each sees who was inside before, and nobody inside"
        );
        if timeout.is_none() {
            self.inner.park(None);
        }
        let arrived = self.arrived.swap(0, Ordering::AcqRel);
        if arrived > 0 {
            let found = self.found.fetch_add(arrived, Ordering::AcqRel) + arrived;
            FOUND.with(|last| last.set(found));
            if found == self.expected {
                self.all.open();
            }
        }
        self.left.store(entered + 1, Ordering::Relaxed);
    }

    fn unpark(&self) {
        self.inner.unpark();
    }
}

impl Model {
    fn new(workers: usize, expected: usize, short: usize) -> Arc<Self> {
        let street = Arc::new(Street {
            inner: ThreadPark::default(),
            entered: AtomicUsize::new(0),
            left: AtomicUsize::new(0),
            arrived: AtomicUsize::new(0),
            found: AtomicUsize::new(0),
            expected,
            all: Latch::new(),
        });
        Arc::new(Self {
            sleepers: Sleepers::new(workers, Arc::clone(&street) as Arc<dyn Park>),
            street,
            short,
        })
    }

    fn arrive(&self) {
        self.street.arrived.fetch_add(1, Ordering::AcqRel);
        self.street.unpark();
    }

    /// A turn that needs what the others find, and does not say that it blocks.
    fn long_turn(&self) {
        self.street.all.wait_here();
        self.sleepers.call_all();
    }

    fn work(&self, index: usize) {
        let is_own = || FOUND.with(Cell::get) > 0 || self.street.all.is_open();
        while !self.street.all.is_open() {
            self.sleepers.lie_down(index, false);
            let is_called = self.sleepers.sleep(index, || false, is_own);
            let found = FOUND.with(|last| last.replace(0));
            if is_called || found > self.short {
                self.long_turn();
            }
            if is_called {
                self.sleepers.stop_search(|| false);
            }
        }
    }
}

#[cfg(loom)]
mod door;

fn spawn(body: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    thread::spawn("", body).unwrap()
}

/// Has `workers` sleep until what is expected was found; of what is found, the first `short`
/// things make short turns.
fn check(
    preemptions: usize,
    (workers, expected, short): (usize, usize, usize),
    outside: impl Fn(&Arc<Model>) + Send + Sync + 'static,
) {
    explore(preemptions, move || {
        let model = Model::new(workers, expected, short);
        let sleep = |index| {
            let model = Arc::clone(&model);
            spawn(move || model.work(index))
        };
        let workers: Vec<_> = (0..workers).map(sleep).collect();
        outside(&model);
        for worker in workers {
            worker.join().unwrap();
        }
    });
}

#[cfg(loom)]
use crate::primitive::explore::every as explore;

#[cfg(shuttle)]
fn explore(_preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    crate::primitive::explore::rare(10_000, model);
}

/// Holds: who goes to bed because somebody is in the park is told when that one leaves it.
#[test]
fn leaving_the_park_races_with_going_to_bed() {
    check(3, (2, 2, 0), |model| {
        model.arrive();
        model.arrive();
    });
}

/// Holds: the same when a busy worker only looks in.
#[test]
fn looking_into_the_park_races_with_going_to_bed() {
    explore(3, || {
        let model = Model::new(2, 1, 0);
        let (sleeps, looks) = (Arc::clone(&model), Arc::clone(&model));
        let sleeper = spawn(move || sleeps.work(0));
        let busy = spawn(move || {
            looks.sleepers.poll();
            looks.long_turn();
        });
        model.arrive();
        sleeper.join().unwrap();
        busy.join().unwrap();
    });
}

/// Holds: a watch that goes off duty, since somebody is in the park, is told when that one leaves.
#[test]
fn leaving_the_park_races_with_going_off_duty() {
    check(3, (2, 3, 1), |model| {
        model.arrive();
        model.arrive();
        model.arrive();
    });
}

/// Holds: when the watch is called to work, another takes the duty over.
#[test]
fn calling_the_watch_races_with_leaving_the_park() {
    check(3, (2, 1, 0), |model| {
        model.sleepers.poll();
        model.sleepers.poll();
        model.sleepers.wake();
        model.arrive();
    });
}
