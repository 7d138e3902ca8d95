//! Every interleaving of wakes, polls and an abort.
//!
//! Each names the race that it holds. Planted faults that they find, by the first letters of the
//! models:
//!
//! | fault | found by |
//! | --- | --- |
//! | a wake that changes nothing writes nothing | `wakes` |
//! | the changes do not acquire, or do not release | `wakes`, `an_abort` |
//! | a pause that forgets a wake during the poll | `wakes`, `an_abort` |
//! | a wake during the poll that queues the task again | `wakes`, `an_abort` |
//! | a wake that loses the abort | `an_abort` |
//! | an end that is a store, which a wake at the same time may undo | `an_abort` |
//! | the end does not release, or is seen without acquire | `looking` |

use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

use super::{Pause, Start, State, Wake};
use crate::primitive::explore::every;
use crate::primitive::sync::Arc;

/// A task that is over when it has seen all the news.
struct Model {
    state: State,
    news: [AtomicBool; 2],
    /// Fails the model if two polls overlap, or the second does not see the first.
    polled: UnsafeCell<()>,
    /// How many of the news the last poll saw. It orders nothing.
    seen: AtomicUsize,
    dropped: AtomicUsize,
    /// Fails the model if who sees the end does not see the future dropped.
    future: UnsafeCell<()>,
}

impl Model {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            state: State::queued(),
            news: [AtomicBool::new(false), AtomicBool::new(false)],
            polled: UnsafeCell::new(()),
            seen: AtomicUsize::new(0),
            dropped: AtomicUsize::new(0),
            future: UnsafeCell::new(()),
        })
    }

    /// Has news, which only the state word carries over, then wakes.
    fn tell(&self, which: usize) {
        self.news[which].store(true, Ordering::Relaxed);
        self.wake();
    }

    fn wake(&self) {
        if self.state.wake() == Wake::Schedule {
            self.run();
        }
    }

    fn abort(&self) {
        self.state.abort();
        self.wake();
    }

    fn run(&self) {
        while self.state.start() == Start::Poll {
            let seen = self
                .news
                .iter()
                .filter(|news| news.load(Ordering::Relaxed))
                .count();
            self.polled
                .with_mut(|_| self.seen.store(seen, Ordering::Relaxed));
            if self.state.pause() == Pause::Rest {
                return;
            }
        }
        self.dropped.fetch_add(1, Ordering::Relaxed);
        self.future.with_mut(|_| ());
        self.state.finish();
    }
}

/// Holds: the last poll sees all news, though a wake came during a poll or found the task queued;
/// no two polls overlap.
#[test]
fn wakes_race_with_polls() {
    every(3, || {
        let task = Model::new();
        let tellers = [0, 1].map(|which| {
            let task = Arc::clone(&task);
            thread::spawn(move || task.tell(which))
        });
        task.run();
        for teller in tellers {
            teller.join().unwrap();
        }
        assert_eq!(task.seen.load(Ordering::Relaxed), 2);
    });
}

/// Holds: an aborted task ends once, whether it was idle, queued or polled.
#[test]
fn an_abort_races_with_a_poll_and_a_wake() {
    every(3, || {
        let task = Model::new();
        let aborter = {
            let task = Arc::clone(&task);
            thread::spawn(move || task.abort())
        };
        let waker = {
            let task = Arc::clone(&task);
            thread::spawn(move || task.wake())
        };
        task.run();
        aborter.join().unwrap();
        waker.join().unwrap();
        assert_eq!(task.dropped.load(Ordering::Relaxed), 1);
        assert!(task.state.is_done());
    });
}

/// Holds: whoever sees that a task is over sees its future dropped.
#[test]
fn looking_for_the_end_races_with_it() {
    every(3, || {
        let task = Model::new();
        let _ = task.state.wake();
        task.state.abort();
        let other = Arc::clone(&task);
        let looker = thread::spawn(move || {
            if other.state.is_done() {
                other.future.with(|_| ());
            }
        });
        task.run();
        looker.join().unwrap();
    });
}
