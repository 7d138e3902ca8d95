//! `select` gives the first value.

use libprocess::future::{Error, Future, Promise, select};

#[test]
fn the_one_that_is_ready_is_selected() {
    let (promises, mut futures): (Vec<_>, Vec<_>) = (0..3).map(|_| Promise::new()).unzip();
    futures.push(Future::ready(42));
    assert_eq!(select(futures).wait(), Ok(42));
    drop(promises);
}

#[test]
fn the_first_value_wins() {
    let (first, first_future) = Promise::new();
    let (second, second_future) = Promise::new();
    let selected = select(vec![first_future, second_future]);
    assert!(selected.is_pending());
    second.set(2);
    first.set(1);
    assert_eq!(selected.wait(), Ok(2));
}

#[test]
fn a_discard_discards_the_result_and_leaves_the_inputs_alone() {
    let (promise, future) = Promise::<u32>::new();
    let selected = select(vec![future]);
    assert!(selected.is_pending());
    assert!(selected.discard());
    assert_eq!(selected.wait(), Err(Error::Discarded));
    assert!(!promise.has_discard());
}

#[test]
fn inputs_without_a_value_are_ignored_until_none_is_left() {
    let (first, first_future) = Promise::<u32>::new();
    let (second, second_future) = Promise::<u32>::new();
    let selected = select(vec![first_future, second_future]);
    first.fail("failure");
    assert!(selected.is_pending());
    second.discard();
    assert_eq!(selected.wait(), Err(Error::Abandoned));
}
