//! A wait ends when the process has ended or the time is up; one that never could is an error.

use std::time::Duration;

use libprocess::address::Upid;
use libprocess::future::{Future, Promise};
use libprocess::primitive::blocking::Latch;
use libprocess::process::{Context, Pid, Process, WaitError};
use libprocess::time::secs;

use super::{Diary, Node};

#[test]
fn a_limit_counts_in_the_time_of_the_runtime() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let waiting = {
        let pid = pid.clone();
        std::thread::spawn(move || pid.wait_for(secs(5)))
    };
    while node.clock.next_deadline().is_none() {
        std::thread::yield_now();
    }
    node.advance(secs(5));
    assert_eq!(waiting.join().unwrap(), Ok(false));
}

#[test]
fn a_limit_counts_inside_of_a_process_too() {
    let node = Node::with_workers(1);
    let (pid, other) = (node.spawn(Diary::default()), node.spawn(Diary::default()));
    let waited = pid.dispatch(move |_, _| other.wait_for(secs(5)));
    while node.clock.next_deadline().is_none() {
        std::thread::yield_now();
    }
    node.advance(secs(5));
    assert_eq!(waited.wait(), Ok(Ok(false)));
}

#[test]
fn a_process_waits_for_another_that_it_spawns_and_ends() {
    let node = Node::new();
    let outer = node.spawn(Diary::default());
    let ended = outer.dispatch(|_, ctx| {
        let inner = ctx.spawn(Diary::default()).unwrap();
        inner.terminate();
        inner.wait()
    });
    assert_eq!(ended.wait(), Ok(Ok(())));
}

#[test]
fn names_that_nobody_has_are_not_waited_for() {
    let node = Node::new();
    let nobody = Upid::new("nobody", node.manager.address());
    assert_eq!(node.manager.wait(&nobody), Ok(false));
    assert_eq!(node.manager.wait_for(&nobody, secs(5)), Ok(true));
    let elsewhere: Upid = "nobody@10.0.0.1:1".parse().unwrap();
    assert_eq!(node.manager.wait(&elsewhere), Ok(false));
    assert_eq!(node.manager.wait(&Upid::default()), Ok(false));
}

#[test]
fn waiting_for_oneself_is_an_error() {
    let node = Node::new();
    let pid = node.spawn_as("me", Diary::default());
    let refused = pid.dispatch(|_, ctx| ctx.pid().wait()).wait().unwrap();
    assert_eq!(refused, Err(WaitError::Itself(pid.upid().clone())));
    assert_eq!(
        refused.unwrap_err().to_string(),
        "me@127.0.0.1:5050 would wait for itself"
    );
    let refused = pid.dispatch(|_, ctx| ctx.pid().wait_for(secs(1)));
    assert_eq!(
        refused.wait(),
        Ok(Err(WaitError::Itself(pid.upid().clone())))
    );
    let refused = pid.dispatch(|_, ctx| ctx.manager().stop());
    assert_eq!(
        refused.wait(),
        Ok(Err(WaitError::Itself(pid.upid().clone())))
    );
}

/// Waits for another when told to, and ends when that wait is over.
struct Waiter(Option<Pid<Self>>);

impl Process for Waiter {}

impl Waiter {
    fn wait(&mut self, ctx: &mut Context<Self>) -> Result<(), WaitError> {
        let result = self.0.take().unwrap().wait();
        ctx.terminate();
        result
    }
}

#[test]
fn the_wait_that_closes_a_cycle_is_refused_and_the_others_end() {
    const PROCESSES: usize = 5;
    let node = Node::with_workers(PROCESSES);
    let name = |n: usize| format!("w{n}");
    let pids: Vec<_> = (0..PROCESSES)
        .map(|n| node.spawn_as(&name(n), Waiter(None)))
        .collect();
    for (n, pid) in pids.iter().enumerate() {
        let next = pids[(n + 1) % PROCESSES].clone();
        pid.tell(move |waiter, _| waiter.0 = Some(next));
    }
    let waits: Vec<Future<_>> = pids.iter().map(|pid| pid.dispatch(Waiter::wait)).collect();
    let results: Vec<_> = waits.into_iter().map(|wait| wait.wait().unwrap()).collect();
    let mut refused = results.iter().filter_map(|result| result.as_ref().err());
    let Some(WaitError::Cycle(ids)) = refused.next() else {
        panic!("nobody saw the cycle: {results:?}");
    };
    assert_eq!(refused.next(), None);
    assert_eq!(ids.len(), PROCESSES);
    let first: usize = ids[0].id()[1..].parse().unwrap();
    for (n, id) in ids.iter().enumerate() {
        assert_eq!(id.id(), name((first + n) % PROCESSES));
    }
}

#[test]
fn a_wait_with_a_limit_is_no_part_of_a_cycle() {
    let node = Node::with_workers(2);
    let (one, two) = (node.spawn(Diary::default()), node.spawn(Diary::default()));
    let (first, second) = (one.clone(), two.clone());
    let limited = one.dispatch(move |_, ctx| {
        ctx.terminate();
        second.wait_for(secs(5))
    });
    while node.clock.next_deadline().is_none() {
        std::thread::yield_now();
    }
    let unlimited = two.dispatch(move |_, _| first.wait());
    node.advance(secs(5));
    assert_eq!(limited.wait(), Ok(Ok(false)));
    assert_eq!(unlimited.wait(), Ok(Ok(())));
}

#[test]
fn with_one_worker_a_hundred_processes_may_each_wait_for_the_next() {
    let node = Node::with_workers(1);
    let last = node.spawn(Waiter(None));
    let mut waits = Vec::new();
    let mut next = last.clone();
    for _ in 0..100 {
        let waiter = node.spawn(Waiter(Some(next)));
        waits.push(waiter.dispatch(Waiter::wait));
        next = waiter;
    }
    last.terminate();
    for wait in waits {
        assert_eq!(wait.wait(), Ok(Ok(())));
    }
}

#[test]
fn everybody_who_waits_goes_on() {
    let node = Node::new();
    let pid = node.spawn(Diary::default());
    let ready = Latch::new();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (pid, ready) = (pid.clone(), ready.clone());
            std::thread::spawn(move || {
                ready.wait();
                pid.wait_for(Duration::MAX)
            })
        })
        .collect();
    ready.open();
    pid.terminate();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), Ok(true));
    }
}

#[test]
fn what_was_queued_is_gone_when_wait_returns() {
    let node = Node::new();
    for _ in 0..100 {
        let pid = node.spawn(Diary::default());
        let (promise, held) = Promise::<()>::new();
        pid.tell(move |_, _| drop(promise));
        pid.terminate();
        pid.wait().unwrap();
        assert!(held.is_abandoned());
    }
}
