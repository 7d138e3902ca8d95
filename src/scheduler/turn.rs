//! Turns: how long one runnable may keep a worker before others have theirs.

use std::time::Duration;

/// What a turn may spend.
///
/// Events alone are not fair (some take long), and time alone is dear to measure; so a turn is
/// limited by both, and the time is looked at only now and then: a turn of few events never does.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// How many events.
    pub events: u32,
    /// How much time, where somebody else waits in real time; a seeded run has no limit but events.
    pub slice: Option<Slice>,
}

/// A limit of time and the clock that it is measured by.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    /// How long a turn may take.
    pub length: Duration,
    /// A monotonic clock.
    pub now: fn() -> Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            events: 128,
            slice: None,
        }
    }
}

/// One turn of a runnable: what is left of its [`Budget`].
#[derive(Debug)]
pub struct Turn {
    left: u32,
    until_look: u32,
    slice: Option<Slice>,
    since: Option<Duration>,
}

impl Turn {
    /// A turn with all of its budget.
    #[inline]
    pub fn new(budget: &Budget) -> Self {
        Self {
            left: budget.events,
            until_look: LOOK,
            slice: budget.slice,
            since: None,
        }
    }

    /// A turn that ends only when there is nothing left to do.
    pub fn unlimited() -> Self {
        Self::new(&Budget {
            events: u32::MAX,
            slice: None,
        })
    }

    /// Spends one event. Says whether there may be another.
    ///
    /// ```
    /// use libprocess::scheduler::{Budget, Turn};
    ///
    /// let mut turn = Turn::new(&Budget { events: 2, slice: None });
    /// assert!(turn.spend());
    /// assert!(!turn.spend());
    /// ```
    #[inline]
    pub fn spend(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.until_look -= 1;
        if self.until_look == 0 {
            self.look();
        }
        self.left > 0
    }

    /// Whether the budget is spent.
    #[inline]
    pub fn is_over(&self) -> bool {
        self.left == 0
    }

    /// Ends the turn early.
    pub fn end(&mut self) {
        self.left = 0;
    }

    #[cold]
    fn look(&mut self) {
        self.until_look = LOOK;
        let Some(slice) = self.slice else { return };
        let now = (slice.now)();
        let since = *self.since.get_or_insert(now);
        if now.saturating_sub(since) >= slice.length {
            self.left = 0;
        }
    }
}

/// Events between two looks at the clock.
const LOOK: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    std::thread_local! {
        static NOW: Cell<u64> = const { Cell::new(0) };
    }

    fn now() -> Duration {
        Duration::from_micros(NOW.get())
    }

    #[test]
    fn a_turn_of_slow_events_ends_by_time() {
        let slice = Slice {
            length: Duration::from_micros(20),
            now,
        };
        let mut turn = Turn::new(&Budget {
            events: 128,
            slice: Some(slice),
        });
        let mut events = 1;
        while turn.spend() {
            NOW.set(NOW.get() + 1);
            events += 1;
        }
        assert_eq!(events, 3 * LOOK);
        assert!(turn.is_over());
    }

    #[test]
    fn a_turn_of_few_events_reads_no_clock() {
        fn never() -> Duration {
            unreachable!("the clock was read")
        }
        let slice = Slice {
            length: Duration::ZERO,
            now: never,
        };
        let mut turn = Turn::new(&Budget {
            events: 128,
            slice: Some(slice),
        });
        for _ in 1..LOOK {
            assert!(turn.spend());
        }
    }

    #[test]
    fn an_ended_turn_allows_no_more() {
        let mut turn = Turn::unlimited();
        turn.end();
        assert!(!turn.spend());
    }
}
