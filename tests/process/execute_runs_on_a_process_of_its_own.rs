//! `execute` runs a function elsewhere, on a process made for it.

use libprocess::future::{Error, Future};
use libprocess::process::current;

use super::Node;

#[test]
fn a_function_gives_its_result() {
    let node = Node::new();
    let (a, b) = (21, 21);
    assert_eq!(node.manager.execute(move || a + b).wait(), Ok(42));
    let text = String::from("moved");
    assert_eq!(node.manager.execute(move || text).wait().unwrap(), "moved");
    assert_eq!(node.manager.execute(|| ()).wait(), Ok(()));
}

#[test]
fn a_future_is_not_flattened() {
    let node = Node::new();
    let nested = node.manager.execute(|| Future::ready(42)).wait().unwrap();
    assert_eq!(nested.wait(), Ok(42));
}

#[test]
fn each_function_has_its_own_process_that_ends() {
    let node = Node::new();
    let first = node.manager.execute(|| current().unwrap()).wait().unwrap();
    assert_eq!(first.id(), "__async_executor__(1)");
    node.manager.wait(&first).unwrap();
    let second = node.manager.execute(|| current().unwrap()).wait().unwrap();
    assert_eq!(second.id(), "__async_executor__(2)");
}

#[test]
fn a_panic_abandons_the_result() {
    let node = Node::new();
    let result = node.manager.execute(|| -> u32 { panic!("as told") });
    assert_eq!(result.wait(), Err(Error::Abandoned));
}

#[test]
fn nothing_is_executed_when_the_runtime_stops() {
    let node = Node::new();
    node.manager.stop().unwrap();
    assert_eq!(node.manager.execute(|| ()).wait(), Err(Error::Abandoned));
}
