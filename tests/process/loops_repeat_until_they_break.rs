//! `repeat` runs its steps, ready or not, until the body breaks, a step fails, or the place of the
//! loop is gone.

use std::ops::ControlFlow::{Break, Continue};
use std::sync::mpsc::channel;

use libprocess::address::Upid;
use libprocess::future::{Error, Failure, Future, Promise};
use libprocess::process::{after, current, repeat};
use libprocess::time::days;

use super::{Diary, Node};

fn forever<T>(_: T) -> Future<std::ops::ControlFlow<()>>
where
    T: Send + 'static,
{
    Future::ready(Continue(()))
}

#[test]
fn ready_steps_run_here_and_take_no_stack() {
    let mut left = 100_000;
    let result = repeat(
        move || {
            left -= 1;
            Future::ready(left)
        },
        |left| {
            Future::ready(if left == 0 {
                Break("done")
            } else {
                Continue(())
            })
        },
    );
    assert!(result.is_ready());
}

#[test]
fn pending_steps_go_on_where_they_are_completed() {
    let (promise, mut item) = one_then_never();
    let (answers, questions) = channel();
    let result = repeat(item.by_turns(), move |text: String| {
        let (promise, flow) = Promise::new();
        answers.send((text, promise)).unwrap();
        flow
    });
    assert!(result.is_pending());
    promise.set("item".to_owned());
    let (text, promise) = questions.try_recv().unwrap();
    promise.set(Break(text));
    assert_eq!(result.wait(), Ok("item".to_owned()));
}

#[test]
fn a_loop_on_a_process_runs_there_between_its_events() {
    let node = Node::new();
    let pid = node.spawn_as("looper", Diary::default());
    let (promises, futures): (Vec<_>, Vec<_>) = (0..3).map(|_| Promise::<u32>::new()).unzip();
    let mut futures = futures.into_iter();
    let result = pid.repeat(
        move |_, _| futures.next().unwrap(),
        |diary, ctx, n| {
            assert_eq!(current().as_ref(), Some(ctx.upid()));
            diary.0.push(n.to_string());
            Future::ready(if n == 2 {
                Break(diary.0.join(" "))
            } else {
                Continue(())
            })
        },
    );
    for (n, promise) in (0..).zip(promises) {
        node.settle();
        pid.tell(|diary, _| diary.0.push("between".into()));
        promise.set(n);
    }
    assert_eq!(result.wait().unwrap(), "between 0 between 1 between 2");
}

#[test]
fn a_loop_without_a_process_gets_one_of_its_own() {
    let node = Node::new();
    let result = node.manager.repeat(
        || Future::ready(current().unwrap()),
        |upid| Future::ready(Break(upid)),
    );
    let upid = Upid::new("(1)", node.manager.address());
    assert_eq!(result.wait(), Ok(upid.clone()));
    node.manager.wait(&upid).unwrap();
}

#[test]
fn a_failed_or_discarded_step_ends_the_loop_alike() {
    let failed = repeat(|| Future::<()>::failed("no item"), forever);
    assert_eq!(failed.wait(), Err(Error::Failed(Failure::new("no item"))));
    let discarded = repeat(
        || Future::ready(()),
        |()| -> Future<_> { Future::discarded() },
    );
    assert_eq!(discarded.map(|(): ()| ()).wait(), Err(Error::Discarded));
    let (promise, mut item) = one_then_never();
    let abandoned = repeat(item.by_turns(), forever::<()>);
    drop(promise);
    assert_eq!(abandoned.wait(), Err(Error::Abandoned));
}

#[test]
fn a_discard_reaches_the_step_that_is_pending() {
    let node = Node::new();
    let clock = node.clock.clone();
    let endless = repeat(move || after(&clock, days(1)), forever);
    for _ in 0..3 {
        node.advance(days(1));
    }
    assert!(endless.is_pending());
    endless.discard();
    assert_eq!(endless.wait(), Err(Error::Discarded));
    assert_eq!(node.clock.next_deadline(), None);
}

#[test]
fn a_discard_reaches_a_body_that_is_pending() {
    let (promise, flow) = Promise::<std::ops::ControlFlow<()>>::new();
    let mut flow = Some(flow);
    let result = repeat(|| Future::ready(()), move |()| flow.take().unwrap());
    result.discard();
    assert!(promise.has_discard());
    promise.discard();
    assert_eq!(result.wait(), Err(Error::Discarded));
}

#[test]
fn a_discard_reaches_every_later_step() {
    let (steps, made) = channel();
    let endless = repeat(
        move || {
            let (promise, step) = Promise::new();
            steps.send(promise).unwrap();
            step
        },
        forever::<()>,
    );
    endless.discard();
    for _ in 0..3 {
        let step = made.try_recv().unwrap();
        assert!(step.has_discard());
        step.set(());
    }
    assert!(endless.is_pending());
    made.try_recv().unwrap().discard();
    assert_eq!(endless.wait(), Err(Error::Discarded));
}

#[test]
fn a_body_that_breaks_in_spite_of_a_discard_makes_the_loop_ready() {
    let (promise, flow) = Promise::new();
    let mut flow = Some(flow);
    let result = repeat(|| Future::ready(()), move |()| flow.take().unwrap());
    result.discard();
    assert!(promise.has_discard());
    promise.set(Break(42));
    assert_eq!(result.wait(), Ok(42));
}

#[test]
fn a_loop_ends_with_its_process() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (promise, step) = Promise::<()>::new();
    let mut step = Some(step);
    let result = pid.repeat(move |_, _| step.take().unwrap(), |_, _, ()| forever(()));
    node.settle();
    pid.terminate();
    pid.wait().unwrap();
    promise.set(());
    assert_eq!(result.wait(), Err(Error::Abandoned));
}

/// A promise for the first item of a loop.
fn one_then_never<T: Send + 'static>() -> (Promise<T>, One<T>) {
    let (promise, future) = Promise::new();
    (promise, One(Some(future)))
}

struct One<T: Send + 'static>(Option<Future<T>>);

impl<T: Send + 'static> One<T> {
    fn by_turns(&mut self) -> impl FnMut() -> Future<T> + Send + 'static + use<T> {
        let mut first = self.0.take();
        move || first.take().expect("one item is taken")
    }
}
