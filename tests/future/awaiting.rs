//! A future is a `std::future::Future`, for any executor.

use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use libprocess::future::{Error, Future, Promise};

#[derive(Default)]
struct Wakes(AtomicU32);

impl Wakes {
    fn count(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn poll<T: Send + 'static>(future: &mut Future<T>, wakes: &Arc<Wakes>) -> Poll<Result<T, Error>> {
    let waker = Waker::from(wakes.clone());
    Pin::new(future).poll(&mut Context::from_waker(&waker))
}

#[test]
fn a_poll_gives_the_outcome_once_it_is_there() {
    let wakes = Arc::new(Wakes::default());
    let (promise, mut future) = Promise::new();
    assert_eq!(poll(&mut future, &wakes), Poll::Pending);
    assert_eq!(wakes.count(), 0);
    promise.set(42);
    assert_eq!(wakes.count(), 1);
    assert_eq!(poll(&mut future, &wakes), Poll::Ready(Ok(42)));
}

#[test]
fn the_waker_of_the_last_poll_is_woken() {
    let (first, second) = (Arc::new(Wakes::default()), Arc::new(Wakes::default()));
    let (promise, mut future) = Promise::new();
    assert!(poll(&mut future, &first).is_pending());
    assert!(poll(&mut future, &first).is_pending());
    assert!(poll(&mut future, &second).is_pending());
    promise.set(42);
    assert_eq!((first.count(), second.count()), (0, 1));
    assert_eq!(Arc::strong_count(&first), 1);
}

#[test]
fn a_future_that_is_dropped_lets_go_of_its_waker() {
    let wakes = Arc::new(Wakes::default());
    let (promise, mut future) = Promise::<u32>::new();
    assert!(poll(&mut future, &wakes).is_pending());
    assert_eq!(Arc::strong_count(&wakes), 2);
    drop(future);
    assert_eq!(Arc::strong_count(&wakes), 1);
    promise.set(42);
    assert_eq!(wakes.count(), 0);
}

#[test]
fn a_future_that_was_polled_can_be_derived_from() {
    let wakes = Arc::new(Wakes::default());
    let (promise, mut future) = Promise::new();
    assert!(poll(&mut future, &wakes).is_pending());
    let derived = future.map(|value: u32| value + 1);
    assert_eq!(Arc::strong_count(&wakes), 1);
    promise.set(41);
    assert_eq!(derived.wait(), Ok(42));
    assert_eq!(wakes.count(), 0);
}

#[test]
fn listeners_see_the_value_before_the_task_wakes() {
    let wakes = Arc::new(Wakes::default());
    let (promise, future) = Promise::new();
    let seen = wakes.clone();
    let mut future = future.on_ready(move |&value: &u32| {
        assert_eq!((value, seen.count()), (42, 0));
        seen.clone().wake();
    });
    assert!(poll(&mut future, &wakes).is_pending());
    promise.set(42);
    assert_eq!(wakes.count(), 2);
}

#[test]
fn errors_go_through_question_marks() {
    fn run<F: std::future::Future>(future: F) -> Poll<F::Output> {
        Box::pin(future)
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    }
    async fn sum(first: Future<u32>, second: Future<u32>) -> Result<u32, Error> {
        Ok(first.await? + second.await?)
    }
    let ready = sum(Future::ready(1), Future::ready(2));
    assert_eq!(run(ready), Poll::Ready(Ok(3)));
    let discarded = sum(Future::ready(1), Future::discarded());
    assert_eq!(run(discarded), Poll::Ready(Err(Error::Discarded)));
}
