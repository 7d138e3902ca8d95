//! How long a connection waits for its peer.

use std::task::Waker;
use std::time::Duration;

use crate::clock::{Clock, Timer};
use crate::codec::Limits;
use crate::time::Time;

/// What a connection waits for. When that changes, it has all of its time again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// For the first byte ever.
    First,
    /// For another request, after so many.
    Next(u64),
    /// For the rest of a head, after so many requests.
    Head(u64),
    /// For this MiB of a body.
    Body(u64),
    /// For the peer to take something, of which so much was written.
    Written(u64),
    /// For the peer to close what is closed here.
    Close,
}

impl Wait {
    fn limit(self, limits: &Limits) -> Option<Duration> {
        match self {
            Self::First => limits.silent_time,
            Self::Next(_) => Some(limits.idle_time),
            Self::Head(_) => Some(limits.head_time),
            Self::Body(_) => Some(limits.body_time),
            Self::Written(_) => Some(limits.write_time),
            Self::Close => Some(CLOSE_TIME),
        }
    }
}

/// The patience of one connection, and the timer that wakes it when that is over.
///
/// A timer stays while what it was set for gives way to something later, and is set anew only when
/// it has fired: a busy connection sets none.
#[derive(Default)]
pub(super) struct Patience {
    wait: Option<(Wait, Time)>,
    timer: Option<Timer>,
}

impl Patience {
    /// What the connection has waited for too long.
    pub(super) fn lost(&self, now: Time, limits: &Limits) -> Option<Wait> {
        let (wait, since) = self.wait?;
        (now >= since + wait.limit(limits)?).then_some(wait)
    }

    /// Goes on to wait, for this.
    pub(super) fn wait_for(
        &mut self,
        wait: Option<Wait>,
        now: Time,
        limits: &Limits,
        clock: &Clock,
        waker: &Waker,
    ) {
        let since = match self.wait {
            Some((before, since)) if Some(before) == wait => since,
            _ => now,
        };
        self.wait = wait.map(|wait| (wait, since));
        let Some(limit) = wait.and_then(|wait| wait.limit(limits)) else {
            return;
        };
        let deadline = since + limit;
        if let Some(timer) = &self.timer {
            if timer.deadline() > now && timer.deadline() <= deadline {
                return;
            }
            timer.cancel();
        }
        let waker = waker.clone();
        self.timer = Some(clock.timer(deadline - now, move || waker.wake()));
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        if let Some(timer) = &self.timer {
            timer.cancel();
        }
    }
}

/// How long a peer may take to close a connection that is closed here.
const CLOSE_TIME: Duration = Duration::from_secs(5);
