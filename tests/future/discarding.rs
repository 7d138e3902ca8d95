//! Requests to discard travel up, and stop nothing by themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use libprocess::future::{Error, Future, Promise};

#[test]
fn only_the_first_request_in_time_counts() {
    let (promise, future) = Promise::new();
    assert!(future.discard());
    assert!(!future.discard());
    assert!(future.has_discard() && future.is_pending());
    promise.set(42);
    assert!(future.is_ready() && future.has_discard());
    let late = Future::ready(42);
    assert!(!late.discard());
    assert!(!late.has_discard());
}

#[test]
fn both_ends_hear_of_a_request_once() {
    let heard = Arc::new(AtomicU32::new(0));
    let hear = || {
        let heard = heard.clone();
        move || {
            heard.fetch_add(1, Ordering::Relaxed);
        }
    };
    let (promise, future) = Promise::<()>::new();
    promise.on_discard(hear());
    let future = future.on_discard(hear());
    future.discard();
    future.discard();
    assert_eq!(heard.load(Ordering::Relaxed), 2);
    promise.on_discard(hear());
    assert_eq!(heard.load(Ordering::Relaxed), 3);
    promise.set(());
    let _future = future.on_discard(hear());
    assert_eq!(heard.load(Ordering::Relaxed), 4);
}

#[test]
fn who_listens_for_a_discard_hears_nothing_of_a_completion() {
    let (promise, future) = Promise::new();
    let future = future.on_discard(|| unreachable!());
    promise.on_discard(|| unreachable!());
    promise.set(());
    assert!(!future.discard());
    let _future = future.on_discard(|| unreachable!());
}

/// A chain of two inner futures, of which the first was started and the second was not.
fn half_way(reached_end: &Arc<AtomicBool>) -> (Promise<bool>, Promise<String>, Future<String>) {
    let (first, first_future) = Promise::new();
    let (second, second_future) = Promise::new();
    let reached_end = reached_end.clone();
    let future = Future::ready(42).then(|_| first_future).then(move |_| {
        reached_end.store(true, Ordering::Relaxed);
        second_future
    });
    (first, second, future)
}

#[test]
fn a_request_reaches_what_runs_and_nothing_else() {
    let reached_end = Arc::new(AtomicBool::new(false));
    let (first, second, future) = half_way(&reached_end);
    assert!(future.discard());
    assert!(future.is_pending() && future.has_discard());
    assert!(first.has_discard() && !second.has_discard());
    first.discard();
    assert_eq!(future.wait(), Err(Error::Discarded));
    assert!(!reached_end.load(Ordering::Relaxed));
}

#[test]
fn a_value_after_a_request_ends_the_chain_as_discarded() {
    let reached_end = Arc::new(AtomicBool::new(false));
    let (first, second, future) = half_way(&reached_end);
    assert!(future.discard());
    first.set(true);
    assert_eq!(future.wait(), Err(Error::Discarded));
    assert!(!second.has_discard());
    assert!(!reached_end.load(Ordering::Relaxed));
}

#[test]
fn a_failure_after_a_request_fails_the_chain() {
    let reached_end = Arc::new(AtomicBool::new(false));
    let (first, _second, future) = half_way(&reached_end);
    assert!(future.discard());
    first.fail("Failure message");
    assert_eq!(future.wait().unwrap_err().to_string(), "Failure message");
    assert!(!reached_end.load(Ordering::Relaxed));
}

#[test]
fn a_request_follows_the_chain_as_it_goes_on() {
    let reached_end = Arc::new(AtomicBool::new(false));
    let (first, second, future) = half_way(&reached_end);
    first.set(true);
    assert!(reached_end.load(Ordering::Relaxed));
    assert!(future.discard());
    assert!(second.has_discard());
}

#[test]
fn an_undiscardable_future_keeps_the_request_to_itself() {
    let (promise, future) = Promise::new();
    let future = future.undiscardable();
    assert!(future.discard());
    assert!(future.has_discard() && !promise.has_discard());
    promise.set(42);
    assert_eq!(future.wait(), Ok(42));
}

#[test]
fn a_function_may_make_its_part_of_a_chain_undiscardable() {
    let (promise, inner) = Promise::new();
    let (start, future) = Promise::new();
    let future =
        future.then(move |factor| inner.map(move |value: u32| factor * value).undiscardable());
    start.set(2);
    assert!(future.discard());
    assert!(!promise.has_discard());
    promise.set(42);
    assert_eq!(future.wait(), Ok(84));
}

#[test]
fn a_discarder_works_after_the_future_was_moved_away() {
    let (promise, future) = Promise::<u32>::new();
    let discarder = future.discarder();
    future.finally(|_| ());
    assert!(discarder.discard());
    assert!(!discarder.clone().discard());
    assert!(promise.has_discard());
    drop(promise);
    assert!(!discarder.discard());
}

#[test]
fn a_request_keeps_nobody_alive() {
    let (promise, future) = Promise::<u32>::new();
    let derived = future.undiscardable();
    let held = Arc::new(());
    let holder = held.clone();
    let (other, upstream) = Promise::<u32>::new();
    other.on_discard(move || drop(holder));
    let discarder = upstream.discarder();
    let waiting = upstream.map(|value| value + 1);
    drop(other);
    assert!(waiting.is_abandoned());
    assert_eq!(Arc::strong_count(&held), 1);
    assert!(!discarder.discard());
    drop((promise, derived));
}
