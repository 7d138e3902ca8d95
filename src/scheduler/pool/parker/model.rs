//! Every interleaving of who leaves the park, who goes to bed, and who goes on and off watch.

use std::cell::Cell;
use std::time::Duration;

use loom::sync::atomic::{AtomicUsize, Ordering};

use super::super::super::park::{Park, ThreadPark};
use super::super::sleepers::Sleepers;
use crate::primitive::blocking::Latch;
use crate::primitive::sync::Arc;
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
    }

    fn unpark(&self) {
        self.inner.unpark();
    }
}

impl Model {
    fn new(workers: usize, expected: usize, short: usize) -> Arc<Self> {
        let street = Arc::new(Street {
            inner: ThreadPark::default(),
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
        self.sleepers.call_all();
    }
}

fn check(
    preemptions: usize,
    (workers, expected, short): (usize, usize, usize),
    outside: impl Fn(&Model) + Send + Sync + 'static,
) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(move || {
        let model = Model::new(workers, expected, short);
        let workers: Vec<_> = (0..workers)
            .map(|index| {
                let model = Arc::clone(&model);
                loom::thread::spawn(move || model.work(index))
            })
            .collect();
        outside(&model);
        for worker in workers {
            worker.join().unwrap();
        }
    });
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
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(|| {
        let model = Model::new(2, 1, 0);
        let sleeper = {
            let model = Arc::clone(&model);
            loom::thread::spawn(move || model.work(0))
        };
        let busy = {
            let model = Arc::clone(&model);
            loom::thread::spawn(move || {
                model.sleepers.poll();
                model.long_turn();
            })
        };
        model.arrive();
        sleeper.join().unwrap();
        busy.join().unwrap();
    });
}

/// Holds: a watch that goes off duty, since somebody is in the park, is told when that one leaves.
#[test]
fn leaving_the_park_races_with_going_off_duty() {
    check(2, (2, 3, 1), |model| {
        model.arrive();
        model.arrive();
        model.arrive();
    });
}

/// Holds: when the watch is called to work, another takes the duty over.
#[test]
fn calling_the_watch_races_with_leaving_the_park() {
    check(2, (3, 2, 0), |model| {
        model.arrive();
        model.sleepers.wake();
        model.arrive();
    });
}
