//! Waiting longer after every attempt, by a random part, so that a crowd does not come back at
//! once.

use std::time::Duration;

use libprocess::primitive::random::Random;
use libprocess::time::millis;

/// The delays between the attempts to register: each is random in `[0, range]`, and the range
/// doubles from attempt to attempt up to its cap.
#[derive(Debug, Clone)]
pub struct Backoff {
    range: Duration,
    cap: Duration,
}

impl Backoff {
    /// A back-off whose first delay is at most `first`, and no delay more than `cap`. A `first` of
    /// nothing would stay nothing, and never rest.
    #[must_use]
    pub fn new(first: Duration, cap: Duration) -> Self {
        Self {
            range: first.clamp(SHORTEST, cap.max(SHORTEST)),
            cap,
        }
    }

    /// The next delay; the one after it may be twice as long.
    pub fn delay(&mut self, random: &mut Random) -> Duration {
        let range = self.range;
        self.range = range.saturating_mul(2).min(self.cap);
        up_to(range, random)
    }
}

const SHORTEST: Duration = millis(1);

/// A random duration in `[0, range]`.
pub fn up_to(range: Duration, random: &mut Random) -> Duration {
    let micros = usize::try_from(range.as_micros()).unwrap_or(usize::MAX);
    Duration::from_micros(random.below(micros.saturating_add(1)) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_double_up_to_the_cap() {
        let mut random = Random::new(1);
        let mut backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(5));
        for limit in [2, 4, 5, 5] {
            assert_eq!(backoff.range, Duration::from_secs(limit));
            assert!(backoff.delay(&mut random) <= Duration::from_secs(limit));
        }
    }

    #[test]
    fn attempts_rest_even_if_told_not_to() {
        let backoff = Backoff::new(Duration::ZERO, Duration::ZERO);
        assert_eq!(backoff.range, millis(1));
    }

    #[test]
    fn a_first_range_beyond_the_cap_is_cut() {
        let backoff = Backoff::new(Duration::from_secs(60), Duration::from_secs(1));
        assert_eq!(backoff.range, Duration::from_secs(1));
    }
}
