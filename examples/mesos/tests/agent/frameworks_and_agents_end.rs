//! Shutdowns: of a framework, of an executor, of the agent.

use libprocess::time::secs;
use mesos::agent::Agent;
use mesos::messages::internal::{
    ShutdownExecutorMessage, ShutdownFrameworkMessage, ShutdownMessage, UnregisterSlaveMessage,
};
use mesos::messages::{ExecutorID, FrameworkID, TaskState};

use super::{World, command_task, run_task, update};
use crate::support::Node;

#[test]
fn a_framework_that_ends_takes_its_executors_along_and_hears_nothing() {
    let node = Node::new();
    let world = World::registered(&node);
    let executor = world.running();
    world.say(shutdown_framework());
    executor.heard::<ShutdownExecutorMessage>();
    executor.say(
        world.agent.upid(),
        update("T", "T", TaskState::TASK_KILLED, 1),
    );
    world.stage.end(&node, 0);
    node.advance(secs(60));
    world.master.heard_nothing();
    // All is forgotten: the same ids may come again.
    executor.die();
    world.running();
}

#[test]
fn an_executor_that_does_not_end_is_ended() {
    let node = Node::new();
    let world = World::registered(&node);
    let executor = world.running();
    world.say(shutdown_framework());
    executor.heard::<ShutdownExecutorMessage>();
    node.advance(secs(4));
    assert_eq!(world.stage.count(), (1, 1));
    node.advance(secs(1));
    assert_eq!(world.stage.count(), (1, 0));
}

#[test]
fn a_framework_that_ends_takes_no_tasks() {
    let node = Node::new();
    let world = World::registered(&node);
    world.running();
    world.say(shutdown_framework());
    world.say(run_task(command_task("U", "true"), true));
    assert_eq!(world.stage.count(), (1, 1));
}

#[test]
fn an_executor_is_shut_down_at_the_schedulers_wish() {
    let node = Node::new();
    let world = World::registered(&node);
    let executor = world.running();
    let message = ShutdownExecutorMessage {
        framework_id: FrameworkID::from("F").into(),
        executor_id: ExecutorID::from("T").into(),
        ..Default::default()
    };
    world.say(message);
    executor.heard::<ShutdownExecutorMessage>();
    node.advance(secs(5));
    assert_eq!(world.update().status.state, TaskState::TASK_FAILED);
}

#[test]
fn an_agent_without_executors_ends_at_once() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(ShutdownMessage::default());
    let (_, message) = world.master.heard::<UnregisterSlaveMessage>();
    assert_eq!(message.slave_id.value, "S");
    assert!(world.agent.has_ended());
}

#[test]
fn an_agent_ends_after_its_executors() {
    let node = Node::new();
    let world = World::registered(&node);
    let over = world
        .agent
        .dispatch(|agent, _| agent.over())
        .wait()
        .unwrap();
    let executor = world.running();
    world.agent.tell(Agent::shut_down);
    world.master.heard::<UnregisterSlaveMessage>();
    executor.heard::<ShutdownExecutorMessage>();
    world.say(run_task(command_task("U", "true"), true));
    assert!(!world.agent.has_ended());
    world.stage.end(&node, 0);
    assert!(world.agent.has_ended());
    assert!(over.future().wait().is_ok());
}

fn shutdown_framework() -> ShutdownFrameworkMessage {
    ShutdownFrameworkMessage {
        framework_id: FrameworkID::from("F").into(),
        ..Default::default()
    }
}
