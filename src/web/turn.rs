//! How long a connection may take what has arrived before others have their turn.

use std::time::Duration;

use crate::time::Time;

/// The turn of one connection.
///
/// A read brings hundreds of messages or requests. Those that are taken apart in full cost ten
/// times as much as those whose heads came before, so their number says little; and to ask for the
/// time costs about as much as one of the latter, so it is done rarely.
#[derive(Default)]
pub(super) struct Turn {
    arrivals: u32,
    since: Option<Time>,
}

impl Turn {
    /// Whether it is over, before another arrival is taken.
    pub(super) fn is_over(&mut self, now: impl FnOnce() -> Time) -> bool {
        self.arrivals += 1;
        if !self.arrivals.is_multiple_of(ARRIVALS_A_LOOK) {
            return false;
        }
        let now = now();
        now >= *self.since.get_or_insert(now) + TURN
    }
}

/// What a turn of reading brought.
pub(super) enum Read {
    /// Nothing can be read now, or ever.
    Nothing,
    /// There may be more.
    Some,
    /// There is more, and there was much already.
    Plenty,
}

/// A fraction of what a client notices, even if some dozen connections want their turns.
const TURN: Duration = Duration::from_micros(100);

const ARRIVALS_A_LOOK: u32 = 32;

#[cfg(test)]
mod tests {
    use super::*;

    /// How many arrivals have their turn, each of which takes so long.
    fn arrivals(each: Duration) -> u32 {
        let mut turn = Turn::default();
        let over = |count: &u32| turn.is_over(|| Time::EPOCH + each * *count);
        (0..10_000).find(over).unwrap_or(10_000)
    }

    #[test]
    fn it_ends_by_time_and_not_by_number() {
        assert_eq!(arrivals(Duration::ZERO), 10_000);
        assert_eq!(arrivals(Duration::from_secs(1)), 2 * ARRIVALS_A_LOOK - 1);
        assert_eq!(arrivals(Duration::from_micros(1)), 5 * ARRIVALS_A_LOOK - 1);
    }
}
