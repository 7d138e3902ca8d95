//! A promise that is dropped abandons its future.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use libprocess::future::{Error, Future, Promise};

#[test]
fn a_future_without_a_promise_is_abandoned() {
    assert!(Future::<()>::abandoned().is_abandoned());
    let (promise, future) = Promise::<()>::new();
    assert!(!future.is_abandoned());
    drop(promise);
    assert!(future.is_abandoned() && !future.is_pending());
    assert_eq!(future.wait(), Err(Error::Abandoned));
}

#[test]
fn a_chain_is_abandoned_with_its_start() {
    let (promise, future) = Promise::<()>::new();
    let future = future.then(|()| Future::ready(())).map(|()| ());
    assert!(!future.is_abandoned());
    drop(promise);
    assert!(future.is_abandoned());
}

#[test]
fn a_chain_is_abandoned_with_the_future_that_a_function_returned() {
    let (promise, inner) = Promise::<()>::new();
    let future = Future::ready(()).then(|()| inner);
    drop(promise);
    assert!(future.is_abandoned());
}

#[test]
fn who_listens_for_it_hears_of_it_now_or_later() {
    let heard = Arc::new(AtomicBool::new(false));
    let hear = || {
        let heard = heard.clone();
        move || heard.store(true, Ordering::Relaxed)
    };
    let (promise, future) = Promise::<()>::new();
    let future = future.on_abandoned(hear()).on_ready(|()| unreachable!());
    assert!(!heard.load(Ordering::Relaxed));
    drop(promise);
    assert!(heard.swap(false, Ordering::Relaxed));
    let _future = future.on_abandoned(hear());
    assert!(heard.load(Ordering::Relaxed));
}
