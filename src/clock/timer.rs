//! What a clock hands out.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::primitive::panics::text_of;
use crate::primitive::sync::{Weak, assert_none_held};
use crate::time::Time;

use super::Inner;
use super::queue::{Callback, Key};

/// A timer that was set with [`Clock::timer`](super::Clock::timer).
///
/// To drop it does not cancel it. It keeps neither the clock nor the callback alive.
#[derive(Clone)]
pub struct Timer {
    clock: Weak<Inner>,
    key: Key,
}

impl Timer {
    pub(super) fn new(clock: Weak<Inner>, key: Key) -> Self {
        Self { clock, key }
    }

    /// When it is due.
    #[doc(alias = "timeout")]
    pub fn deadline(&self) -> Time {
        self.key.deadline
    }

    /// Cancels the timer. Says whether it was this call that prevented the callback: `false` if it
    /// has run, runs, or was cancelled before.
    ///
    /// ```
    /// use libprocess::clock::Clock;
    /// use libprocess::time::{Time, secs};
    ///
    /// let clock = Clock::paused_at(Time::EPOCH);
    /// let timer = clock.timer(secs(1), || unreachable!());
    /// assert!(timer.cancel());
    /// assert!(!timer.cancel());
    /// ```
    pub fn cancel(&self) -> bool {
        self.clock
            .upgrade()
            .is_some_and(|clock| clock.cancel(self.key))
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timer({})", self.deadline())
    }
}

/// Keeps a watcher of a clock called; made by [`Clock::watch`](super::Clock::watch).
#[must_use = "the clock is watched until this is dropped"]
pub struct Watch {
    clock: Weak<Inner>,
    id: u64,
}

impl Watch {
    pub(super) fn new(clock: Weak<Inner>, id: u64) -> Self {
        Self { clock, id }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(clock) = self.clock.upgrade() {
            clock.unwatch(self.id);
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

/// Calls a callback. Its panic is its own: the thread has other timers to run.
pub(super) fn run(callback: Callback) {
    assert_none_held();
    if let Err(panic) = catch_unwind(AssertUnwindSafe(callback)) {
        log::error!("the callback of a timer panicked: {}", text_of(&*panic));
    }
}
