//! `after` is a future of time, and `within` a limit of it.

use libprocess::future::{Error, Failure, Future, Promise};
use libprocess::process::{after, within};
use libprocess::time::{days, secs};

use super::Node;

#[test]
fn after_is_ready_when_its_time_has_come() {
    let node = Node::new();
    let day = after(&node.clock, days(1));
    assert!(day.is_pending());
    node.advance(days(1));
    assert_eq!(day.wait(), Ok(()));
}

#[test]
fn a_discarded_after_leaves_no_timer() {
    let node = Node::new();
    let day = after(&node.clock, days(1));
    day.discard();
    assert_eq!(day.wait(), Err(Error::Discarded));
    assert_eq!(node.clock.next_deadline(), None);
}

#[test]
fn an_after_that_the_clock_forgets_is_abandoned() {
    let node = Node::new();
    let day = after(&node.clock, days(1));
    node.clock.clear();
    assert_eq!(day.wait(), Err(Error::Abandoned));
}

#[test]
fn within_leaves_a_future_alone_that_is_in_time() {
    let node = Node::new();
    let (promise, future) = Promise::new();
    let answer = within(&node.clock, future, secs(1), |_| unreachable!());
    promise.set(42);
    assert_eq!(answer.wait(), Ok(42));
    assert_eq!(node.clock.next_deadline(), None);
    let ready = within(&node.clock, Future::ready(1), secs(1), |_| unreachable!());
    assert_eq!(ready.wait(), Ok(1));
}

#[test]
fn within_asks_what_to_do_with_a_future_that_is_late() {
    let node = Node::new();
    let (promise, future) = Promise::<u32>::new();
    let answer = within(&node.clock, future, secs(1), |late| {
        late.discard();
        Future::failed("too late")
    });
    node.advance(secs(1));
    assert!(promise.has_discard());
    promise.set(42);
    assert_eq!(answer.wait(), Err(Error::Failed(Failure::new("too late"))));
}

#[test]
fn a_late_future_may_be_waited_for_all_the_same() {
    let node = Node::new();
    let (promise, future) = Promise::new();
    let answer = within(&node.clock, future, secs(1), |late| late);
    node.advance(secs(1));
    assert!(answer.is_pending());
    promise.set(42);
    assert_eq!(answer.wait(), Ok(42));
}

#[test]
fn a_discard_goes_to_the_future_before_its_time_and_after() {
    let node = Node::new();
    for late in [false, true] {
        let (promise, future) = Promise::<()>::new();
        let answer = within(&node.clock, future, secs(1), |late| late);
        if late {
            node.advance(secs(1));
        }
        answer.discard();
        assert!(promise.has_discard());
        promise.discard();
        assert_eq!(answer.wait(), Err(Error::Discarded));
    }
}

#[test]
fn an_abandoned_future_is_not_late() {
    let node = Node::new();
    let (promise, future) = Promise::<()>::new();
    let answer = within(&node.clock, future, secs(1), |_| unreachable!());
    drop(promise);
    assert_eq!(answer.wait(), Err(Error::Abandoned));
}
