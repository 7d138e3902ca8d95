//! Parking: where a worker without work waits.

use std::time::Duration;

use crate::primitive::sync::{Condvar, Mutex};

/// A place to wait for something other than work: sockets and timers.
///
/// One worker at a time waits in it; what it finds there it schedules on its own thread and runs
/// next. Busy workers look into it now and then, with a timeout of zero.
pub trait Park: Send + Sync + 'static {
    /// Waits until something has happened, [`Park::unpark`] was called, or the time is up.
    ///
    /// Handles what has happened before it returns, by scheduling: never by running user code.
    /// May return early for no reason. No two threads are ever in here at once.
    fn park(&self, timeout: Option<Duration>);

    /// Makes the thread in [`Park::park`] return; if there is none, the next one at once.
    fn unpark(&self);
}

/// A [`Park`] in which nothing happens: for runtimes without sockets and timers, and for tests.
#[derive(Debug, Default)]
pub struct ThreadPark {
    unparked: Mutex<bool>,
    changed: Condvar,
}

impl Park for ThreadPark {
    fn park(&self, timeout: Option<Duration>) {
        let mut unparked = self.unparked.lock();
        while !*unparked {
            match timeout {
                None => self.changed.wait(&mut unparked),
                Some(timeout) => {
                    // Early is allowed, so that one wait will do.
                    self.changed.wait_for(&mut unparked, timeout);
                    break;
                }
            }
        }
        *unparked = false;
    }

    fn unpark(&self) {
        *self.unparked.lock() = true;
        self.changed.notify_one();
    }
}
