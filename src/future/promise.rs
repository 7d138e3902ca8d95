//! The end of a future that completes it.

use std::fmt;

use super::cell::{self, Producer};
use super::chain::{self, Next};
use super::discard::Discarder;
use super::{Error, Failure, Future};

/// The end of a [`Future`] that completes it.
///
/// It is used up by that, so that nobody can complete a future twice. Dropped without, it
/// abandons the future.
///
/// ```
/// use libprocess::future::{Error, Promise};
///
/// let (promise, future) = Promise::new();
/// promise.set(42);
/// assert_eq!(future.wait(), Ok(42));
///
/// let (promise, future) = Promise::<u32>::new();
/// drop(promise);
/// assert_eq!(future.wait(), Err(Error::Abandoned));
/// ```
///
/// Listeners and continuations of the future run inside of the call that completes it, on its
/// thread and under no lock. To have them run in a process instead, defer them there.
pub struct Promise<T: Send + 'static>(Producer<T>);

impl<T: Send + 'static> Promise<T> {
    /// A promise and its future.
    pub fn new() -> (Self, Future<T>) {
        let (producer, consumer) = cell::pair(None);
        (Self(producer), Future::from_consumer(consumer))
    }

    /// A promise whose future waits for `upstream`, and forwards requests to discard it.
    pub(super) fn derived(upstream: Discarder) -> (Self, Future<T>) {
        let (producer, consumer) = cell::pair(Some(upstream.into_weak()));
        (Self(producer), Future::from_consumer(consumer))
    }

    /// Makes the future ready.
    pub fn set(self, value: T) {
        self.complete(Ok(value));
    }

    /// Fails the future.
    pub fn fail(self, failure: impl Into<Failure>) {
        self.complete(Err(Error::Failed(failure.into())));
    }

    /// Makes the future discarded: what a producer does that heeds a request to discard.
    pub fn discard(self) {
        self.complete(Err(Error::Discarded));
    }

    /// Completes the future either way.
    pub fn complete(self, outcome: Result<T, Error>) {
        chain::run(self.finish(outcome));
    }

    /// Lets the future complete as `future` does; requests to discard go on to that one.
    ///
    /// ```
    /// use libprocess::future::Promise;
    ///
    /// let (outer, future) = Promise::new();
    /// let (inner, other) = Promise::new();
    /// outer.associate(other);
    /// inner.set("value");
    /// assert_eq!(future.wait(), Ok("value"));
    /// ```
    pub fn associate(self, future: Future<T>) {
        chain::run(self.follow(future));
    }

    /// Whether a discard of the future was requested.
    pub fn has_discard(&self) -> bool {
        self.0.cell().has_discard()
    }

    /// Calls `callback` when a discard of the future is requested, or now if one was. It is
    /// dropped uncalled when the future completes before.
    ///
    /// A callback that is to complete this promise should hold it weakly: as long as it owns it,
    /// nobody can drop it, and the future is never abandoned.
    pub fn on_discard(&self, callback: impl FnOnce() + Send + 'static) {
        self.0.cell().on_discard(Box::new(callback));
    }

    /// As [`Promise::complete`], for the end of a continuation.
    pub(super) fn finish(self, outcome: Result<T, Error>) -> Next {
        self.0.complete(outcome)
    }

    /// As [`Promise::associate`], for the end of a continuation.
    pub(super) fn follow(self, future: Future<T>) -> Next {
        match future.try_wait() {
            Ok(outcome) => self.finish(outcome),
            Err(future) => {
                self.0.cell().set_upstream(future.discarder());
                future.consume(move |outcome, _| self.finish(outcome))
            }
        }
    }

    /// Forgets a request to discard, so that another one can be made.
    pub(super) fn forget_discard(&self) {
        self.0.cell().forget_discard();
    }
}

impl<T: Send + 'static> fmt::Debug for Promise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.has_discard() {
            "Promise (with discard)"
        } else {
            "Promise"
        })
    }
}
