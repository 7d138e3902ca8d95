//! The scheduler gets every update, in order, whatever is lost on the way.

use libprocess::time::secs;
use mesos::messages::SlaveID;
use mesos::messages::TaskState;
use mesos::messages::internal::{
    ReregisterSlaveMessage, SlaveReregisteredMessage, StatusUpdateAcknowledgementMessage,
    StatusUpdateMessage, UpdateSlaveMessage,
};

use super::{MASTER, World, acknowledge, executor_task, run_task, update};
use crate::support::Node;

#[test]
fn one_after_the_other() {
    let node = Node::new();
    let world = World::registered(&node);
    let executor = world.running();
    executor.say(
        world.agent.upid(),
        update("T", "T", TaskState::TASK_RUNNING, 1),
    );
    executor.say(
        world.agent.upid(),
        update("T", "T", TaskState::TASK_FINISHED, 2),
    );
    let (_, message) = world.master.heard::<StatusUpdateMessage>();
    assert_eq!(message.update.status.state, TaskState::TASK_RUNNING);
    world.master.heard_nothing();
    for _ in 0..2 {
        node.advance(secs(20));
        let (_, again) = world.master.heard::<StatusUpdateMessage>();
        assert_eq!(again.update.uuid, message.update.uuid);
        // By now it is known what became of the task.
        assert_eq!(again.update.latest_state, Some(TaskState::TASK_FINISHED));
    }
    world.say(acknowledge(&message));
    assert_eq!(world.update().status.state, TaskState::TASK_FINISHED);
    node.advance(secs(3600));
    assert!(!heard_update(&world));
}

#[test]
fn an_update_that_comes_twice_is_passed_on_once() {
    let node = Node::new();
    let world = World::registered(&node);
    let executor = world.running();
    for _ in 0..2 {
        executor.say(
            world.agent.upid(),
            update("T", "T", TaskState::TASK_RUNNING, 1),
        );
        executor.heard::<StatusUpdateAcknowledgementMessage>();
    }
    world.update();
    world.master.heard_nothing();
}

#[test]
fn a_new_master_gets_them_at_once() {
    let node = Node::new();
    let world = World::registered(&node);
    let executor = world.running();
    world.master.die();
    executor.say(
        world.agent.upid(),
        update("T", "T", TaskState::TASK_RUNNING, 1),
    );
    let master = node.peer("master", MASTER);
    node.advance(secs(1));
    master.heard_at_least::<ReregisterSlaveMessage>();
    master.heard_nothing();
    let reregistered = SlaveReregisteredMessage {
        slave_id: SlaveID::from("S").into(),
        ..Default::default()
    };
    master.say(world.agent.upid(), reregistered);
    master.heard::<UpdateSlaveMessage>();
    master.heard::<StatusUpdateMessage>();
}

#[test]
fn of_tasks_that_were_never_started_too() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(run_task(executor_task("1", "run"), false));
    let (_, message) = world.master.heard::<StatusUpdateMessage>();
    assert_eq!(message.update.status.state, TaskState::TASK_LOST);
    node.advance(secs(10));
    let (_, again) = world.master.heard::<StatusUpdateMessage>();
    assert_eq!(again.update.uuid, message.update.uuid);
    world.say(acknowledge(&message));
    node.advance(secs(20));
    world.master.heard_nothing();
}

#[test]
fn nobody_but_the_leader_may_acknowledge() {
    let node = Node::new();
    let world = World::registered(&node);
    let executor = world.running();
    executor.say(
        world.agent.upid(),
        update("T", "T", TaskState::TASK_RUNNING, 1),
    );
    let (_, message) = world.master.heard::<StatusUpdateMessage>();
    let usurper = node.peer("usurper", MASTER);
    usurper.say(world.agent.upid(), acknowledge(&message));
    node.advance(secs(10));
    world.master.heard::<StatusUpdateMessage>();
}

/// Whether there is an update among what the master heard.
fn heard_update(world: &World<'_>) -> bool {
    while world.master.has_heard() {
        if world.master.heard_any() == "mesos.internal.StatusUpdateMessage" {
            return true;
        }
    }
    false
}
