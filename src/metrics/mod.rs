//! Counters, gauges, timers, and the registry that knows them by name.
//!
//! A metric is a cheap handle to a number: the code that changes it keeps one clone, the
//! [`Registry`] another. A [`snapshot`](Registry::snapshot) asks all of them at once.
//!
//! | metric | its value |
//! | --- | --- |
//! | [`Counter`] | a whole number that is counted up |
//! | [`PushGauge`] | a number that is set |
//! | [`PullGauge`] | what a function says at the time of the snapshot |
//! | [`Timer`] | how long something took when it was last measured |
//!
//! A counter or a timer that is given a window of time [keeps a history](Counter::with_history),
//! and a snapshot then also tells its extremes and percentiles as `name/max`, `name/p99` and so
//! on.
//!
//! What is absent: the endpoint that shows a snapshot, which is a process of its own.

mod counter;
mod counters;
mod gauge;
mod registry;
mod series;
mod timer;

pub use counter::Counter;
pub(crate) use counters::counters;
pub use gauge::{PullGauge, PushGauge};
pub use registry::{Registry, RegistryError};
pub use series::{Series, Statistics};
pub use timer::{Timer, Unit};

use crate::clock::Clock;
use crate::future::Future;
use crate::primitive::sync::Mutex;

/// Something that has a name and a value.
pub trait Metric: Send + Sync + 'static {
    /// The name, with its parts divided by slashes.
    fn name(&self) -> &str;

    /// The value at this moment, or on its way.
    fn value(&self) -> Value;

    /// What is known of the values so far; none without a history.
    fn statistics(&self) -> Option<Statistics> {
        None
    }
}

/// The value of a metric.
#[derive(Debug)]
pub enum Value {
    /// It is this.
    Known(f64),
    /// There is none yet.
    Unknown,
    /// Somebody else knows.
    Awaited(Future<f64>),
}

/// The values of a metric over a window of time, and the time.
struct History {
    clock: Clock,
    series: Mutex<Series>,
}

impl History {
    fn new(clock: Clock, series: Series) -> Self {
        Self {
            clock,
            series: Mutex::new(series),
        }
    }

    fn push(&self, value: f64) {
        let now = self.clock.now();
        self.series.lock().set(value, now);
    }

    fn statistics(&self) -> Option<Statistics> {
        self.series.lock().statistics()
    }
}
