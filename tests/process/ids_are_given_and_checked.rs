//! A process has the id it was given, or a generated one; a bad one gives the process back.

use std::error::Error;

use libprocess::process::{IdProblem, Process, SpawnProblem};

use super::{Diary, Node};

struct Worker;

impl Process for Worker {
    fn prefix(&self) -> &str {
        "worker"
    }
}

struct Unnameable;

impl Process for Unnameable {
    fn prefix(&self) -> &str {
        "a b"
    }
}

#[test]
fn every_prefix_counts_on_its_own_and_never_back() {
    let node = Node::new();
    assert_eq!(node.spawn(Worker).id(), "worker(1)");
    let second = node.spawn(Worker);
    assert_eq!(second.id(), "worker(2)");
    assert_eq!(node.spawn(Diary::default()).id(), "(1)");
    second.terminate();
    second.wait().unwrap();
    assert_eq!(node.spawn(Worker).id(), "worker(3)");
    assert_eq!(Node::new().spawn(Worker).id(), "worker(1)");
}

#[test]
fn a_taken_id_is_refused_and_the_first_process_untouched() {
    let node = Node::new();
    let first = node.spawn_as("diary", Diary(vec!["first".into()]));
    let error = node
        .manager
        .spawn_as("diary", Diary(vec!["second".into()]))
        .unwrap_err();
    assert_eq!(*error.problem(), SpawnProblem::Taken("diary".into()));
    assert_eq!(
        error.to_string(),
        "cannot spawn: a process with the id \"diary\" runs already"
    );
    assert_eq!(error.into_process().0, ["second"]);
    assert_eq!(
        first.dispatch(|diary, _| diary.0.clone()).wait().unwrap(),
        ["first"]
    );
}

#[test]
fn an_id_is_free_again_when_wait_returns() {
    let node = Node::new();
    for _ in 0..100 {
        let pid = node.spawn_as("again", Worker);
        pid.terminate();
        pid.wait().unwrap();
    }
}

#[test]
fn an_id_that_would_break_the_wire_is_refused() {
    let node = Node::new();
    for (id, wrong) in [
        ("a b", ' '),
        ("a\r", '\r'),
        ("a\n", '\n'),
        ("/a", '/'),
        ("a@b", '@'),
    ] {
        let error = node.manager.spawn_as(id, Worker).unwrap_err();
        let problem = IdProblem::Character(wrong);
        assert_eq!(*error.problem(), SpawnProblem::BadId(id.into(), problem));
    }
    let error = node.manager.spawn_as("", Worker).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot spawn: \"\" cannot be an id: it is empty"
    );
    let error = node.manager.spawn(Unnameable).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot spawn: \"a b(1)\" cannot be an id: it holds ' '"
    );
    let _any: Box<dyn Error + Send + Sync> = error.into();
}

#[test]
fn a_stopping_runtime_spawns_nothing() {
    let node = Node::new();
    node.manager.stop().unwrap();
    let error = node.manager.spawn(Worker).unwrap_err();
    assert_eq!(*error.problem(), SpawnProblem::Stopping);
}

#[test]
fn a_process_is_found_by_its_id_and_type() {
    let node = Node::new();
    let pid = node.spawn_as("worker", Worker);
    assert_eq!(node.manager.find::<Worker>("worker"), Some(pid.clone()));
    assert_eq!(node.manager.find::<Diary>("worker"), None);
    pid.terminate();
    pid.wait().unwrap();
    assert_eq!(node.manager.find::<Worker>("worker"), None);
}
