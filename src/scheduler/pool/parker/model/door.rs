//! Every interleaving of one bed and the door, each race from the state in which it begins.
//!
//! The holder of the park is the model's own thread: it went in before the sleeper comes.

use std::time::Duration;

use loom::thread;

use super::super::super::super::park::{Park, ThreadPark};
use super::super::{Bed, Door, Duty, Place};
use crate::primitive::blocking::Latch;
use crate::primitive::explore::every;
use crate::primitive::sync::Arc;
use crate::primitive::sync::atomic::{AtomicBool, AtomicU64, Ordering};

struct Model {
    door: Door,
    bed: Bed,
    lawn: Arc<Lawn>,
}

/// A park whose visitors count themselves.
struct Lawn {
    /// Not by an atomic step: right if each is alone and sees those before.
    visits: AtomicU64,
    inner: ThreadPark,
    /// Whether nothing happens in it until somebody is called.
    is_quiet: bool,
    /// Opens when somebody comes to stay.
    visited: Latch,
}

impl Park for Lawn {
    fn park(&self, timeout: Option<Duration>) {
        let visits = self.visits.load(Ordering::Relaxed);
        self.visits.store(visits + 1, Ordering::Relaxed);
        if timeout.is_none() {
            self.visited.open();
            if self.is_quiet {
                self.inner.park(None);
            }
        }
    }

    fn unpark(&self) {
        self.inner.unpark();
    }
}

impl Model {
    fn new(is_quiet: bool) -> Arc<Self> {
        let lawn = Arc::new(Lawn {
            visits: AtomicU64::new(0),
            inner: ThreadPark::default(),
            is_quiet,
            visited: Latch::new(),
        });
        Arc::new(Self {
            door: Door::new(Arc::clone(&lawn) as Arc<dyn Park>),
            bed: Bed::new(),
            lawn,
        })
    }

    fn sleep(self: &Arc<Self>) -> thread::JoinHandle<Place> {
        let model = Arc::clone(self);
        thread::spawn(move || model.bed.sleep(&model.door, &|| false))
    }

    /// What who has left the park does, as far as there is one sleeper.
    fn post_watch(&self) {
        if self.door.is_deserted() {
            self.bed.appoint(&self.door);
        }
    }
}

const FREE: &str = "nobody is in the park yet";

/// Holds: who is inside is alone, and sees what was done inside before.
#[test]
fn entering_races_with_leaving() {
    every(4, || {
        let model = Model::new(false);
        let other = Arc::clone(&model);
        let other = thread::spawn(move || [(); 2].map(|()| other.door.poll()));
        for _ in 0..2 {
            model.door.poll();
        }
        other.join().unwrap();
        let visits = [&model.door.visits, &model.lawn.visits];
        let [came, counted] = visits.map(|visits| visits.load(Ordering::Relaxed));
        assert_eq!(came, counted);
    });
}

/// Holds: who finds the park occupied is seen, with what it did before, by who leaves it.
#[test]
fn coming_in_vain_races_with_leaving() {
    every(4, || {
        let model = Model::new(false);
        let lies = Arc::new(AtomicBool::new(false));
        let inside = model.door.enter().expect(FREE);
        let (other, lying) = (Arc::clone(&model), Arc::clone(&lies));
        let sleeper = thread::spawn(move || {
            lying.store(true, Ordering::Relaxed);
            other.door.enter().is_some()
        });
        drop(inside);
        let is_seen = lies.load(Ordering::Relaxed);
        assert!(sleeper.join().unwrap() || is_seen);
    });
}

/// Holds: who goes to bed is appointed by who leaves, or finds the park deserted; and is the watch
/// no more once it is there.
#[test]
fn being_appointed_races_with_moving_into_the_park() {
    every(4, || {
        let model = Model::new(false);
        let inside = model.door.enter().expect(FREE);
        let sleeper = model.sleep();
        drop(inside);
        model.post_watch();
        model.lawn.visited.wait_here();
        assert_eq!(sleeper.join().unwrap(), Place::Park);
        assert!(!model.door.watched.load(Ordering::Relaxed));
        assert_eq!(*model.bed.lock.lock(), Duty::None);
    });
}

/// Holds: a call reaches the sleeper on its way from bed into the park.
#[test]
fn being_called_races_with_moving_into_the_park() {
    every(4, || {
        let model = Model::new(true);
        let inside = model.door.enter().expect(FREE);
        let sleeper = model.sleep();
        drop(inside);
        model.bed.call(&model.door);
        sleeper.join().unwrap();
    });
}
