//! Durations as messages have them.

use std::time::Duration;

use crate::messages::DurationInfo;

/// The duration that a message means; one that is negative is none at all.
#[must_use]
pub fn from_info(info: &DurationInfo) -> Duration {
    Duration::from_nanos(u64::try_from(info.nanoseconds).unwrap_or_default())
}
