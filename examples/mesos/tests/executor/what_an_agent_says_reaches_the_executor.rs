//! Messages become callbacks.

use bytes::Bytes;
use mesos::messages::internal::{
    ExecutorToFrameworkMessage, FrameworkToExecutorMessage, KillTaskMessage,
    RegisterExecutorMessage,
};
use mesos::messages::{DurationInfo, ExecutorID, FrameworkID, KillPolicy, SlaveID, TaskID};

use super::{World, run_task};
use crate::support::Node;

#[test]
fn tasks_come_once_and_are_killed() {
    let node = Node::new();
    let world = World::new(&node, |_| ());
    let driver = world.register();
    world.agent.say(&driver, run_task("T"));
    world.agent.say(&driver, run_task("T"));
    world.agent.say(&driver, kill(None));
    let grace = DurationInfo {
        nanoseconds: 5,
        ..Default::default()
    };
    let policy = KillPolicy {
        grace_period: grace.into(),
        ..Default::default()
    };
    world.agent.say(&driver, kill(Some(policy)));
    assert_eq!(
        world.diary.take(),
        ["launch T", "kill T", "kill T within 5 ns"]
    );
}

#[test]
fn tasks_that_come_before_the_agents_answer_are_dropped() {
    let node = Node::new();
    let world = World::new(&node, |_| ());
    world.driver.start();
    let (driver, _) = world.agent.heard::<RegisterExecutorMessage>();
    world.agent.say(&driver, run_task("T"));
    world.agent.say(&driver, kill(None));
    assert_eq!(world.diary.take(), ["kill T"]);
}

#[test]
fn messages_go_both_ways() {
    let node = Node::new();
    let world = World::new(&node, |_| ());
    let driver = world.register();
    let message = FrameworkToExecutorMessage {
        slave_id: SlaveID::from("S").into(),
        framework_id: FrameworkID::from("F").into(),
        executor_id: ExecutorID::from("E").into(),
        data: Bytes::from_static(b"to"),
        ..Default::default()
    };
    world.agent.say(&driver, message);
    assert_eq!(world.diary.take(), ["message b\"to\""]);
    world
        .driver
        .send_framework_message(Bytes::from_static(b"fro"));
    let (_, message) = world.agent.heard::<ExecutorToFrameworkMessage>();
    assert_eq!(&message.data[..], b"fro");
    assert_eq!(message.executor_id.value, "E");
}

fn kill(policy: Option<KillPolicy>) -> KillTaskMessage {
    KillTaskMessage {
        framework_id: FrameworkID::from("F").into(),
        task_id: TaskID::from("T").into(),
        kill_policy: policy.into(),
        ..Default::default()
    }
}
