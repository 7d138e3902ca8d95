//! `recover` and `repair` put another future in the place of one without a value.

use libprocess::future::{Error, Failure, Future, Promise};

#[test]
fn repair_leaves_a_value_alone() {
    let repaired = Future::ready(42).repair(|_| unreachable!());
    assert_eq!(repaired.wait(), Ok(42));
}

#[test]
fn repair_sees_the_failure() {
    let repaired = Future::<u32>::failed("Failed").repair(|failure| {
        assert_eq!(failure.message(), "Failed");
        Future::ready(43)
    });
    assert_eq!(repaired.wait(), Ok(43));
}

#[test]
fn repair_lets_discarded_and_abandoned_futures_pass() {
    assert!(
        Future::<()>::discarded()
            .repair(|_| unreachable!())
            .is_discarded()
    );
    assert!(
        Future::<()>::abandoned()
            .repair(|_| unreachable!())
            .is_abandoned()
    );
}

/// What becomes of `promise.future().then("hello").recover("world")`.
fn recovered(complete: fn(Promise<i32>)) -> (Error, String) {
    let (promise, future) = Promise::new();
    let (sender, receiver) = std::sync::mpsc::channel();
    let future = future.map(|_| "hello".to_owned()).recover(move |error| {
        sender.send(error).unwrap();
        Future::ready("world".to_owned())
    });
    complete(promise);
    (receiver.try_recv().unwrap(), future.wait().unwrap())
}

#[test]
fn recover_replaces_a_discarded_future() {
    assert_eq!(
        recovered(Promise::discard),
        (Error::Discarded, "world".to_owned())
    );
}

#[test]
fn recover_replaces_a_failed_future() {
    let failed = Error::Failed(Failure::new("Failure"));
    assert_eq!(
        recovered(|promise| promise.fail("Failure")),
        (failed, "world".to_owned())
    );
}

#[test]
fn recover_replaces_an_abandoned_future() {
    assert_eq!(recovered(drop), (Error::Abandoned, "world".to_owned()));
}

#[test]
fn recover_leaves_a_value_alone() {
    let (promise, future) = Promise::new();
    let future = future.recover(|_| unreachable!());
    promise.set(42);
    assert_eq!(future.wait(), Ok(42));
}

#[test]
fn a_request_to_discard_is_forgotten_by_a_recovery_and_a_later_one_reaches_it() {
    let (start, future) = Promise::<i32>::new();
    let (first, first_future) = Promise::<String>::new();
    let (second, second_future) = Promise::<String>::new();
    let (third, third_future) = Promise::<String>::new();
    let future = future
        .map(|_| "hello".to_owned())
        .recover(|_| first_future.recover(|_| second_future.then(|_| third_future)));

    assert!(future.discard());
    assert!(start.has_discard());
    start.discard();
    assert!(future.is_pending() && !future.has_discard());
    assert!(!first.has_discard() && !second.has_discard() && !third.has_discard());

    first.fail("try the second");
    assert!(future.is_pending() && !second.has_discard());
    second.set("on to the third".to_owned());
    assert!(future.discard());
    assert!(third.has_discard());
    third.set("world".to_owned());
    assert_eq!(future.wait().unwrap(), "world");
}
