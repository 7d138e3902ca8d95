//! `await_all` gives all outcomes, whatever they are.

use libprocess::future::{Error, Failure, Future, Promise, await_all};

#[test]
fn an_empty_list_is_ready_at_once() {
    assert_eq!(await_all(Vec::<Future<u32>>::new()).wait(), Ok(vec![]));
}

#[test]
fn outcomes_come_in_the_order_of_the_futures() {
    let (promises, futures): (Vec<_>, Vec<_>) = (0..4).map(|_| Promise::new()).unzip();
    let awaited = await_all(futures);
    for (value, promise) in promises.into_iter().enumerate().rev() {
        assert!(awaited.is_pending());
        promise.set(value);
    }
    assert_eq!(awaited.wait(), Ok(vec![Ok(0), Ok(1), Ok(2), Ok(3)]));
}

#[test]
fn a_failed_input_is_an_outcome() {
    let (first, first_future) = Promise::new();
    let (second, second_future) = Promise::<()>::new();
    let awaited = await_all((first_future, second_future));
    first.set(42);
    assert!(awaited.is_pending());
    second.fail("failure message");
    let failed = Error::Failed(Failure::new("failure message"));
    assert_eq!(awaited.wait(), Ok((Ok(42), Err(failed))));
}

#[test]
fn a_discarded_input_is_an_outcome() {
    let (second, second_future) = Promise::<()>::new();
    let awaited = await_all((Future::ready(42), second_future));
    second.discard();
    assert_eq!(awaited.wait(), Ok((Ok(42), Err(Error::Discarded))));
}

#[test]
fn a_discard_reaches_all_inputs_and_discards_the_whole() {
    let (first, first_future) = Promise::<u32>::new();
    let (second, second_future) = Promise::<()>::new();
    let awaited = await_all((first_future, second_future));
    assert!(awaited.discard());
    assert!(first.has_discard() && second.has_discard());
    assert_eq!(awaited.wait(), Err(Error::Discarded));
}

#[test]
fn an_abandoned_input_abandons_the_whole() {
    let (promise, future) = Promise::<u32>::new();
    let awaited = await_all((future, Future::<u32>::abandoned()));
    let recovered = awaited.recover(|error| {
        assert_eq!(error, Error::Abandoned);
        Future::ready((Ok(42), Ok(0)))
    });
    drop(promise);
    assert_eq!(recovered.wait().unwrap().0, Ok(42));
}

/// One future awaited for its outcome, which is then taken as it is.
fn unwrapped(future: Future<&'static str>) -> Future<&'static str> {
    await_all((future,)).then(|(outcome,)| Future::from(outcome))
}

#[test]
fn a_discard_goes_through_the_wait_for_one_future() {
    let (promise, future) = Promise::new();
    let future = unwrapped(future);
    assert!(future.discard());
    assert!(promise.has_discard());
    assert_eq!(future.wait(), Err(Error::Discarded));
}

#[test]
fn abandonment_goes_through_the_wait_for_one_future() {
    let (promise, future) = Promise::new();
    let future = unwrapped(future).recover(|error| {
        assert_eq!(error, Error::Abandoned);
        Future::ready("hello")
    });
    drop(promise);
    assert_eq!(future.wait(), Ok("hello"));
}
