//! `then`, `finally` and `defer` bring a future's outcome to a process.

use libprocess::future::{Error, Failure, Future, Promise};
use libprocess::process::Context;

use super::{Diary, Node};

fn note(diary: &mut Diary, _ctx: &mut Context<Diary>, text: String) -> usize {
    diary.0.push(text);
    diary.0.len()
}

#[test]
fn then_runs_on_the_process_with_the_value() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (promise, future) = Promise::new();
    let length = pid.dispatch_flat(|_, ctx| ctx.then(future, note));
    promise.set("value".to_owned());
    assert_eq!(length.wait(), Ok(1));
}

#[test]
fn then_passes_failures_by() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (promise, future) = Promise::new();
    let length = pid.dispatch_flat(|_, ctx| ctx.then(future, note));
    promise.fail("no value");
    assert_eq!(length.wait(), Err(Error::Failed(Failure::new("no value"))));
}

#[test]
fn finally_runs_on_the_process_with_any_outcome() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    for future in [
        Future::ready(1),
        Future::failed("no"),
        Future::discarded(),
        Future::abandoned(),
    ] {
        pid.tell(|_, ctx| {
            ctx.finally(future, |diary, _, outcome| {
                diary.0.push(format!("{outcome:?}"));
            });
        });
        node.settle();
    }
    let diary = pid.dispatch(|diary, _| diary.0.clone()).wait().unwrap();
    let expected = [
        "Ok(1)",
        "Err(Failed(Failure(\"no\")))",
        "Err(Discarded)",
        "Err(Abandoned)",
    ];
    assert_eq!(diary, expected);
}

#[test]
fn defer_makes_a_continuation_for_any_future() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let length = Future::ready("text".to_owned()).then(pid.defer(note));
    assert_eq!(length.wait(), Ok(1));
    let bound = 2;
    let sum = Future::ready(40).then(pid.defer(move |_, _, value| value + bound));
    assert_eq!(sum.wait(), Ok(42));
    let flat = Future::ready(21).then(pid.defer_flat(|_, _, value| Future::ready(2 * value)));
    assert_eq!(flat.wait(), Ok(42));
    Future::<u32>::discarded().finally(pid.defer_tell(|diary, ctx, outcome| {
        note(diary, ctx, format!("{outcome:?}"));
    }));
    assert_eq!(pid.dispatch(|diary, _| diary.0.len()).wait(), Ok(2));
}

#[test]
fn what_is_deferred_to_a_dead_process_is_abandoned() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (promise, future) = Promise::new();
    let length = future.then(pid.defer(note));
    pid.terminate();
    pid.wait().unwrap();
    promise.set("late".to_owned());
    assert_eq!(length.wait(), Err(Error::Abandoned));
}

#[test]
fn a_discard_of_the_result_reaches_the_future() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (promise, future) = Promise::new();
    let length = future.then(pid.defer(note));
    length.discard();
    assert!(promise.has_discard());
    promise.discard();
    assert_eq!(length.wait(), Err(Error::Discarded));
}
