//! Answers that nobody waits for, held back for a while.

use std::task::Context;
use std::time::Duration;

use crate::clock::{Clock, Timer};
use crate::time::Time;

/// Holds answers back for a while, and then wakes their connection.
pub(super) struct Hold {
    end: Time,
    timer: Timer,
}

impl Hold {
    pub(super) fn start(clock: &Clock, now: Time, ctx: &Context<'_>) -> Self {
        let waker = ctx.waker().clone();
        Self {
            end: now + HOLD,
            timer: clock.timer(HOLD, move || waker.wake()),
        }
    }

    pub(super) fn is_over(&self, now: Time) -> bool {
        now >= self.end
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.timer.cancel();
    }
}

/// How long a sender that does not wait for the answer may be kept without one.
const HOLD: Duration = Duration::from_millis(10);
