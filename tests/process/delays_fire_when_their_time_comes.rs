//! A delayed function runs on its process when the clock says so, unless it is cancelled.

use std::time::Duration;

use libprocess::process::Context;
use libprocess::time::{millis, secs};

use super::{Diary, Node};

#[test]
fn a_delay_runs_after_its_time_and_once() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    pid.delay(secs(5), |diary, _| diary.0.push("now".into()));
    node.advance(secs(5) - millis(1));
    assert!(pid.dispatch(|diary, _| diary.0.is_empty()).wait().unwrap());
    node.advance(millis(1));
    node.advance(secs(60));
    assert_eq!(pid.dispatch(|diary, _| diary.0.len()).wait(), Ok(1));
}

#[test]
fn a_delay_of_nothing_runs_with_the_next_look_at_the_clock() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    pid.delay(Duration::ZERO, |diary, _| diary.0.push("now".into()));
    node.advance(Duration::ZERO);
    assert_eq!(pid.dispatch(|diary, _| diary.0.len()).wait(), Ok(1));
}

#[test]
fn a_cancelled_delay_never_runs() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let timer = pid.delay(secs(1), |_, _| unreachable!());
    assert!(timer.cancel());
    node.advance(secs(2));
    assert!(!timer.cancel());
    assert!(!pid.has_ended());
}

#[test]
fn a_delay_for_a_dead_process_is_nothing() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    pid.delay(secs(1), |_, _| unreachable!());
    pid.terminate();
    pid.wait().unwrap();
    node.advance(secs(1));
}

#[test]
fn a_process_may_delay_itself_again_and_again() {
    fn tick(diary: &mut Diary, ctx: &mut Context<Diary>) {
        diary.0.push(ctx.now().to_string());
        ctx.delay(secs(1), tick);
    }
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    pid.tell(tick);
    node.settle();
    for _ in 0..3 {
        node.advance(secs(1));
    }
    assert_eq!(pid.dispatch(|diary, _| diary.0.len()).wait(), Ok(4));
}
