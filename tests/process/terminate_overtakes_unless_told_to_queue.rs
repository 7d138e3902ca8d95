//! `terminate` drops what is queued before it; `terminate_after_queue` only what comes after it.

use libprocess::future::{Error, Future};
use libprocess::primitive::blocking::Latch;
use libprocess::process::{Context, Pid, Process};

use super::{Diary, Node};

/// Keeps the process busy until the latch is opened, with whatever is queued meanwhile.
fn busy(pid: &Pid<Diary>) -> (Latch, Future<()>) {
    let (started, go_on) = (Latch::new(), Latch::new());
    let (inside, opener) = (started.clone(), go_on.clone());
    let done = pid.dispatch(move |_, _| {
        inside.open();
        go_on.wait();
    });
    started.wait();
    (opener, done)
}

#[test]
fn an_injected_end_drops_what_is_queued_but_not_what_is_served() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (go_on, served) = busy(&pid);
    let before = pid.dispatch(|_, _| ());
    pid.terminate();
    let after = pid.dispatch(|_, _| ());
    go_on.open();
    assert_eq!(served.wait(), Ok(()));
    assert_eq!(before.wait(), Err(Error::Abandoned));
    assert_eq!(after.wait(), Err(Error::Abandoned));
    pid.wait().unwrap();
}

#[test]
fn an_end_in_the_queue_lets_pass_what_is_before_it() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (go_on, _) = busy(&pid);
    let before = pid.dispatch(|_, _| ());
    pid.terminate_after_queue();
    let after = pid.dispatch(|_, _| ());
    go_on.open();
    assert_eq!(before.wait(), Ok(()));
    assert_eq!(after.wait(), Err(Error::Abandoned));
    pid.wait().unwrap();
}

#[test]
fn an_injected_end_takes_effect_at_the_first_end_in_the_queue() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let (go_on, _) = busy(&pid);
    let first = pid.dispatch(|_, _| ());
    pid.terminate_after_queue();
    pid.terminate();
    go_on.open();
    assert_eq!(first.wait(), Err(Error::Abandoned));
    assert_eq!(pid.wait_for(std::time::Duration::MAX), Ok(true));
}

#[test]
fn a_process_that_ends_itself_finishes_its_function() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let result = pid.dispatch(|_, ctx| {
        ctx.terminate();
        "after"
    });
    assert_eq!(result.wait(), Ok("after"));
    pid.wait().unwrap();
}

/// Sends to itself for as long as it lives.
struct Restless;

impl Process for Restless {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        Self::again(self, ctx);
    }
}

impl Restless {
    fn again(&mut self, ctx: &mut Context<Self>) {
        ctx.pid().tell(Self::again);
    }
}

#[test]
fn a_process_that_never_rests_can_be_ended_either_way() {
    let node = Node::with_workers(1);
    for inject in [true, false] {
        let pid = node.spawn(Restless);
        if inject {
            pid.terminate();
        } else {
            pid.terminate_after_queue();
        }
        pid.wait().unwrap();
    }
}

#[test]
fn ending_by_name_takes_processes_of_this_runtime_alone() {
    let node = Node::new();
    let pid = node.spawn_as("diary", Diary::default());
    node.manager
        .terminate(&"diary@127.0.0.1:5051".parse().unwrap());
    node.manager
        .terminate(&"nobody@127.0.0.1:5050".parse().unwrap());
    assert_eq!(pid.dispatch(|_, _| ()).wait(), Ok(()));
    node.manager
        .terminate_after_queue(&"diary@127.0.0.1:5050".parse().unwrap());
    pid.wait().unwrap();
}
