//! When a future is complete, what its callbacks held is released.

use std::sync::Arc;

use libprocess::future::{Error, Future, Promise};

/// Completes a future on which every kind of callback holds something.
fn holders_after(complete: fn(Promise<()>)) -> usize {
    let held = Arc::new(());
    let hold = || {
        let held = held.clone();
        move || drop(held)
    };
    let (promise, future) = Promise::new();
    promise.on_discard(hold());
    let (ready, failed, any) = (hold(), hold(), hold());
    let future = future
        .on_ready(|()| ready())
        .on_failed(|_| failed())
        .on_discarded(hold())
        .on_abandoned(hold())
        .on_any(|_| any())
        .on_discard(hold());
    complete(promise);
    assert!(!future.is_pending());
    Arc::strong_count(&held) - 1
}

#[test]
fn callbacks_are_released_when_the_future_completes() {
    assert_eq!(holders_after(|promise| promise.set(())), 0);
    assert_eq!(holders_after(|promise| promise.fail("failure")), 0);
    assert_eq!(holders_after(Promise::discard), 0);
    assert_eq!(holders_after(drop), 0);
}

#[test]
fn continuations_are_released_when_the_future_completes() {
    let held = Arc::new(());
    let holder = held.clone();
    let (promise, future) = Promise::<u32>::new();
    let derived = future.map(move |value| (value, holder).0);
    promise.fail("not called");
    assert_eq!(Arc::strong_count(&held), 1);
    drop(derived);
}

#[test]
fn a_value_goes_with_a_future_that_nobody_owns() {
    let value = Arc::new(());
    let (promise, future) = Promise::new();
    drop(future);
    promise.set(value.clone());
    assert_eq!(Arc::strong_count(&value), 1);

    let future = Future::ready(value.clone());
    assert_eq!(Arc::strong_count(&value), 2);
    drop(future);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn callbacks_stay_when_the_future_is_dropped() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let (promise, future) = Promise::new();
    drop(future.on_ready(move |value: &u32| sender.send(*value).unwrap()));
    promise.set(42);
    assert_eq!(receiver.try_recv(), Ok(42));
}

#[test]
fn a_value_that_comes_back_as_an_error_is_dropped_once() {
    let value = Arc::new(());
    let (promise, future) = Promise::new();
    future.discard();
    promise.set(value.clone());
    let derived: Future<()> = future.map(|_| unreachable!());
    assert_eq!(derived.wait(), Err(Error::Discarded));
    assert_eq!(Arc::strong_count(&value), 1);
}
