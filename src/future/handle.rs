//! The end of a future that gets the outcome.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::cell::Consumer;
use super::chain::{self, Next};
use super::discard::{self, Discarder};
use super::listeners::Rank;
use super::state::Kind;
use super::{Error, Failure, Promise};

/// A value that comes later, or the reason why it does not.
///
/// A future has one owner. To get the value, `await` it, [`wait`](Self::wait) for it on a thread,
/// or say what to do with it: [`map`](Self::map), [`then`](Self::then). Each of these uses the
/// future up; the `on_*` methods only look, and give it back.
///
/// ```
/// use libprocess::future::Promise;
///
/// let (promise, future) = Promise::new();
/// let length = future.map(|text: String| text.len());
/// promise.set("hello".to_owned());
/// assert_eq!(length.wait(), Ok(5));
/// ```
///
/// Dropping a future does not stop its producer, as in libprocess:
/// [`discard`](Self::discard) asks for that.
#[must_use = "a future that is dropped tells nobody how it ended"]
pub struct Future<T: Send + 'static>(Consumer<T>);

impl<T: Send + 'static> Future<T> {
    /// A future that is ready.
    pub fn ready(value: T) -> Self {
        Self::from(Ok::<_, Error>(value))
    }

    /// A future that has failed.
    pub fn failed(failure: impl Into<Failure>) -> Self {
        Self::from(Err(failure.into()))
    }

    /// A future that is discarded.
    pub fn discarded() -> Self {
        Self::from(Err(Error::Discarded))
    }

    /// A future that nobody will complete.
    pub fn abandoned() -> Self {
        Self::from(Err(Error::Abandoned))
    }

    pub(super) fn from_consumer(consumer: Consumer<T>) -> Self {
        Self(consumer)
    }

    /// Whether there is no outcome yet.
    ///
    /// An abandoned future is not pending, unlike in libprocess: that nobody will complete it is
    /// its outcome.
    pub fn is_pending(&self) -> bool {
        self.kind().is_none()
    }

    /// Whether there is a value.
    pub fn is_ready(&self) -> bool {
        self.kind() == Some(Kind::Ready)
    }

    /// Whether it failed.
    pub fn is_failed(&self) -> bool {
        self.kind() == Some(Kind::Failed)
    }

    /// Whether the producer discarded it.
    pub fn is_discarded(&self) -> bool {
        self.kind() == Some(Kind::Discarded)
    }

    /// Whether the promise was dropped.
    pub fn is_abandoned(&self) -> bool {
        self.kind() == Some(Kind::Abandoned)
    }

    /// Whether a discard was requested.
    pub fn has_discard(&self) -> bool {
        self.0.view().has_discard()
    }

    /// The outcome, if it is there: a look that leaves it in place.
    ///
    /// # Panics
    ///
    /// If the future was polled to its end before.
    pub fn outcome(&self) -> Option<Result<&T, &Error>> {
        self.0.outcome().map(Result::as_ref)
    }

    /// Asks the producer to stop. True only for the first request, and only while pending.
    ///
    /// It is a request: the future ends as the producer decides, often
    /// [discarded](Error::Discarded).
    ///
    /// ```
    /// use libprocess::future::Promise;
    ///
    /// let (promise, future) = Promise::<()>::new();
    /// assert!(future.discard());
    /// assert!(future.is_pending() && promise.has_discard());
    /// promise.discard();
    /// assert!(future.is_discarded());
    /// ```
    pub fn discard(&self) -> bool {
        discard::discard(self.0.cell())
    }

    /// Lets somebody else [discard](Self::discard) this future, also after it was used up.
    pub fn discarder(&self) -> Discarder {
        self.0.discarder()
    }

    /// Calls `callback` with the value when it is there, or now if it is.
    ///
    /// Callbacks for one kind of outcome run in the order in which they were added, and then those
    /// for [any](Self::on_any), all before whoever waits for the future gets it.
    pub fn on_ready(self, callback: impl FnOnce(&T) + Send + 'static) -> Self {
        self.listen(Rank::One, |outcome| {
            if let Ok(value) = outcome {
                callback(value);
            }
        })
    }

    /// Calls `callback` when the future fails, or now if it has.
    pub fn on_failed(self, callback: impl FnOnce(&Failure) + Send + 'static) -> Self {
        self.listen(Rank::One, |outcome| {
            if let Err(Error::Failed(failure)) = outcome {
                callback(failure);
            }
        })
    }

    /// Calls `callback` when the producer discards the future, or now if it has.
    pub fn on_discarded(self, callback: impl FnOnce() + Send + 'static) -> Self {
        self.listen(Rank::One, |outcome| {
            if let Err(Error::Discarded) = outcome {
                callback();
            }
        })
    }

    /// Calls `callback` when the promise is dropped, or now if it was.
    pub fn on_abandoned(self, callback: impl FnOnce() + Send + 'static) -> Self {
        self.listen(Rank::One, |outcome| {
            if let Err(Error::Abandoned) = outcome {
                callback();
            }
        })
    }

    /// Calls `callback` with the outcome, whatever it is, when it is there, or now if it is.
    ///
    /// Unlike in libprocess that includes an abandoned future.
    pub fn on_any(self, callback: impl FnOnce(Result<&T, &Error>) + Send + 'static) -> Self {
        self.listen(Rank::Any, callback)
    }

    /// Calls `callback` when a discard is requested, or now if one was. It is dropped uncalled
    /// when the future completes before.
    pub fn on_discard(self, callback: impl FnOnce() + Send + 'static) -> Self {
        self.0.cell().on_discard(Box::new(callback));
        self
    }

    /// Blocks this thread until the outcome is there.
    ///
    /// Inside of a process this blocks one of the runtime's workers, which is replaced meanwhile.
    ///
    /// # Errors
    ///
    /// When the future has no value: it failed, or was discarded or abandoned.
    #[doc(alias = "await", alias = "get")]
    pub fn wait(self) -> Result<T, Error> {
        super::wait::wait(self)
    }

    /// The outcome if it is there, else the future again.
    ///
    /// # Errors
    ///
    /// The future, if it is pending.
    pub fn try_wait(self) -> Result<Result<T, Error>, Self> {
        self.0.try_take().map(|(outcome, _)| outcome).map_err(Self)
    }

    /// Has `function` called with the outcome and with whether a discard was requested before. It
    /// may be due at once, and is given back then.
    pub(super) fn consume(
        self,
        function: impl FnOnce(Result<T, Error>, bool) -> Next + Send + 'static,
    ) -> Next {
        match self.0.try_take() {
            Ok((outcome, discard)) => function(outcome, discard),
            Err(consumer) => consumer.hand_over(chain::continuation(function)),
        }
    }

    fn kind(&self) -> Option<Kind> {
        self.0.view().kind()
    }

    fn listen(
        self,
        rank: Rank,
        listener: impl FnOnce(Result<&T, &Error>) + Send + 'static,
    ) -> Self {
        self.0.listen(rank, Box::new(listener));
        self
    }
}

impl<T: Send + 'static> std::future::Future for Future<T> {
    type Output = Result<T, Error>;

    /// # Panics
    ///
    /// If it was polled to its end before.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll(context)
    }
}

impl<T: Send + 'static, E: Into<Error>> From<Result<T, E>> for Future<T> {
    fn from(outcome: Result<T, E>) -> Self {
        let (promise, future) = Promise::new();
        promise.complete(outcome.map_err(Into::into));
        future
    }
}

/// The state in words, as libprocess prints it, such as `Failed (with discard): no disk`.
impl<T: Send + 'static> fmt::Display for Future<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind() {
            None => "Pending",
            Some(Kind::Ready) => "Ready",
            Some(Kind::Failed) => "Failed",
            Some(Kind::Discarded) => "Discarded",
            Some(Kind::Abandoned) => "Abandoned",
        })?;
        if self.has_discard() {
            f.write_str(" (with discard)")?;
        }
        match self.outcome() {
            Some(Err(Error::Failed(failure))) => write!(f, ": {failure}"),
            _ => Ok(()),
        }
    }
}

impl<T: Send + 'static> fmt::Debug for Future<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
