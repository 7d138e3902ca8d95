//! A whole number that is counted up.

use std::fmt;
use std::time::Duration;

use super::{History, Metric, Series, Statistics, Value};
use crate::clock::Clock;
use crate::primitive::sync::Arc;
use crate::primitive::sync::atomic::{AtomicI64, Ordering};

/// A whole number that is counted up; clones count the same.
///
/// ```
/// use libprocess::metrics::Counter;
///
/// let registered = Counter::new("master/registrations");
/// registered.increment();
/// registered.add(2);
/// assert_eq!(registered.get(), 3);
/// ```
#[derive(Clone)]
pub struct Counter(Arc<Inner>);

struct Inner {
    name: Box<str>,
    /// Nothing is ordered by it, so all access is relaxed.
    count: AtomicI64,
    history: Option<History>,
}

impl Counter {
    /// A counter at zero.
    pub fn new(name: impl Into<Box<str>>) -> Self {
        Self::from_parts(name.into(), None)
    }

    /// A counter at zero that remembers its changes for `window`.
    pub fn with_history(name: impl Into<Box<str>>, clock: Clock, window: Duration) -> Self {
        let history = History::new(clock, Series::new(window));
        history.push(0.0);
        Self::from_parts(name.into(), Some(history))
    }

    fn from_parts(name: Box<str>, history: Option<History>) -> Self {
        Self(Arc::new(Inner {
            name,
            count: AtomicI64::new(0),
            history,
        }))
    }

    /// Adds one.
    pub fn increment(&self) {
        self.add(1);
    }

    /// Adds any number.
    pub fn add(&self, number: i64) {
        let before = self.0.count.fetch_add(number, Ordering::Relaxed);
        self.remember(before.wrapping_add(number));
    }

    /// Goes back to zero.
    pub fn reset(&self) {
        self.0.count.store(0, Ordering::Relaxed);
        self.remember(0);
    }

    /// The count.
    pub fn get(&self) -> i64 {
        self.0.count.load(Ordering::Relaxed)
    }

    fn remember(&self, count: i64) {
        if let Some(history) = &self.0.history {
            history.push(count as f64);
        }
    }
}

impl Metric for Counter {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn value(&self) -> Value {
        Value::Known(self.get() as f64)
    }

    fn statistics(&self) -> Option<Statistics> {
        self.0.history.as_ref()?.statistics()
    }
}

impl fmt::Debug for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Counter({}: {})", self.0.name, self.get())
    }
}
