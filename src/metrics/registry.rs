//! Metrics by name, and their values at one moment.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::{Metric, Statistics, Value};
use crate::clock::{self, Clock};
use crate::future::{Future, Promise};
use crate::primitive::sync::{Arc, Mutex, assert_none_held};

/// Metrics by name; clones are the same registry.
///
/// ```
/// use libprocess::clock::Clock;
/// use libprocess::metrics::{Counter, Registry};
///
/// let registry = Registry::default();
/// let errors = Counter::new("errors");
/// registry.add(&errors)?;
/// errors.increment();
/// let snapshot = registry.snapshot(&Clock::real(), None).wait()?;
/// assert_eq!(snapshot["errors"], 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
#[doc(alias = "process::metrics")]
pub struct Registry(Arc<Mutex<Metrics>>);

type Metrics = BTreeMap<Box<str>, Arc<dyn Metric>>;

/// A metric that could not be added or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegistryError {
    /// There is one of this name.
    Taken(Box<str>),
    /// There is none of this name.
    NotFound(Box<str>),
}

impl Registry {
    /// Adds a metric.
    ///
    /// # Errors
    ///
    /// There is one of its name.
    pub fn add<M: Metric + Clone>(&self, metric: &M) -> Result<(), RegistryError> {
        let (name, metric) = (metric.name().into(), Arc::new(metric.clone()));
        match self.0.lock().entry(name) {
            Entry::Occupied(taken) => Err(RegistryError::Taken(taken.key().clone())),
            Entry::Vacant(free) => {
                free.insert(metric);
                Ok(())
            }
        }
    }

    /// Removes a metric by its name, as [`Metric::name`] gives it.
    ///
    /// # Errors
    ///
    /// There is none of this name.
    pub fn remove(&self, name: &str) -> Result<(), RegistryError> {
        // The metric is dropped with the lock released: it may hold anything.
        let removed = self.0.lock().remove(name);
        removed
            .map(drop)
            .ok_or_else(|| RegistryError::NotFound(name.into()))
    }

    /// The values of all metrics that have one.
    ///
    /// All are asked at once. Those whose future fails are left out; so are those that `timeout`,
    /// by this clock, is too short for. Without one, the slowest decides.
    pub fn snapshot(
        &self,
        clock: &Clock,
        timeout: Option<Duration>,
    ) -> Future<BTreeMap<String, f64>> {
        let metrics: Vec<_> = self.0.lock().values().cloned().collect();
        assert_none_held();
        // They come in order, so that the map is built at once rather than searched for each.
        let mut values = Vec::with_capacity(metrics.len());
        let mut awaited = Vec::new();
        for metric in metrics {
            let name = metric.name();
            for (end, value) in metric.statistics().iter().flat_map(Statistics::told) {
                values.push((format!("{name}/{end}"), value));
            }
            match metric.value() {
                Value::Known(value) => values.push((name.to_owned(), value)),
                Value::Unknown => {}
                Value::Awaited(value) => awaited.push((name.to_owned(), value)),
            }
        }
        let values = BTreeMap::from_iter(values);
        if awaited.is_empty() {
            return Future::ready(values);
        }
        Snapshot::take(values, awaited, clock, timeout)
    }
}

/// A snapshot that waits for values.
struct Snapshot(Mutex<Option<Waiting>>);

struct Waiting {
    values: BTreeMap<String, f64>,
    missing: usize,
    promise: Promise<BTreeMap<String, f64>>,
    timer: Option<clock::Timer>,
}

impl Snapshot {
    fn take(
        values: BTreeMap<String, f64>,
        awaited: Vec<(String, Future<f64>)>,
        clock: &Clock,
        timeout: Option<Duration>,
    ) -> Future<BTreeMap<String, f64>> {
        let (promise, future) = Promise::new();
        let snapshot = Arc::new(Self(Mutex::new(Some(Waiting {
            values,
            missing: awaited.len(),
            promise,
            timer: None,
        }))));
        if let Some(timeout) = timeout {
            let ending = snapshot.clone();
            let timer = clock.timer(timeout, move || ending.end());
            if let Some(waiting) = &mut *snapshot.0.lock() {
                waiting.timer = Some(timer);
            }
        }
        for (name, value) in awaited {
            let snapshot = snapshot.clone();
            drop(value.on_any(move |value| snapshot.arrived(name, value.ok().copied())));
        }
        future
    }

    fn arrived(&self, name: String, value: Option<f64>) {
        let mut waiting = self.0.lock();
        let Some(Waiting {
            values, missing, ..
        }) = &mut *waiting
        else {
            return; // It came too late.
        };
        values.extend(value.map(|value| (name, value)));
        *missing -= 1;
        let complete = *missing == 0;
        drop(waiting);
        if complete {
            self.end();
        }
    }

    fn end(&self) {
        let waiting = self.0.lock().take();
        if let Some(waiting) = waiting {
            if let Some(timer) = &waiting.timer {
                timer.cancel();
            }
            waiting.promise.set(waiting.values);
        }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.lock().keys()).finish()
    }
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(name) => write!(f, "metric '{name}' was already added"),
            Self::NotFound(name) => write!(f, "metric '{name}' not found"),
        }
    }
}

impl Error for RegistryError {}
