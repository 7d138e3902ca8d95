//! Chains may be longer than a stack is deep.

use libprocess::future::{Error, Future, Promise};

const LENGTH: u32 = 100_000;

fn chain(start: Future<u32>) -> Future<u32> {
    (0..LENGTH).fold(start, |future, _| future.map(|value| value + 1))
}

#[test]
fn a_long_chain_of_maps_completes() {
    let (promise, future) = Promise::new();
    let future = chain(future);
    promise.set(0);
    assert_eq!(future.wait(), Ok(LENGTH));
}

#[test]
fn a_long_chain_of_thens_completes() {
    let (promise, future) = Promise::new();
    let future = (0..LENGTH).fold(future, |future: Future<u32>, _| {
        future.then(|value| Future::ready(value + 1))
    });
    promise.set(0);
    assert_eq!(future.wait(), Ok(LENGTH));
}

#[test]
fn a_long_chain_of_recoveries_completes() {
    let (promise, future) = Promise::<u32>::new();
    let future = (0..LENGTH).fold(future, |future, count| {
        future.recover(move |_| Future::failed(count.to_string()))
    });
    promise.fail("start");
    assert_eq!(
        future.wait().unwrap_err().to_string(),
        (LENGTH - 1).to_string()
    );
}

#[test]
fn a_long_chain_is_abandoned() {
    let (promise, future) = Promise::new();
    let future = chain(future);
    drop(promise);
    assert_eq!(future.wait(), Err(Error::Abandoned));
}

#[test]
fn a_discard_travels_up_a_long_chain() {
    let (promise, future) = Promise::new();
    let future = chain(future);
    assert!(future.discard());
    assert!(promise.has_discard());
    promise.discard();
    assert_eq!(future.wait(), Err(Error::Discarded));
}

#[test]
fn promises_follow_each_other_in_a_long_chain() {
    let (last, future) = Promise::new();
    let first = (0..LENGTH).fold(last, |promise: Promise<u32>, _| {
        let (inner, future) = Promise::new();
        promise.associate(future);
        inner
    });
    assert!(future.discard());
    assert!(first.has_discard());
    first.set(42);
    assert_eq!(future.wait(), Ok(42));
}

#[test]
fn a_function_may_go_on_with_itself_for_long() {
    fn next(mut futures: std::vec::IntoIter<Future<u32>>) -> Future<u32> {
        match futures.next() {
            None => Future::ready(42),
            Some(future) => future.then(move |_| next(futures)),
        }
    }
    let (promises, futures): (Vec<_>, Vec<_>) = (0..LENGTH).map(|_| Promise::new()).unzip();
    let future = next(futures.into_iter());
    for (value, promise) in (0..).zip(promises) {
        assert!(future.is_pending());
        promise.set(value);
    }
    assert_eq!(future.wait(), Ok(42));
}

#[test]
fn a_long_chain_that_is_forgotten_is_dropped() {
    let (promise, future) = Promise::new();
    drop(chain(future));
    drop(promise);
}
