//! How a driver ends, and what the master hears of it.

use mesos::messages::Status;
use mesos::messages::TaskState;
use mesos::messages::internal::{DeactivateFrameworkMessage, FrameworkErrorMessage};
use mesos::messages::scheduler::call;

use super::{World, framework, update};
use crate::support::Node;

#[test]
fn a_stop_tears_the_framework_down() {
    let node = Node::new();
    let world = World::new(&node, framework());
    world.register();
    assert_eq!(world.driver.stop(false), Status::DRIVER_STOPPED);
    let (_, call) = world.heard(call::Type::TEARDOWN);
    assert_eq!(call.framework_id.value, "F");
    assert_eq!(world.driver.join(), Status::DRIVER_STOPPED);
    assert_eq!(world.driver.stop(false), Status::DRIVER_STOPPED);
}

#[test]
fn a_stop_for_a_failover_says_nothing() {
    let node = Node::new();
    let world = World::new(&node, framework());
    world.register();
    assert_eq!(world.driver.stop(true), Status::DRIVER_STOPPED);
    world.master.heard_nothing();
}

#[test]
fn an_abort_deactivates_the_framework_and_ends_the_callbacks() {
    let node = Node::new();
    let world = World::new(&node, framework());
    let driver = world.register();
    assert_eq!(world.driver.abort(), Status::DRIVER_ABORTED);
    let (_, message) = world.master.heard::<DeactivateFrameworkMessage>();
    assert_eq!(message.framework_id.value, "F");
    assert_eq!(world.driver.join(), Status::DRIVER_ABORTED);

    world.master.say(
        &driver,
        update(TaskState::TASK_RUNNING, Some("slave(1)@127.0.0.1:1")),
    );
    assert!(world.diary.take().is_empty());
    world.master.heard_nothing();
}

#[test]
fn an_abort_without_a_master_says_nothing() {
    let node = Node::new();
    let world = World::new(&node, framework());
    world.driver.start();
    world.heard(call::Type::SUBSCRIBE);
    world.driver.abort();
    world.master.heard_nothing();
}

#[test]
fn a_stop_after_an_abort_tears_down_and_tells_of_the_abort() {
    let node = Node::new();
    let world = World::new(&node, framework());
    world.register();
    world.driver.abort();
    world.master.heard::<DeactivateFrameworkMessage>();
    assert_eq!(world.driver.stop(false), Status::DRIVER_ABORTED);
    world.heard(call::Type::TEARDOWN);
    assert_eq!(world.driver.join(), Status::DRIVER_STOPPED);
}

#[test]
fn a_driver_starts_once() {
    let node = Node::new();
    let world = World::new(&node, framework());
    world.register();
    assert_eq!(world.driver.start(), Status::DRIVER_RUNNING);
    world.driver.stop(true);
    assert_eq!(world.driver.start(), Status::DRIVER_STOPPED);
}

#[test]
fn an_error_aborts_and_then_says_so() {
    let node = Node::new();
    let world = World::new(&node, framework());
    let driver = world.register();
    let message = FrameworkErrorMessage {
        message: "no".into(),
        ..Default::default()
    };
    world.master.say(&driver, message);
    assert_eq!(world.diary.take(), ["error no, DRIVER_ABORTED"]);
}

#[test]
fn a_join_ends_with_the_runtime() {
    let node = Node::new();
    let world = World::new(&node, framework());
    world.register();
    let over = world.driver.over();
    node.manager.stop().unwrap();
    assert!(over.future().wait().is_err(), "nobody stopped the driver");
}
