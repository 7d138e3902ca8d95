//! The state word of a task.
//!
//! | from | wake | start | pause | finish |
//! | --- | --- | --- | --- | --- |
//! | idle | queued, and the waker schedules it | | | |
//! | queued | queued | running | | done |
//! | running | notified | | idle | done |
//! | notified | notified | | queued, and the worker schedules it | done |
//! | done | done | | | |
//!
//! A wake during a poll needs a state of its own: to queue the task a second time would let two
//! workers poll at once, to forget it would lose the wake. An abort is a flag beside the state,
//! followed by a wake.

use crate::primitive::sync::atomic::{AtomicU8, Ordering};

/// The state word of a task; the module has its transitions.
#[derive(Debug)]
pub(super) struct State(AtomicU8);

/// What a wake asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a task that became queued must be scheduled"]
pub(super) enum Wake {
    /// To schedule the task.
    Schedule,
    /// Nothing: the task is queued, or will be, or is done.
    Nothing,
}

/// What a worker that picked a task is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "an aborted task must not be polled"]
pub(super) enum Start {
    /// To poll it.
    Poll,
    /// To drop it.
    Abort,
}

/// What a worker whose poll was not the last is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a task that was woken meanwhile must be scheduled"]
pub(super) enum Pause {
    /// Nothing: the task is idle.
    Rest,
    /// To schedule it.
    Again,
}

impl State {
    /// A task on its way to its first poll.
    pub(super) fn queued() -> Self {
        Self(AtomicU8::new(QUEUED))
    }

    /// Somebody has news for the task.
    ///
    /// This writes even when nothing changes: the Release pairs with the Acquire of the next
    /// `start`, so that whatever the news are, the next poll sees them.
    pub(super) fn wake(&self) -> Wake {
        let mut schedule = Wake::Nothing;
        self.update(|word| {
            let (state, next) = match word & STATE {
                IDLE => (Wake::Schedule, QUEUED),
                RUNNING => (Wake::Nothing, NOTIFIED),
                same => (Wake::Nothing, same),
            };
            schedule = state;
            (word & ABORTED) | next
        });
        schedule
    }

    /// The task is to end at its next poll; a wake must follow.
    pub(super) fn abort(&self) {
        // Release pairs with the Acquire of `start`.
        self.0.fetch_or(ABORTED, Ordering::Release);
    }

    /// A worker has the task's runnable.
    pub(super) fn start(&self) -> Start {
        let word = self.update(|word| (word & ABORTED) | RUNNING);
        if word & ABORTED == 0 {
            Start::Poll
        } else {
            Start::Abort
        }
    }

    /// The poll is over and was not the last.
    pub(super) fn pause(&self) -> Pause {
        let mut again = Pause::Rest;
        self.update(|word| {
            let (pause, next) = match word & STATE {
                NOTIFIED => (Pause::Again, QUEUED),
                _ => (Pause::Rest, IDLE),
            };
            again = pause;
            (word & ABORTED) | next
        });
        again
    }

    /// The task is over.
    pub(super) fn finish(&self) {
        // Release pairs with the Acquire of `is_done`. An exchange, so that a wake that comes at
        // the same time is before it or after it, and leaves a task that is done alone.
        self.0.swap(DONE, Ordering::Release);
    }

    /// Whether the task is over.
    pub(super) fn is_done(&self) -> bool {
        // Acquire pairs with the Release of `finish`.
        self.0.load(Ordering::Acquire) & STATE == DONE
    }

    /// Replaces the word; gives the one before. AcqRel: the release of a wake reaches the start
    /// after it, the release of a pause (what the poll wrote) reaches the start after that, on
    /// whatever thread.
    fn update(&self, mut next: impl FnMut(u8) -> u8) -> u8 {
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            let swapped =
                self.0
                    .compare_exchange_weak(word, next(word), Ordering::AcqRel, Ordering::Relaxed);
            match swapped {
                Ok(before) => return before,
                Err(now) => word = now,
            }
        }
    }
}

const IDLE: u8 = 0;
const QUEUED: u8 = 1;
const RUNNING: u8 = 2;
const NOTIFIED: u8 = 3;
const DONE: u8 = 4;
const STATE: u8 = 7;
/// A flag beside the state.
const ABORTED: u8 = 8;

#[cfg(all(test, loom))]
mod model;
