//! Every interleaving of wakes, polls and an abort.

use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

use super::{Pause, Start, State, Wake};
use crate::primitive::sync::Arc;

/// A task that is over when it has seen all the news.
struct Model {
    state: State,
    news: [AtomicBool; 2],
    /// Fails the model if two polls overlap, or the second does not see the first.
    polled: UnsafeCell<()>,
    /// How many of the news the last poll saw. Not of the model: it must order nothing.
    seen: std::sync::Mutex<usize>,
    dropped: AtomicUsize,
}

impl Model {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            state: State::queued(),
            news: [AtomicBool::new(false), AtomicBool::new(false)],
            polled: UnsafeCell::new(()),
            seen: std::sync::Mutex::new(0),
            dropped: AtomicUsize::new(0),
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
            self.polled.with_mut(|_| *self.seen.lock().unwrap() = seen);
            if self.state.pause() == Pause::Rest {
                return;
            }
        }
        self.dropped.fetch_add(1, Ordering::Relaxed);
        self.state.finish();
    }
}

/// Holds: the last poll sees all news, though a wake came during a poll or found the task queued;
/// no two polls overlap.
#[test]
fn wakes_race_with_polls() {
    check(|| {
        let task = Model::new();
        let tellers = [0, 1].map(|which| {
            let task = Arc::clone(&task);
            thread::spawn(move || task.tell(which))
        });
        task.run();
        for teller in tellers {
            teller.join().unwrap();
        }
        assert_eq!(*task.seen.lock().unwrap(), 2);
    });
}

/// Holds: an aborted task ends once, whether it was idle, queued or polled.
#[test]
fn an_abort_races_with_a_poll_and_a_wake() {
    check(|| {
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

fn check(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}
