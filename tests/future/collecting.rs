//! `collect` gives all values, or the first thing that went wrong.

use libprocess::future::{Error, Future, Promise, collect};

#[test]
fn an_empty_list_is_ready_at_once() {
    assert_eq!(collect(Vec::<Future<u32>>::new()).wait(), Ok(vec![]));
}

#[test]
fn values_come_in_the_order_of_the_futures() {
    let (promises, futures): (Vec<_>, Vec<_>) = (0..4).map(|_| Promise::new()).unzip();
    let collected = collect(futures);
    let mut promises: Vec<_> = promises.into_iter().enumerate().collect();
    for index in [3, 0, 1, 0] {
        assert!(collected.is_pending());
        let (value, promise) = promises.remove(index);
        promise.set(value);
    }
    assert_eq!(collected.wait(), Ok(vec![0, 1, 2, 3]));
}

#[test]
fn futures_of_different_types_make_a_tuple() {
    let (number, first) = Promise::new();
    let (text, second) = Promise::new();
    let collected = collect((first, second));
    number.set(42);
    assert!(collected.is_pending());
    text.set("value");
    assert_eq!(collected.wait(), Ok((42, "value")));
}

#[test]
fn up_to_eight_futures_make_a_tuple() {
    let one = || Future::ready(1);
    let eight = (
        one(),
        one(),
        one(),
        one(),
        one(),
        one(),
        one(),
        Future::ready("8"),
    );
    assert_eq!(collect(eight).wait(), Ok((1, 1, 1, 1, 1, 1, 1, "8")));
}

#[test]
fn a_failure_fails_the_whole() {
    let (first, first_future) = Promise::<u32>::new();
    let (second, second_future) = Promise::<u32>::new();
    let collected = collect((first_future, second_future));
    second.fail("failure");
    assert_eq!(
        collected.wait().unwrap_err().to_string(),
        "Collect failed: failure"
    );
    assert!(!first.has_discard());
    first.set(42);
}

#[test]
fn a_discarded_input_fails_the_whole() {
    let (_first, first_future) = Promise::<u32>::new();
    let (second, second_future) = Promise::<u32>::new();
    let collected = collect((first_future, second_future));
    second.discard();
    assert!(collected.is_failed());
    assert_eq!(
        collected.wait().unwrap_err().to_string(),
        "Collect failed: future discarded"
    );
}

#[test]
fn a_discard_reaches_all_inputs_and_discards_the_whole() {
    let (first, first_future) = heeding();
    let (second, second_future) = heeding();
    let collected = collect((first_future, second_future));
    assert!(collected.discard());
    assert_eq!(collected.wait(), Err(Error::Discarded));
    assert!(first.wait().is_ok() && second.wait().is_ok());
}

/// A future whose producer heeds requests to discard, and one that says that it did.
fn heeding() -> (Future<()>, Future<u32>) {
    let (promise, future) = Promise::<u32>::new();
    let (heeded, heard) = Promise::new();
    let holder = std::sync::Arc::new(std::sync::Mutex::new(None));
    let held = std::sync::Arc::downgrade(&holder);
    promise.on_discard(move || {
        let promise: Option<Promise<u32>> = holder.lock().unwrap().take();
        promise.unwrap().discard();
        heeded.set(());
    });
    *held.upgrade().unwrap().lock().unwrap() = Some(promise);
    (heard, future)
}

#[test]
fn an_abandoned_input_abandons_the_whole() {
    let (promise, future) = Promise::<u32>::new();
    let collected = collect(vec![future]);
    let recovered = collected.recover(|error| {
        assert_eq!(error, Error::Abandoned);
        Future::ready(vec![42])
    });
    drop(promise);
    assert_eq!(recovered.wait(), Ok(vec![42]));
}

#[test]
fn values_that_came_are_released_when_the_whole_fails() {
    let value = std::sync::Arc::new(());
    let (second, second_future) = Promise::<u32>::new();
    let collected = collect((Future::ready(value.clone()), second_future));
    second.fail("failure");
    assert_eq!(std::sync::Arc::strong_count(&value), 1);
    assert!(collected.is_failed());
}

#[test]
fn inputs_may_end_on_many_threads_at_once() {
    for _ in 0..100 {
        let (promises, futures): (Vec<_>, Vec<_>) = (0..8).map(|_| Promise::new()).unzip();
        let collected = collect(futures);
        std::thread::scope(|scope| {
            for (value, promise) in promises.into_iter().enumerate() {
                scope.spawn(move || promise.set(value));
            }
        });
        assert_eq!(collected.wait(), Ok((0..8).collect()));
    }
}
