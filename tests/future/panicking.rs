//! A callback that panics does so in the completing call, and abandons what came after it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use libprocess::future::{Error, Future, Promise};

#[test]
fn a_continuation_that_panics_abandons_the_derived_future() {
    let (promise, future) = Promise::new();
    let derived: Future<()> = future
        .map(|()| panic!("on purpose"))
        .map(|()| unreachable!());
    catch_unwind(AssertUnwindSafe(|| promise.set(()))).unwrap_err();
    assert_eq!(derived.wait(), Err(Error::Abandoned));
}

#[test]
fn a_listener_that_panics_abandons_the_future() {
    let (promise, future) = Promise::new();
    let future = future.on_ready(|()| panic!("on purpose"));
    catch_unwind(AssertUnwindSafe(|| promise.set(()))).unwrap_err();
    assert_eq!(future.wait(), Err(Error::Abandoned));
}
