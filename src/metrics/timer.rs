//! How long something took.

use std::fmt;
use std::time::Duration;

use super::{History, Metric, Series, Statistics, Value};
use crate::clock::Clock;
use crate::future::Future;
use crate::primitive::sync::{Arc, Mutex};
use crate::time::Time;

/// How long something took when it was last measured; clones are the same timer.
///
/// ```
/// use libprocess::clock::Clock;
/// use libprocess::metrics::{Metric, Timer, Unit};
/// use libprocess::time::{Time, millis};
///
/// let clock = Clock::paused_at(Time::EPOCH);
/// let timer = Timer::new("master/election", Unit::Milliseconds, clock.clone());
/// timer.start();
/// clock.advance(millis(5));
/// assert_eq!(timer.stop(), Some(millis(5)));
/// assert_eq!(timer.name(), "master/election_ms");
/// ```
#[derive(Clone)]
pub struct Timer(Arc<Inner>);

/// The unit of a timer's value, which its name ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `_ns`
    Nanoseconds,
    /// `_us`
    Microseconds,
    /// `_ms`
    Milliseconds,
    /// `_secs`
    Seconds,
    /// `_mins`
    Minutes,
    /// `_hrs`
    Hours,
    /// `_days`
    Days,
    /// `_weeks`
    Weeks,
}

struct Inner {
    name: Box<str>,
    unit: Unit,
    clock: Clock,
    measured: Mutex<Measured>,
    history: Option<History>,
}

#[derive(Default)]
struct Measured {
    since: Option<Time>,
    last: Option<Duration>,
}

impl Timer {
    /// A timer that has measured nothing yet.
    pub fn new(name: &str, unit: Unit, clock: Clock) -> Self {
        Self::from_parts(name, unit, clock, None)
    }

    /// A timer that remembers its measures for `window`.
    pub fn with_history(name: &str, unit: Unit, clock: Clock, window: Duration) -> Self {
        let history = History::new(clock.clone(), Series::new(window));
        Self::from_parts(name, unit, clock, Some(history))
    }

    fn from_parts(name: &str, unit: Unit, clock: Clock, history: Option<History>) -> Self {
        Self(Arc::new(Inner {
            name: format!("{name}_{}", unit.suffix()).into(),
            unit,
            clock,
            measured: Mutex::default(),
            history,
        }))
    }

    /// Begins to measure; a measure that was begun is forgotten.
    pub fn start(&self) {
        let now = self.0.clock.now();
        self.0.measured.lock().since = Some(now);
    }

    /// Ends the measure; none if none was begun.
    pub fn stop(&self) -> Option<Duration> {
        let since = self.0.measured.lock().since.take()?;
        let duration = self.0.clock.now() - since;
        self.record(duration);
        Some(duration)
    }

    /// Measures how long a future takes, however it ends.
    pub fn time<T: Send + 'static>(&self, future: Future<T>) -> Future<T> {
        let (timer, since) = (self.clone(), self.0.clock.now());
        future.on_any(move |_| timer.record(timer.0.clock.now() - since))
    }

    fn record(&self, duration: Duration) {
        self.0.measured.lock().last = Some(duration);
        if let Some(history) = &self.0.history {
            history.push(self.0.unit.of(duration));
        }
    }
}

impl Metric for Timer {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn value(&self) -> Value {
        let last = self.0.measured.lock().last;
        last.map_or(Value::Unknown, |last| Value::Known(self.0.unit.of(last)))
    }

    fn statistics(&self) -> Option<Statistics> {
        self.0.history.as_ref()?.statistics()
    }
}

impl Unit {
    fn suffix(self) -> &'static str {
        match self {
            Self::Nanoseconds => "ns",
            Self::Microseconds => "us",
            Self::Milliseconds => "ms",
            Self::Seconds => "secs",
            Self::Minutes => "mins",
            Self::Hours => "hrs",
            Self::Days => "days",
            Self::Weeks => "weeks",
        }
    }

    fn of(self, duration: Duration) -> f64 {
        let nanos_per_unit = match self {
            Self::Nanoseconds => 1.0,
            Self::Microseconds => 1e3,
            Self::Milliseconds => 1e6,
            Self::Seconds => 1e9,
            Self::Minutes => 60e9,
            Self::Hours => 3_600e9,
            Self::Days => 86_400e9,
            Self::Weeks => 604_800e9,
        };
        duration.as_nanos() as f64 / nanos_per_unit
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timer({})", self.0.name)
    }
}
