//! An agent that comes back under another address asks, and gets what it did not acknowledge.

use bytes::Bytes;
use libprocess::time::{mins, secs};
use mesos::messages::internal::{
    ExecutorReregisteredMessage, ExecutorToFrameworkMessage, FrameworkToExecutorMessage,
    ReconnectExecutorMessage, ReregisterExecutorMessage,
};
use mesos::messages::{ExecutorID, FrameworkID, SlaveID, TaskID, TaskState, TaskStatus};

use super::{HEARD, World, acknowledge, run_task, slave_info};
use crate::support::Node;

#[test]
fn it_gets_tasks_and_updates_that_it_did_not_acknowledge() {
    let node = Node::new();
    let world = World::new(&node, |environment| environment.checkpoint = true);
    let driver = world.register();
    for task in ["1", "2", "3"] {
        world.agent.say(&driver, run_task(task));
    }
    // Of the first task all is known; of the second only that it runs; of the third nothing.
    let first = world.update("1", TaskState::TASK_FINISHED);
    world.agent.say(&driver, acknowledge(&first));
    let second = world.update("2", TaskState::TASK_RUNNING);
    world.agent.say(&driver, acknowledge(&second));
    let third = world.update("2", TaskState::TASK_FINISHED);
    world.diary.take();
    world.agent.die();
    assert_eq!(world.diary.take(), ["disconnected"]);

    // What happens meanwhile is kept as well.
    let status = TaskStatus {
        task_id: TaskID::from("3").into(),
        state: TaskState::TASK_RUNNING,
        ..Default::default()
    };
    world.driver.send_status_update(status);
    node.advance(mins(14));

    let agent = node.peer("slave(2)", HEARD);
    let reconnect = ReconnectExecutorMessage {
        slave_id: SlaveID::from("S").into(),
        ..Default::default()
    };
    agent.say(&driver, reconnect);
    let (_, message) = agent.heard::<ReregisterExecutorMessage>();
    assert_eq!(message.executor_id.value, "E");
    assert_eq!(message.framework_id.value, "F");
    let tasks: Vec<&str> = message
        .tasks
        .iter()
        .map(|task| &*task.task_id.value)
        .collect();
    assert_eq!(tasks, ["3"]);
    let updates = message.updates.iter();
    let updates: Vec<_> = updates
        .map(|update| (&*update.status.task_id.value, update.status.state))
        .collect();
    assert_eq!(
        updates,
        [
            ("2", TaskState::TASK_FINISHED),
            ("3", TaskState::TASK_RUNNING)
        ]
    );
    assert_eq!(message.updates[0].uuid, third.update.uuid);
}

#[test]
fn the_new_agent_is_the_one_that_hears_acknowledges_and_is_missed() {
    let node = Node::new();
    let world = World::new(&node, |environment| environment.checkpoint = true);
    let driver = world.register();
    let update = world.update("T", TaskState::TASK_RUNNING);
    world.agent.die();
    world.diary.take();
    let agent = node.peer("slave(2)", HEARD);
    let reconnect = ReconnectExecutorMessage {
        slave_id: SlaveID::from("S").into(),
        ..Default::default()
    };
    agent.say(&driver, reconnect);
    agent.heard::<ReregisterExecutorMessage>();
    let reregistered = ExecutorReregisteredMessage {
        slave_id: SlaveID::from("S").into(),
        slave_info: slave_info().into(),
        ..Default::default()
    };
    agent.say(&driver, reregistered);
    assert_eq!(world.diary.take(), ["reregistered at host"]);

    world
        .driver
        .send_framework_message(Bytes::from_static(b"x"));
    agent.heard::<ExecutorToFrameworkMessage>();
    agent.say(&driver, acknowledge(&update));
    assert!(world.driver.acknowledged().wait().is_ok());
    node.advance(mins(20));
    assert!(world.diary.take().is_empty(), "the recovery timeout is off");
    agent.die();
    assert_eq!(world.diary.take(), ["disconnected"]);
}

#[test]
fn tasks_and_messages_are_dropped_meanwhile() {
    let node = Node::new();
    let world = World::new(&node, |environment| environment.checkpoint = true);
    let driver = world.register();
    world.agent.die();
    world.diary.take();
    let agent = node.peer("slave(2)", HEARD);
    agent.say(&driver, run_task("T"));
    let message = FrameworkToExecutorMessage {
        slave_id: SlaveID::from("S").into(),
        framework_id: FrameworkID::from("F").into(),
        executor_id: ExecutorID::from("E").into(),
        data: Bytes::from_static(b"x"),
        ..Default::default()
    };
    agent.say(&driver, message);
    assert!(world.diary.take().is_empty());
}

#[test]
fn an_agent_that_stays_away_is_waited_for_no_longer_than_told() {
    let node = Node::new();
    let world = World::new(&node, |environment| {
        environment.checkpoint = true;
        environment.recovery_timeout = secs(30);
    });
    world.register();
    world.agent.die();
    node.advance(secs(29));
    assert_eq!(world.diary.take(), ["disconnected"]);
    node.advance(secs(1));
    assert_eq!(world.diary.take(), ["shutdown"]);
}
