//! A thread can block until the outcome is there.

use std::thread;

use libprocess::future::{Error, Promise};

#[test]
fn a_wait_ends_with_the_outcome_of_another_thread() {
    for _ in 0..1000 {
        let (promise, future) = Promise::new();
        let setter = thread::spawn(move || promise.set(42));
        assert_eq!(future.wait(), Ok(42));
        setter.join().unwrap();
    }
}

#[test]
fn a_wait_ends_when_the_promise_is_dropped() {
    let (promise, future) = Promise::<u32>::new();
    let dropper = thread::spawn(move || drop(promise));
    assert_eq!(future.wait(), Err(Error::Abandoned));
    dropper.join().unwrap();
}
