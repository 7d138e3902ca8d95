//! An update is sent once, and kept for an agent that comes back.

use libprocess::protobuf::Message;
use libprocess::time::secs;
use mesos::messages::{Status, TaskID, TaskState, TaskStatus};

use super::{World, acknowledge, run_task};
use crate::support::Node;

#[test]
fn an_update_says_whose_it_is() {
    let node = Node::new();
    let world = World::new(&node, |_| ());
    let driver = world.register();
    node.advance(secs(7));
    let message = world.update("T", TaskState::TASK_RUNNING);
    assert_eq!(message.pid, Some(driver.to_string()));
    let update = &message.update;
    assert_eq!(update.framework_id.value, "F");
    assert_eq!(update.executor_id.value, "E");
    assert_eq!(update.slave_id.value, "S");
    assert_eq!(update.status.slave_id.value, "S");
    assert!(update.uuid.as_ref().is_some_and(|uuid| uuid.len() == 16));
    assert_eq!(update.status.uuid, update.uuid);
    assert!((update.timestamp - 7.0).abs() < 1e-9);
    assert_eq!(update.status.timestamp, Some(update.timestamp));
    message.encode().expect("complete");
}

#[test]
fn nothing_is_sent_again_by_itself() {
    let node = Node::new();
    let world = World::new(&node, |_| ());
    world.register();
    world.update("T", TaskState::TASK_RUNNING);
    node.advance(secs(3600));
    world.agent.heard_nothing();
}

#[test]
fn an_executor_can_wait_for_its_updates_to_be_through() {
    let node = Node::new();
    let world = World::new(&node, |_| ());
    let driver = world.register();
    world.agent.say(&driver, run_task("T"));
    let first = world.update("T", TaskState::TASK_RUNNING);
    let last = world.update("T", TaskState::TASK_FINISHED);
    let acknowledged = world.driver.acknowledged();
    world.agent.say(&driver, acknowledge(&first));
    world.agent.say(&driver, acknowledge(&first));
    assert!(acknowledged.is_pending());
    world.agent.say(&driver, acknowledge(&last));
    assert!(acknowledged.is_ready());
    world.driver.stop();
    node.settle();
    assert!(world.driver.acknowledged().is_abandoned());
}

#[test]
fn no_executor_may_say_that_a_task_is_staging() {
    let node = Node::new();
    let world = World::new(&node, |_| ());
    world.register();
    let status = TaskStatus {
        task_id: TaskID::from("T").into(),
        state: TaskState::TASK_STAGING,
        ..Default::default()
    };
    world.driver.send_status_update(status);
    node.settle();
    let told = "error Attempted to send TASK_STAGING status update, DRIVER_ABORTED";
    assert_eq!(world.diary.take(), [told]);
    assert_eq!(world.driver.join(), Status::DRIVER_ABORTED);
    world.agent.heard_nothing();
}
