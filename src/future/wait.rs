//! The blocking wait for a future.

use std::pin::pin;
use std::task::{Context, Poll, Wake, Waker};

use crate::primitive::blocking::Latch;
use crate::primitive::sync::Arc;

use super::{Error, Future};

/// Waits for the outcome behind a latch, so that whoever runs this thread hears of it.
pub(super) fn wait<T: Send + 'static>(future: Future<T>) -> Result<T, Error> {
    let future = match future.try_wait() {
        Ok(outcome) => return outcome,
        Err(future) => future,
    };
    let latch = Latch::new();
    let waker = Waker::from(Arc::new(Opener(latch.clone())));
    let mut future = pin!(future);
    match std::future::Future::poll(future.as_mut(), &mut Context::from_waker(&waker)) {
        Poll::Ready(outcome) => return outcome,
        Poll::Pending => latch.wait(),
    }
    match std::future::Future::poll(future, &mut Context::from_waker(&waker)) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => unreachable!("a future wakes once, when it is complete"),
    }
}

/// Opens a latch when woken.
struct Opener(Latch);

impl Wake for Opener {
    fn wake(self: Arc<Self>) {
        self.0.open();
    }
}
