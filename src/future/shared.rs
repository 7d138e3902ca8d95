//! One outcome for many.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::primitive::sync::{Arc, Mutex, OnceLock};

use super::chain::{self, Next};
use super::discard::Discarder;
use super::{Error, Future, Promise};

impl<T: Clone + Send + Sync + 'static> Future<T> {
    /// Makes a future that can be cloned; each clone gets a clone of the value.
    pub fn shared(self) -> Shared<T> {
        let discarder = self.discarder();
        let hub = Arc::new(Hub {
            outcome: OnceLock::new(),
            waiting: Mutex::new(Vec::new()),
        });
        let source = hub.clone();
        chain::run(self.consume(move |outcome, _| source.complete(outcome)));
        Shared {
            hub,
            discarder,
            polled: None,
        }
    }
}

/// A future that can be cloned, made by [`Future::shared`].
///
/// ```
/// use libprocess::future::Promise;
///
/// let (promise, future) = Promise::new();
/// let shared = future.shared();
/// let length = shared.future().map(|text: String| text.len());
/// promise.set("hello".to_owned());
/// assert_eq!(length.wait(), Ok(5));
/// assert_eq!(shared.future().wait().as_deref(), Ok("hello"));
/// ```
#[must_use = "a future that is dropped tells nobody how it ended"]
pub struct Shared<T: Clone + Send + Sync + 'static> {
    hub: Arc<Hub<T>>,
    discarder: Discarder,
    /// This clone's own future, once it was polled.
    polled: Option<Future<T>>,
}

impl<T: Clone + Send + Sync + 'static> Shared<T> {
    /// A future with the same outcome. A discard of it is requested of the common source.
    pub fn future(&self) -> Future<T> {
        if let Some(outcome) = self.outcome() {
            return Future::from(outcome.cloned().map_err(Error::clone));
        }
        let (promise, future) = Promise::derived(self.discarder.clone());
        self.hub.add(promise);
        future
    }

    /// The outcome, if it is there.
    pub fn outcome(&self) -> Option<Result<&T, &Error>> {
        self.hub.outcome.get().map(Result::as_ref)
    }

    /// Asks the producer to stop; see [`Future::discard`].
    pub fn discard(&self) -> bool {
        self.discarder.discard()
    }
}

impl<T: Clone + Send + Sync + 'static> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self {
            hub: self.hub.clone(),
            discarder: self.discarder.clone(),
            polled: None,
        }
    }
}

impl<T: Clone + Send + Sync + 'static> std::future::Future for Shared<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut own = match self.polled.take() {
            Some(own) => own,
            None => self.future(),
        };
        let polled = Pin::new(&mut own).poll(context);
        if polled.is_pending() {
            self.polled = Some(own);
        }
        polled
    }
}

impl<T: Clone + Send + Sync + 'static> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.outcome() {
            None => "Shared (pending)",
            Some(_) => "Shared",
        })
    }
}

/// Where clones find the outcome, or wait for it.
struct Hub<T: Send + 'static> {
    outcome: OnceLock<Result<T, Error>>,
    waiting: Mutex<Vec<Promise<T>>>,
}

impl<T: Clone + Send + Sync + 'static> Hub<T> {
    fn add(&self, promise: Promise<T>) {
        let mut waiting = self.waiting.lock();
        // `complete` sets the outcome before it comes for those who wait.
        match self.outcome.get() {
            None => waiting.push(promise),
            Some(outcome) => {
                drop(waiting);
                promise.complete(outcome.clone());
            }
        }
    }

    fn complete(&self, outcome: Result<T, Error>) -> Next {
        let outcome = self.outcome.get_or_init(|| outcome);
        let mut waiting = std::mem::take(&mut *self.waiting.lock());
        let last = waiting.pop();
        for promise in waiting {
            promise.complete(outcome.clone());
        }
        last.and_then(|promise| promise.finish(outcome.clone()))
    }
}
