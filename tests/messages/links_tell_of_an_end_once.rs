//! Whoever is linked to a process learns of its end, once for each registration.

use libprocess::address::Upid;
use libprocess::process::{Context, Inbound, Pid, Process};

use crate::process::{Diary, Node};

#[derive(Default)]
struct Watcher(Vec<Upid>);

impl Process for Watcher {
    fn exited(&mut self, _ctx: &mut Context<Self>, pid: &Upid) {
        self.0.push(pid.clone());
    }
}

fn link(watcher: &Pid<Watcher>, to: &Upid) {
    let to = to.clone();
    watcher
        .dispatch(move |_, ctx| ctx.link(&to))
        .wait()
        .unwrap();
}

fn exits(watcher: &Pid<Watcher>) -> Vec<Upid> {
    watcher
        .dispatch(|watcher, _| watcher.0.clone())
        .wait()
        .unwrap()
}

fn end(pid: &Pid<impl Process>) {
    pid.terminate();
    pid.wait().unwrap();
}

#[test]
fn an_end_is_told_before_a_wait_for_it_returns() {
    let node = Node::new();
    let watcher = node.spawn(Watcher::default());
    for _ in 0..100 {
        let pid = node.spawn(Diary::default());
        link(&watcher, pid.upid());
        end(&pid);
        assert_eq!(exits(&watcher).last(), Some(pid.upid()));
    }
    assert_eq!(exits(&watcher).len(), 100);
}

#[test]
fn linking_twice_is_linking_once() {
    let node = Node::new();
    let (watcher, pid) = (node.spawn(Watcher::default()), node.spawn(Diary::default()));
    link(&watcher, pid.upid());
    link(&watcher, pid.upid());
    end(&pid);
    assert_eq!(exits(&watcher), [pid.upid().clone()]);
}

#[test]
fn a_link_to_a_process_that_is_not_there_fires_at_once() {
    let node = Node::new();
    let watcher = node.spawn(Watcher::default());
    let never = Upid::new("never", node.manager.address());
    link(&watcher, &never);
    assert_eq!(exits(&watcher).len(), 1);
    let gone = node.spawn(Diary::default());
    end(&gone);
    link(&watcher, gone.upid());
    link(&watcher, gone.upid());
    let gone = gone.upid().clone();
    assert_eq!(exits(&watcher), [never, gone.clone(), gone]);
}

#[test]
fn an_empty_name_is_not_linked_to() {
    let node = Node::new();
    let watcher = node.spawn(Watcher::default());
    link(&watcher, &Upid::default());
    assert_eq!(exits(&watcher), []);
}

#[test]
fn a_successor_needs_a_link_of_its_own() {
    let node = Node::new();
    let watcher = node.spawn(Watcher::default());
    let first = node.spawn_as("king", Diary::default());
    link(&watcher, first.upid());
    end(&first);
    let second = node.spawn_as("king", Diary::default());
    end(&second);
    assert_eq!(exits(&watcher).len(), 1);

    let third = node.spawn_as("king", Diary::default());
    link(&watcher, third.upid());
    end(&third);
    assert_eq!(exits(&watcher).len(), 2);
}

#[test]
fn every_linker_is_told() {
    let node = Node::new();
    let watchers: Vec<_> = (0..10).map(|_| node.spawn(Watcher::default())).collect();
    let pid = node.spawn(Diary::default());
    for watcher in &watchers {
        link(watcher, pid.upid());
    }
    end(&watchers[3]);
    end(&pid);
    for (n, watcher) in watchers.iter().enumerate() {
        let told = watcher.dispatch(|watcher, _| watcher.0.len()).wait();
        assert_eq!(told.ok(), (n != 3).then_some(1));
    }
}

#[test]
fn a_process_may_be_linked_to_itself_and_to_one_that_is_linked_to_it() {
    let node = Node::new();
    let alone = node.spawn(Watcher::default());
    link(&alone, alone.upid());
    end(&alone);

    let pair = [
        node.spawn(Watcher::default()),
        node.spawn(Watcher::default()),
    ];
    link(&pair[0], pair[1].upid());
    link(&pair[1], pair[0].upid());
    end(&pair[0]);
    assert_eq!(exits(&pair[1]), [pair[0].upid().clone()]);
    end(&pair[1]);
}

#[test]
fn an_injected_exit_reaches_the_handler_and_leaves_the_link() {
    let node = Node::new();
    let (watcher, pid) = (node.spawn(Watcher::default()), node.spawn(Diary::default()));
    link(&watcher, pid.upid());
    assert!(node.manager.exited(watcher.upid(), pid.upid()));
    assert_eq!(exits(&watcher).len(), 1);
    end(&pid);
    assert_eq!(exits(&watcher).len(), 2);
    assert!(!node.manager.exited(pid.upid(), watcher.upid()));
}

#[test]
fn links_and_ends_may_race() {
    let node = Node::with_workers(4);
    let watchers: Vec<_> = (0..4).map(|_| node.spawn(Watcher::default())).collect();
    const ROUNDS: usize = 500;
    for _ in 0..ROUNDS {
        let pid = node.spawn(Diary::default());
        for watcher in &watchers {
            let to = pid.upid().clone();
            watcher.tell(move |_, ctx| ctx.link(&to));
        }
        pid.terminate();
    }
    node.settle();
    for watcher in &watchers {
        assert_eq!(exits(watcher).len(), ROUNDS);
    }
}
