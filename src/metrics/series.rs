//! Values over time, and what can be said about them.

use std::time::Duration;

use crate::time::Time;

/// Values with their times: those of a window of time, at most a thousand, thinned out from the
/// oldest on, but never the oldest itself.
///
/// ```
/// use libprocess::metrics::Series;
/// use libprocess::time::{Time, secs};
///
/// let mut series = Series::new(secs(60));
/// series.set(1.0, Time::EPOCH);
/// series.set(2.0, Time::EPOCH + secs(1));
/// assert_eq!(series.statistics().unwrap().p50, 1.5);
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "TimeSeries")]
pub struct Series {
    window: Duration,
    capacity: usize,
    /// In the order of their times.
    values: Vec<(Time, f64)>,
    /// Which value is thinned out next; never the oldest.
    next: usize,
}

/// What can be said about two or more values.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Statistics {
    /// How many they are.
    pub count: usize,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// A quarter of them is less.
    pub p25: f64,
    /// Half of them is less.
    pub p50: f64,
    /// Three quarters of them are less.
    pub p75: f64,
    /// 90 % of them are less.
    pub p90: f64,
    /// 95 % of them are less.
    pub p95: f64,
    /// 99 % of them are less.
    pub p99: f64,
    /// 99.9 % of them are less.
    pub p999: f64,
    /// 99.99 % of them are less.
    pub p9999: f64,
}

impl Series {
    /// An empty series that forgets what is older than `window`.
    pub fn new(window: Duration) -> Self {
        Self::with_capacity(window, CAPACITY)
    }

    /// As [`new`](Self::new), of at most `capacity` values, or three.
    pub fn with_capacity(window: Duration, capacity: usize) -> Self {
        Self {
            window,
            capacity: capacity.max(3),
            values: Vec::new(),
            next: 1,
        }
    }

    /// Adds a value; one of the same time is replaced.
    pub fn set(&mut self, value: f64, time: Time) {
        match self.values.binary_search_by_key(&time, |(time, _)| *time) {
            Ok(index) => self.values[index].1 = value,
            Err(index) => {
                if index < self.values.len() {
                    self.next = 1;
                }
                self.values.insert(index, (time, value));
            }
        }
        self.truncate(time);
        self.thin_out();
    }

    /// The values, from the oldest on.
    pub fn iter(&self) -> impl Iterator<Item = (Time, f64)> + '_ {
        self.values.iter().copied()
    }

    /// What can be said about the values; nothing of fewer than two.
    pub fn statistics(&self) -> Option<Statistics> {
        Statistics::of(self.values.iter().map(|(_, value)| *value))
    }

    /// Drops what is older than the window, unless nothing would be left.
    fn truncate(&mut self, now: Time) {
        let begin = now - self.window;
        let expired = self.values.partition_point(|(time, _)| *time < begin);
        if expired < self.values.len() {
            self.values.drain(..expired);
            self.next = self.next.saturating_sub(expired).max(1);
        }
    }

    /// Drops every other value, one at a time, beginning again once half of them are thin.
    fn thin_out(&mut self) {
        if self.values.len() <= self.capacity {
            return;
        }
        self.values.remove(self.next);
        self.next += 1;
        if self.next > self.capacity / 2 {
            self.next = 1;
        }
    }
}

impl Statistics {
    /// What can be said about these values; nothing of fewer than two.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        if values.len() < 2 {
            return None;
        }
        values.sort_by(f64::total_cmp);
        let percentile = |fraction: f64| {
            let position = fraction * (values.len() - 1) as f64;
            let (below, above) = (position.floor(), position.ceil());
            let (low, high) = (values[below as usize], values[above as usize]);
            low + (high - low) * (position - below)
        };
        Some(Self {
            count: values.len(),
            min: values[0],
            max: values[values.len() - 1],
            p25: percentile(0.25),
            p50: percentile(0.5),
            p75: percentile(0.75),
            p90: percentile(0.9),
            p95: percentile(0.95),
            p99: percentile(0.99),
            p999: percentile(0.999),
            p9999: percentile(0.9999),
        })
    }

    /// What a snapshot tells, by the end of the name.
    pub(super) fn told(&self) -> [(&'static str, f64); 9] {
        [
            ("count", self.count as f64),
            ("max", self.max),
            ("min", self.min),
            ("p50", self.p50),
            ("p90", self.p90),
            ("p95", self.p95),
            ("p99", self.p99),
            ("p999", self.p999),
            ("p9999", self.p9999),
        ]
    }
}

/// As many values as libprocess keeps.
const CAPACITY: usize = 1000;
