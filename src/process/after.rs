//! Futures of time.

use std::time::Duration;

use super::{Context, Process};
use crate::clock::Clock;
use crate::future::{Future, Promise};
use crate::primitive::sync::{Arc, Mutex};

/// A future that is ready when the clock has moved on by `duration`. A discard cancels it.
///
/// It is abandoned if the clock forgets it: [cleared](Clock::clear), or gone.
#[doc(alias = "process::after")]
pub fn after(clock: &Clock, duration: Duration) -> Future<()> {
    let (promise, future) = Promise::new();
    let promise = Arc::new(Mutex::new(Some(promise)));
    // The timer alone keeps the promise: the future goes with a clock that forgets the timer.
    let discarded = Arc::downgrade(&promise);
    let timer = clock.timer(duration, move || {
        let promise = promise.lock().take();
        if let Some(promise) = promise {
            promise.set(());
        }
    });
    future.on_discard(move || {
        let promise = discarded
            .upgrade()
            .and_then(|promise| promise.lock().take());
        timer.cancel();
        if let Some(promise) = promise {
            promise.discard();
        }
    })
}

/// The same future if it has an outcome before the clock has moved on by `limit`; else what
/// `otherwise` makes of it.
///
/// `otherwise` runs where the clock runs its timers. Until then a discard goes to `future`, and
/// then to the one that `otherwise` returned.
///
/// ```
/// # use libprocess::clock::Clock;
/// # use libprocess::future::{Error, Future, Promise};
/// # use libprocess::process::within;
/// # use libprocess::time::Time;
/// # use std::time::Duration;
/// let clock = Clock::paused_at(Time::EPOCH);
/// let (_promise, never) = Promise::<u32>::new();
/// let answer = within(&clock, never, Duration::from_secs(5), |late| {
///     late.discard();
///     Future::failed("timed out")
/// });
/// clock.advance(Duration::from_secs(5));
/// clock.expire();
/// assert!(answer.is_failed());
/// ```
#[doc(alias = "Future::after")]
pub fn within<T: Send + 'static>(
    clock: &Clock,
    future: Future<T>,
    limit: Duration,
    otherwise: impl FnOnce(Future<T>) -> Future<T> + Send + 'static,
) -> Future<T> {
    if !future.is_pending() {
        return future;
    }
    let (promise, result) = Promise::new();
    let original = future.discarder();
    let first = original.clone();
    promise.on_discard(move || _ = first.discard());
    let waiting = Arc::new(Mutex::new(Some(promise)));
    let late = Arc::clone(&waiting);
    let timer = clock.timer(limit, move || {
        // From here on somebody else waits for the outcome.
        let (promise, future) = Promise::new();
        promise.on_discard(move || _ = original.discard());
        let mut waiting = late.lock();
        let Some(first) = waiting.take() else {
            return;
        };
        *waiting = Some(promise);
        drop(waiting);
        first.associate(otherwise(future));
    });
    future.finally(move |outcome| {
        timer.cancel();
        let promise = waiting.lock().take();
        if let Some(promise) = promise {
            promise.complete(outcome);
        }
    });
    result
}

impl<P: Process> Context<P> {
    /// A future that is ready when the runtime's clock has moved on by `duration`.
    pub fn after(&self, duration: Duration) -> Future<()> {
        after(self.clock(), duration)
    }
}
