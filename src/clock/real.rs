//! The OS' clock: the only place that reads it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::time::Time;

/// The calendar as it was at the start, and a steady count since then.
pub(super) struct Real {
    calendar: Time,
    start: Instant,
}

impl Real {
    pub(super) fn start() -> Self {
        // A calendar before 1970 is not set at all: it counts as 1970.
        let calendar = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            calendar: Time::EPOCH + calendar,
            start: Instant::now(),
        }
    }

    pub(super) fn now(&self) -> Time {
        self.calendar + self.start.elapsed()
    }
}

/// What the OS' clock shows, for those who measure how long something of theirs takes.
///
/// It is no clock of a runtime: nobody can pause it, and nothing that anybody could see may depend
/// on it. If the OS' clock is set meanwhile, what is measured is wrong by that once.
pub fn reading() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default()
}
