//! Numbers that are set, and numbers that are asked for.

use std::fmt;

use super::{Metric, Value};
use crate::future::Future;
use crate::primitive::sync::Arc;
use crate::primitive::sync::atomic::{AtomicU64, Ordering};

/// A number that is set; clones are the same number.
///
/// ```
/// use libprocess::metrics::PushGauge;
///
/// let load = PushGauge::new("agent/load");
/// load.set(0.5);
/// load.add(0.25);
/// assert_eq!(load.get(), 0.75);
/// ```
#[derive(Clone)]
pub struct PushGauge(Arc<Pushed>);

struct Pushed {
    name: Box<str>,
    /// The bits of the number. Nothing is ordered by it, so all access is relaxed.
    bits: AtomicU64,
}

impl PushGauge {
    /// A gauge at zero.
    pub fn new(name: impl Into<Box<str>>) -> Self {
        Self(Arc::new(Pushed {
            name: name.into(),
            bits: AtomicU64::new(0_f64.to_bits()),
        }))
    }

    /// Sets the number.
    pub fn set(&self, number: f64) {
        self.0.bits.store(number.to_bits(), Ordering::Relaxed);
    }

    /// Adds to the number; what is negative is taken away.
    pub fn add(&self, number: f64) {
        let sum = |bits| Some((f64::from_bits(bits) + number).to_bits());
        let bits = &self.0.bits;
        let added = bits.fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum);
        added.expect("there is always a sum");
    }

    /// Adds one.
    pub fn increment(&self) {
        self.add(1.0);
    }

    /// Takes one away.
    pub fn decrement(&self) {
        self.add(-1.0);
    }

    /// The number.
    pub fn get(&self) -> f64 {
        f64::from_bits(self.0.bits.load(Ordering::Relaxed))
    }
}

impl Metric for PushGauge {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn value(&self) -> Value {
        Value::Known(self.get())
    }
}

impl fmt::Debug for PushGauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PushGauge({}: {})", self.0.name, self.get())
    }
}

/// A number that is asked for when somebody wants to know it.
///
/// ```
/// use libprocess::metrics::PullGauge;
///
/// let answer = PullGauge::new("system/answer", || 42.0);
/// ```
#[derive(Clone)]
pub struct PullGauge(Arc<Pulled>);

struct Pulled {
    name: Box<str>,
    ask: Box<dyn Fn() -> Value + Send + Sync>,
}

impl PullGauge {
    /// Asks a function, which must not block.
    pub fn new(name: impl Into<Box<str>>, ask: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        Self::asking(name, move || Value::Known(ask()))
    }

    /// Asks a function that has to ask elsewhere: usually a process, by dispatch. If the future
    /// fails, the gauge has no value.
    pub fn flat(
        name: impl Into<Box<str>>,
        ask: impl Fn() -> Future<f64> + Send + Sync + 'static,
    ) -> Self {
        Self::asking(name, move || Value::Awaited(ask()))
    }

    fn asking(name: impl Into<Box<str>>, ask: impl Fn() -> Value + Send + Sync + 'static) -> Self {
        Self(Arc::new(Pulled {
            name: name.into(),
            ask: Box::new(ask),
        }))
    }
}

impl Metric for PullGauge {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn value(&self) -> Value {
        (self.0.ask)()
    }
}

impl fmt::Debug for PullGauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PullGauge({})", self.0.name)
    }
}
