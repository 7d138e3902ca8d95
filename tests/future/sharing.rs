//! A shared future gives clones of its value to many.

use std::task::{Context, Waker};

use libprocess::future::{Error, Promise, Shared};

/// Polls once.
fn poll<T: Clone + Send + Sync + 'static>(shared: &mut Shared<T>) -> Option<Result<T, Error>> {
    use std::future::Future;
    let mut context = Context::from_waker(Waker::noop());
    match std::pin::Pin::new(shared).poll(&mut context) {
        std::task::Poll::Ready(outcome) => Some(outcome),
        std::task::Poll::Pending => None,
    }
}

#[test]
fn every_clone_gets_the_value_before_and_after() {
    let (promise, future) = Promise::new();
    let shared = future.shared();
    let (early, mut clone) = (shared.future(), shared.clone());
    assert_eq!(poll(&mut clone), None);
    assert_eq!(shared.outcome(), None);
    promise.set("value".to_owned());
    assert_eq!(early.wait().unwrap(), "value");
    assert_eq!(shared.future().wait().unwrap(), "value");
    assert_eq!(poll(&mut clone).unwrap().unwrap(), "value");
    assert_eq!(poll(&mut shared.clone()).unwrap().unwrap(), "value");
    assert_eq!(shared.outcome().unwrap().unwrap(), "value");
}

#[test]
fn a_discard_of_any_is_a_discard_of_all() {
    let (promise, future) = Promise::<u32>::new();
    let shared = future.shared();
    let other = shared.future();
    assert!(shared.future().discard());
    assert!(promise.has_discard());
    promise.discard();
    assert_eq!(other.wait(), Err(Error::Discarded));
    assert_eq!(shared.outcome(), Some(Err(&Error::Discarded)));
}

#[test]
fn abandonment_reaches_all() {
    let (promise, future) = Promise::<u32>::new();
    let shared = future.shared();
    let early = shared.future();
    drop(promise);
    assert!(early.is_abandoned() && shared.future().is_abandoned());
}

#[test]
fn many_threads_ask_while_the_value_comes() {
    for _ in 0..100 {
        let (promise, future) = Promise::new();
        let shared = future.shared();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(shared.future().wait(), Ok(42)));
            }
            scope.spawn(|| promise.set(42));
        });
    }
}
