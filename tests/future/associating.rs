//! A promise may leave its future to another one.

use libprocess::future::{Error, Future, Promise};

#[test]
fn a_promise_follows_a_ready_future() {
    let (promise, future) = Promise::new();
    promise.associate(Future::ready(true));
    assert_eq!(future.wait(), Ok(true));
}

#[test]
fn a_promise_follows_a_future_that_completes_later() {
    let following = || {
        let (outer, future) = Promise::<u32>::new();
        let (inner, other) = Promise::new();
        outer.associate(other);
        assert!(future.is_pending());
        (inner, future)
    };
    let (inner, future) = following();
    inner.set(42);
    assert_eq!(future.wait(), Ok(42));
    let (inner, future) = following();
    inner.discard();
    assert_eq!(future.wait(), Err(Error::Discarded));
    let (inner, future) = following();
    inner.fail("associate");
    assert_eq!(future.wait().unwrap_err().to_string(), "associate");
    let (inner, future) = following();
    drop(inner);
    assert_eq!(future.wait(), Err(Error::Abandoned));
}

#[test]
fn a_discard_goes_on_to_the_followed_future() {
    let (outer, future) = Promise::<u32>::new();
    let (inner, other) = Promise::new();
    outer.associate(other);
    assert!(future.discard());
    assert!(inner.has_discard());
    assert!(future.is_pending());
}

#[test]
fn a_discard_that_was_requested_before_goes_on_at_once() {
    let (outer, future) = Promise::<u32>::new();
    let (inner, other) = Promise::new();
    future.discard();
    outer.associate(other);
    assert!(inner.has_discard());
}
