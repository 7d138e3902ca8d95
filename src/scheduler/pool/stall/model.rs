//! Every interleaving of waking the last sleeper and of going off duty.
//!
//! Each names the race that it holds.

use std::time::Duration;

use loom::sync::atomic::{AtomicUsize, Ordering, fence};
use loom::thread;

use super::Lookout;
use crate::primitive::explore::every;
use crate::primitive::sync::Arc;

/// A pool in small: how many of its two workers are awake.
struct Model {
    lookout: Lookout,
    awake: AtomicUsize,
}

impl Model {
    fn are_awake(&self) -> bool {
        self.awake.load(Ordering::Relaxed) == 2
    }

    /// As [`Sleepers`](super::super::sleepers::Sleepers) count.
    fn wake(&self) {
        let before = self.awake.fetch_add(1, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        if before + 1 == 2 {
            self.lookout.call();
        }
    }
}

fn check(body: impl Fn(&Arc<Model>) + Send + Sync + 'static) {
    every(3, move || {
        let model = Arc::new(Model {
            lookout: Lookout::new(),
            awake: AtomicUsize::new(1),
        });
        body(&model);
    });
}

/// Holds: the last sleeper wakes, then all are stuck: the lookout is on duty, or is called to it.
#[test]
fn waking_the_last_races_with_going_off_duty() {
    check(|model| {
        let looks = Arc::clone(model);
        let lookout = thread::spawn(move || {
            while looks.lookout.pause(Duration::ZERO, || looks.are_awake()) && !looks.are_awake() {}
        });
        model.wake();
        lookout.join().unwrap();
    });
}

/// Holds: the end comes to the lookout on duty and off duty.
#[test]
fn the_end_races_with_going_off_duty() {
    check(|model| {
        let looks = Arc::clone(model);
        let lookout = thread::spawn(move || {
            while looks.lookout.pause(Duration::ZERO, || looks.are_awake()) {
                thread::yield_now();
            }
        });
        model.wake();
        model.lookout.end();
        lookout.join().unwrap();
    });
}
