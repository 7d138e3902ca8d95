//! Futures made from one other.

use super::chain;
use super::{Error, Failure, Future, Promise};

impl<T: Send + 'static> Future<T> {
    /// The future of what `function` makes of the value.
    ///
    /// Failed, discarded and abandoned futures pass by it. So does a value that comes after a
    /// discard was requested: the result is discarded then, and `function` not called. A discard
    /// of the result is requested of this future too.
    ///
    /// ```
    /// use libprocess::future::Future;
    ///
    /// assert_eq!(Future::ready(21).map(|value| 2 * value).wait(), Ok(42));
    /// ```
    #[doc(alias = "then")]
    pub fn map<X: Send + 'static>(
        self,
        function: impl FnOnce(T) -> X + Send + 'static,
    ) -> Future<X> {
        self.derive(
            move |promise, outcome, discard| match unless_discard(outcome, discard) {
                Ok(value) => promise.finish(Ok(function(value))),
                Err(error) => promise.finish(Err(error)),
            },
        )
    }

    /// As [`map`](Self::map), for a `function` that itself returns a future, whose outcome the
    /// result gets.
    ///
    /// Once `function` was called, a discard of the result goes to the future that it returned.
    ///
    /// ```
    /// use libprocess::future::Future;
    ///
    /// let parse = |text: &str| Future::from(text.parse::<u32>().map_err(|error| {
    ///     libprocess::future::Failure::new("not a number").with_source(error)
    /// }));
    /// assert_eq!(Future::ready("42").then(parse).wait(), Ok(42));
    /// assert!(Future::ready("x").then(parse).is_failed());
    /// ```
    pub fn then<X: Send + 'static>(
        self,
        function: impl FnOnce(T) -> Future<X> + Send + 'static,
    ) -> Future<X> {
        self.derive(
            move |promise, outcome, discard| match unless_discard(outcome, discard) {
                Ok(value) => promise.follow(function(value)),
                Err(error) => promise.finish(Err(error)),
            },
        )
    }

    /// A future with the same value, or with the outcome of what `function` returns if there is
    /// none: because this one failed, or was discarded or abandoned.
    ///
    /// A discard that was requested before does not reach the future that `function` returns; a
    /// later one does.
    ///
    /// ```
    /// use libprocess::future::Future;
    ///
    /// let recovered = Future::<u32>::abandoned().recover(|_| Future::ready(42));
    /// assert_eq!(recovered.wait(), Ok(42));
    /// ```
    pub fn recover(self, function: impl FnOnce(Error) -> Self + Send + 'static) -> Self {
        self.derive(move |promise, outcome, _| match outcome {
            Ok(value) => promise.finish(Ok(value)),
            Err(error) => {
                promise.forget_discard();
                promise.follow(function(error))
            }
        })
    }

    /// As [`recover`](Self::recover), after a failure only.
    ///
    /// ```
    /// use libprocess::future::Future;
    ///
    /// let repaired = Future::<usize>::failed("gone").repair(|failure| {
    ///     Future::ready(failure.message().len())
    /// });
    /// assert_eq!(repaired.wait(), Ok(4));
    /// ```
    pub fn repair(self, function: impl FnOnce(Failure) -> Self + Send + 'static) -> Self {
        self.derive(move |promise, outcome, _| match outcome {
            Err(Error::Failed(failure)) => {
                promise.forget_discard();
                promise.follow(function(failure))
            }
            outcome => promise.finish(outcome),
        })
    }

    /// A future with the same outcome that keeps requests to discard to itself.
    ///
    /// ```
    /// use libprocess::future::Promise;
    ///
    /// let (promise, future) = Promise::new();
    /// let future = future.undiscardable();
    /// future.discard();
    /// assert!(!promise.has_discard());
    /// promise.set(42);
    /// assert_eq!(future.wait(), Ok(42));
    /// ```
    pub fn undiscardable(self) -> Self {
        let (promise, future) = Promise::new();
        chain::run(self.consume(move |outcome, _| promise.finish(outcome)));
        future
    }

    /// Has `function` called with the outcome, whatever it is, when it is there, or now.
    ///
    /// ```
    /// use libprocess::future::Promise;
    ///
    /// let (promise, future) = Promise::new();
    /// let (sender, receiver) = std::sync::mpsc::channel();
    /// future.finally(move |outcome| sender.send(outcome).unwrap());
    /// promise.set(42);
    /// assert_eq!(receiver.recv(), Ok(Ok(42)));
    /// ```
    #[doc(alias = "onAny")]
    pub fn finally(self, function: impl FnOnce(Result<T, Error>) + Send + 'static) {
        chain::run(self.consume(move |outcome, _| {
            function(outcome);
            None
        }));
    }

    /// A future that `function` completes when this one is, and whose discard is requested of
    /// this one too.
    fn derive<X: Send + 'static>(
        self,
        function: impl FnOnce(Promise<X>, Result<T, Error>, bool) -> chain::Next + Send + 'static,
    ) -> Future<X> {
        let (promise, future) = if self.is_pending() {
            Promise::derived(self.discarder())
        } else {
            Promise::new()
        };
        chain::run(self.consume(move |outcome, discard| function(promise, outcome, discard)));
        future
    }
}

/// A value that came after a discard was requested is not worked on.
fn unless_discard<T>(outcome: Result<T, Error>, discard: bool) -> Result<T, Error> {
    if discard && outcome.is_ok() {
        Err(Error::Discarded)
    } else {
        outcome
    }
}
