//! An update that an agent keeps is acknowledged, once the scheduler has seen it.

use mesos::messages::scheduler::call;
use mesos::messages::{TaskState, TaskStatus};
use mesos::scheduler::SchedulerDriver;

use super::{World, framework, update};
use crate::support::Node;

const AGENT: Option<&str> = Some("slave(1)@127.0.0.1:5051");

#[test]
fn by_itself_after_the_callback() {
    let node = Node::new();
    let world = World::new(&node, framework());
    let driver = world.register();
    world
        .master
        .say(&driver, update(TaskState::TASK_RUNNING, AGENT));
    assert_eq!(world.diary.take(), ["T TASK_RUNNING uuid true"]);
    let (_, call) = world.heard(call::Type::ACKNOWLEDGE);
    assert_eq!(call.acknowledge.task_id.value, "T");
    assert_eq!(call.acknowledge.slave_id.value, "S");
    assert_eq!(&call.acknowledge.uuid[..], b"0123456789abcdef");
}

#[test]
fn not_if_the_driver_was_ended_in_the_callback() {
    let node = Node::new();
    let stop = |driver: &SchedulerDriver, _: &TaskStatus| {
        driver.stop(true);
    };
    let world = World::with(&node, framework(), |builder| builder, stop);
    let driver = world.register();
    world
        .master
        .say(&driver, update(TaskState::TASK_RUNNING, AGENT));
    assert_eq!(world.diary.take(), ["T TASK_RUNNING uuid true"]);
    world.master.heard_nothing();
}

#[test]
fn not_if_no_agent_keeps_it() {
    let node = Node::new();
    let world = World::new(&node, framework());
    let driver = world.register();
    for pid in [None, Some(""), Some("@0.0.0.0:0")] {
        world.master.say(&driver, update(TaskState::TASK_LOST, pid));
        assert_eq!(world.diary.take(), ["T TASK_LOST uuid false"]);
        world.master.heard_nothing();
    }
}

#[test]
fn by_the_scheduler_alone_where_it_wants_to() {
    let node = Node::new();
    let explicit = mesos::scheduler::Builder::explicit_acknowledgements;
    let world = World::with(&node, framework(), explicit, |_, _| ());
    let driver = world.register();
    let message = update(TaskState::TASK_RUNNING, AGENT);
    let mut status = (*message.update.status).clone();
    status.uuid = message.update.uuid.clone();
    world.master.say(&driver, message);
    world.master.heard_nothing();
    world.driver.acknowledge_status_update(status.clone());
    world.heard(call::Type::ACKNOWLEDGE);

    // Neither of a status of a master nor of one without an agent does anybody wait for it.
    let of_master = TaskStatus {
        uuid: None,
        ..status.clone()
    };
    world.driver.acknowledge_status_update(of_master);
    let of_nobody = TaskStatus {
        slave_id: None.into(),
        ..status
    };
    world.driver.acknowledge_status_update(of_nobody);
    world.master.heard_nothing();
}

#[test]
fn not_by_a_scheduler_whose_driver_does() {
    let node = Node::new();
    let twice = |driver: &SchedulerDriver, status: &TaskStatus| {
        driver.acknowledge_status_update(status.clone());
    };
    let world = World::with(&node, framework(), |builder| builder, twice);
    let driver = world.register();
    world
        .master
        .say(&driver, update(TaskState::TASK_RUNNING, AGENT));
    world.heard(call::Type::ACKNOWLEDGE);
    world.master.heard_nothing();
}
