//! Futures made with `map` and `then`.

use libprocess::future::{Error, Future, Promise};

#[test]
fn then_and_map_work_on_the_value() {
    let text = |value: u32| value.to_string();
    assert_eq!(
        Future::ready(42)
            .then(move |value| Future::ready(text(value)))
            .wait()
            .unwrap(),
        "42"
    );
    assert_eq!(Future::ready(42).map(text).wait().unwrap(), "42");
}

#[test]
fn then_waits_for_the_future_that_the_function_returns() {
    let (inner, returned) = Promise::new();
    let (outer, future) = Promise::new();
    let future = future.then(|()| returned);
    outer.set(());
    assert!(future.is_pending());
    inner.set("42");
    assert_eq!(future.wait(), Ok("42"));
}

/// `readlink | second | third` of libprocess' test.
fn chain(start: Future<bool>) -> Future<String> {
    start
        .then(|value| Future::ready(u32::from(value)))
        .map(|value| value == 1)
        .map(|value| value.to_string())
}

#[test]
fn a_chain_passes_values_on() {
    assert_eq!(chain(Future::ready(true)).wait().unwrap(), "true");
}

#[test]
fn a_chain_fails_as_its_start_does() {
    let failed = chain(Future::failed("Failed future"));
    assert_eq!(failed.wait().unwrap_err().to_string(), "Failed future");
}

#[test]
fn a_chain_is_discarded_as_its_start_is() {
    let (promise, future) = Promise::new();
    let chained = chain(future);
    promise.discard();
    assert_eq!(chained.wait(), Err(Error::Discarded));
}

#[test]
fn functions_are_not_called_without_a_value() {
    for error in [
        Error::Discarded,
        Error::Abandoned,
        libprocess::future::Failure::new("x").into(),
    ] {
        let derived = Future::<()>::from(Err(error.clone())).map(|()| unreachable!());
        assert_eq!(derived.wait(), Err::<(), _>(error.clone()));
        let derived = Future::<()>::from(Err(error.clone())).then(|()| unreachable!());
        assert_eq!(derived.wait(), Err::<(), _>(error));
    }
}

#[test]
fn a_function_may_derive_from_the_future_it_returns() {
    fn count_down(from: u32) -> Future<u32> {
        if from == 0 {
            Future::ready(0)
        } else {
            Future::ready(from - 1).then(count_down)
        }
    }
    assert_eq!(count_down(100).wait(), Ok(0));
}

#[test]
fn finally_gets_every_outcome_by_value() {
    let (sender, receiver) = std::sync::mpsc::channel();
    for outcome in [Ok(1), Err(Error::Discarded), Err(Error::Abandoned)] {
        let sender = sender.clone();
        Future::from(outcome.clone()).finally(move |outcome| sender.send(outcome).unwrap());
        assert_eq!(receiver.try_recv(), Ok(outcome));
    }
}
