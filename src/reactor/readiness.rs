//! What is known about a descriptor, and who waits for it.

use std::task::Waker;

use crate::primitive::sync::{Mutex, MutexGuard};

use super::Direction;

/// Both directions of a descriptor.
#[derive(Default)]
pub(super) struct Readiness {
    read: Mutex<Half>,
    write: Mutex<Half>,
}

/// Whether trying an operation is worth while.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// It would block.
    Blocked,
    /// It may succeed.
    Ready,
    /// It will not block again: the direction ended, or broke.
    Ended,
}

struct Half {
    level: Level,
    waiter: Option<Waker>,
}

impl Default for Half {
    /// Nothing is known, so a first try is worth while.
    fn default() -> Self {
        Self {
            level: Level::Ready,
            waiter: None,
        }
    }
}

impl Readiness {
    /// Takes the readiness of a direction away, for its one user to try; where there is none,
    /// `waker` will be woken once there is.
    pub(super) fn take(&self, direction: Direction, waker: &Waker) -> Option<Level> {
        let mut half = self.half(direction).lock();
        if half.level > Level::Blocked {
            return Some(std::mem::replace(&mut half.level, Level::Blocked));
        }
        wait(half, waker);
        None
    }

    /// Whether a direction ended; unless it has, `waker` will be woken once it does.
    pub(super) fn has_ended(&self, direction: Direction, waker: &Waker) -> bool {
        let half = self.half(direction).lock();
        let has_ended = half.level == Level::Ended;
        if !has_ended {
            wait(half, waker);
        }
        has_ended
    }

    /// Puts back what was taken, on top of what was raised meanwhile.
    pub(super) fn put_back(&self, direction: Direction, level: Level) {
        let mut half = self.half(direction).lock();
        half.level = half.level.max(level);
    }

    /// Notes an event and hands over the wakers of those who waited for it.
    pub(super) fn raise(&self, event: &mio::event::Event, woken: &mut Vec<Waker>) {
        let read = match event.is_read_closed() || event.is_error() {
            true => Level::Ended,
            false if event.is_readable() => Level::Ready,
            false => Level::Blocked,
        };
        let write = match event.is_write_closed() || event.is_error() {
            true => Level::Ended,
            false if event.is_writable() => Level::Ready,
            false => Level::Blocked,
        };
        self.lift(Direction::Read, read, woken);
        self.lift(Direction::Write, write, woken);
    }

    /// Raises a direction to at least `level`.
    pub(super) fn lift(&self, direction: Direction, level: Level, woken: &mut Vec<Waker>) {
        if level == Level::Blocked {
            return;
        }
        let mut half = self.half(direction).lock();
        half.level = half.level.max(level);
        woken.extend(half.waiter.take());
    }

    fn half(&self, direction: Direction) -> &Mutex<Half> {
        match direction {
            Direction::Read => &self.read,
            Direction::Write => &self.write,
        }
    }
}

/// Leaves a waker to be woken by the next event.
fn wait(mut half: MutexGuard<'_, Half>, waker: &Waker) {
    let known = half.waiter.as_ref().is_some_and(|w| w.will_wake(waker));
    let replaced = match known {
        true => None,
        false => half.waiter.replace(waker.clone()),
    };
    drop(half);
    // Dropping a waker runs the code of others, so the lock is released first.
    drop(replaced);
}

#[cfg(all(test, loom))]
mod loom_models {
    use std::task::Wake;

    use loom::sync::Notify;

    use super::*;
    use crate::primitive::sync::Arc;
    use crate::primitive::sync::atomic::{AtomicBool, Ordering};

    struct Waiter(Notify);

    impl Wake for Waiter {
        fn wake(self: Arc<Self>) {
            self.0.notify();
        }
    }

    /// Holds: the kernel has something to read and then reports it, while a reader tries, finds
    /// nothing and waits: whatever the order, the reader ends.
    ///
    /// Planted faults that it finds: the level is looked at before the lock under which the waker
    /// is left; the waker is taken before the level is raised, each under a lock of its own.
    #[test]
    fn no_wake_up_is_lost() {
        loom::model(|| {
            let readiness = Arc::new(Readiness::default());
            let arrived = Arc::new(AtomicBool::new(false));
            let kernel = {
                let (readiness, arrived) = (readiness.clone(), arrived.clone());
                loom::thread::spawn(move || {
                    arrived.store(true, Ordering::SeqCst);
                    let mut woken = Vec::new();
                    readiness.lift(Direction::Read, Level::Ready, &mut woken);
                    woken.into_iter().for_each(Waker::wake);
                })
            };
            let waiter = Arc::new(Waiter(Notify::new()));
            let waker = Waker::from(waiter.clone());
            loop {
                match readiness.take(Direction::Read, &waker) {
                    None => waiter.0.wait(),
                    Some(_) if !arrived.load(Ordering::SeqCst) => {}
                    Some(level) => break readiness.put_back(Direction::Read, level),
                }
            }
            kernel.join().unwrap();
        });
    }
}
