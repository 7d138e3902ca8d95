//! A promise completes its future once, in one of four ways.

use libprocess::future::{Error, Failure, Future, Promise};

#[test]
fn a_promise_that_is_set_makes_its_future_ready() {
    let (promise, future) = Promise::new();
    assert!(future.is_pending());
    assert_eq!(future.outcome(), None);
    promise.set(true);
    assert!(future.is_ready() && !future.is_pending());
    assert_eq!(future.outcome(), Some(Ok(&true)));
    assert_eq!(future.wait(), Ok(true));
}

#[test]
fn a_promise_that_fails_says_why() {
    let (promise, future) = Promise::<()>::new();
    promise.fail("disk is full");
    assert!(future.is_failed());
    assert_eq!(
        future.wait(),
        Err(Error::Failed(Failure::new("disk is full")))
    );
}

#[test]
fn a_promise_may_discard() {
    let (promise, future) = Promise::<()>::new();
    promise.discard();
    assert!(future.is_discarded());
    assert!(!future.has_discard());
    assert_eq!(future.wait(), Err(Error::Discarded));
}

#[test]
fn a_result_makes_a_ready_or_a_failed_future() {
    assert_eq!(Future::from(Ok::<_, Failure>(1)).wait(), Ok(1));
    let failed = Future::<u32>::from(Err(Failure::new("error")));
    assert_eq!(failed.wait().unwrap_err().to_string(), "error");
}

#[test]
fn a_result_with_a_future_makes_that_future_or_a_failed_one() {
    let into_future = |result: Result<Future<u32>, &str>| result.unwrap_or_else(Future::failed);
    assert_eq!(into_future(Ok(Future::ready(1))).wait(), Ok(1));

    let (promise, pending) = Promise::new();
    let future = into_future(Ok(pending));
    assert!(future.is_pending());
    promise.set(2);
    assert_eq!(future.wait(), Ok(2));

    assert_eq!(
        into_future(Err("error")).wait().unwrap_err().to_string(),
        "error"
    );
}

#[test]
fn values_that_only_move_go_through() {
    struct OnlyMoves(u32);
    let (promise, future) = Promise::new();
    let future = future.map(|OnlyMoves(value)| OnlyMoves(value + 1));
    promise.set(OnlyMoves(41));
    assert!(future.wait().is_ok_and(|OnlyMoves(value)| value == 42));
}

#[test]
fn a_value_that_threads_cannot_share_goes_through() {
    let (promise, future) = Promise::new();
    promise.set(std::cell::Cell::new(42));
    assert_eq!(future.map(|cell| cell.get()).wait(), Ok(42));
}

#[test]
fn a_pending_future_is_given_back_by_a_try() {
    let (promise, future) = Promise::new();
    let future = future.try_wait().unwrap_err();
    promise.set(42);
    assert_eq!(future.try_wait().unwrap(), Ok(42));
}
