//! A future prints its state as libprocess does.

use libprocess::future::{Future, Promise};

#[test]
fn states_are_printed_in_words() {
    let (promise, future) = Promise::<()>::new();
    assert_eq!(future.to_string(), "Pending");
    drop(promise);
    assert_eq!(future.to_string(), "Abandoned");
    assert_eq!(Future::<()>::abandoned().to_string(), "Abandoned");
    assert_eq!(Future::ready(42).to_string(), "Ready");
    assert_eq!(
        Future::<()>::failed("Failure").to_string(),
        "Failed: Failure"
    );
    assert_eq!(Future::<()>::discarded().to_string(), "Discarded");
}

#[test]
fn a_requested_discard_is_printed_too() {
    let discarded = |complete: fn(Promise<u32>)| {
        let (promise, future) = Promise::new();
        future.discard();
        complete(promise);
        future.to_string()
    };
    assert_eq!(discarded(std::mem::forget), "Pending (with discard)");
    assert_eq!(discarded(drop), "Abandoned (with discard)");
    assert_eq!(discarded(|promise| promise.set(42)), "Ready (with discard)");
    assert_eq!(
        discarded(|promise| promise.fail("Failure")),
        "Failed (with discard): Failure"
    );
    assert_eq!(discarded(Promise::discard), "Discarded (with discard)");
}
