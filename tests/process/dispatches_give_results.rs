//! A dispatch gives what its function returns: a value, or a future's outcome.

use libprocess::future::{Error, Future, Promise};
use libprocess::process::{Context, Process};

use super::Node;

struct Counter(u64);

impl Process for Counter {}

impl Counter {
    fn add(&mut self, _ctx: &mut Context<Self>, amount: u64) -> u64 {
        self.0 += amount;
        self.0
    }
}

#[test]
fn a_value_comes_back() {
    let node = Node::new();
    let pid = node.spawn(Counter(1));
    pid.tell(|counter, _| counter.0 += 1);
    let sum = pid.dispatch(|counter, ctx| counter.add(ctx, 40));
    assert_eq!(sum.wait(), Ok(42));
}

#[test]
fn a_value_may_be_move_only() {
    let node = Node::new();
    let pid = node.spawn(Counter(0));
    let boxed = Box::new(42);
    let back = pid.dispatch(move |_, _| boxed);
    assert_eq!(back.wait(), Ok(Box::new(42)));
}

#[test]
fn a_future_is_followed() {
    let node = Node::new();
    let pid = node.spawn(Counter(0));
    let (promise, inner) = Promise::new();
    let outer = pid.dispatch_flat(move |_, _| inner);
    node.settle();
    assert!(outer.is_pending());
    promise.set(42);
    assert_eq!(outer.wait(), Ok(42));
}

#[test]
fn a_discard_reaches_the_inner_future_but_stops_no_function() {
    let node = Node::new();
    let pid = node.spawn(Counter(0));
    let (promise, inner) = Promise::<()>::new();
    let outer = pid.dispatch_flat(move |_, _| inner);
    outer.discard();
    node.settle();
    assert!(promise.has_discard());
    promise.discard();
    assert_eq!(outer.wait(), Err(Error::Discarded));

    let plain = pid.dispatch(|counter, ctx| counter.add(ctx, 1));
    plain.discard();
    assert_eq!(plain.wait(), Ok(1));
}

#[test]
fn a_dispatch_to_a_dead_process_is_abandoned() {
    let node = Node::new();
    let pid = node.spawn(Counter(0));
    pid.terminate();
    pid.wait().unwrap();
    assert_eq!(pid.dispatch(|_, _| ()).wait(), Err(Error::Abandoned));
    let flat = pid.dispatch_flat(|_, _| Future::ready(()));
    assert_eq!(flat.wait(), Err(Error::Abandoned));
    pid.tell(|_, _| unreachable!());
    assert_eq!(node.manager.counters().dropped_events.get(), 3);
}

#[test]
fn a_process_dispatches_to_itself_without_being_entered_twice() {
    let node = Node::new();
    let pid = node.spawn(Counter(0));
    let (seen, later) = pid
        .dispatch(|counter, ctx| {
            let later = ctx.pid().dispatch(|counter, ctx| counter.add(ctx, 1));
            (counter.0, later)
        })
        .wait()
        .unwrap();
    assert_eq!(seen, 0);
    assert_eq!(later.wait(), Ok(1));
}
