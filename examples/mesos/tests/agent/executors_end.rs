//! Whatever ends an executor, each of its tasks gets a last update.

use libprocess::time::{mins, secs};
use mesos::messages::TaskState;
use mesos::messages::internal::ExitedExecutorMessage;
use mesos::messages::task_status::{Reason, Source};

use super::{World, command_task, executor_task, run_task, update};
use crate::support::Node;

#[test]
fn by_itself() {
    let node = Node::new();
    let world = World::registered(&node);
    world.running();
    world.stage.end(&node, 9);
    let update = world.update();
    assert_eq!(update.status.state, TaskState::TASK_FAILED);
    assert_eq!(update.status.source, Some(Source::SOURCE_SLAVE));
    assert_eq!(
        update.status.reason,
        Some(Reason::REASON_EXECUTOR_TERMINATED)
    );
    assert_eq!(
        update.status.message.as_deref(),
        Some("Executor terminated")
    );
    // The master does not know executors that were made up.
    world.master.heard_nothing();
}

#[test]
fn with_tasks_that_run_wait_or_are_over() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(run_task(executor_task("1", "run"), true));
    world.say(run_task(executor_task("2", "run"), false));
    let executor = world.executor("E");
    executor.say(
        world.agent.upid(),
        update("E", "1", TaskState::TASK_FINISHED, 1),
    );
    assert_eq!(world.update().status.state, TaskState::TASK_FINISHED);
    world.stage.end(&node, 256);
    let (_, exited) = world.master.heard_one_of::<ExitedExecutorMessage>();
    assert_eq!((&*exited.executor_id.value, exited.status), ("E", 256));
    let update = world.update();
    assert_eq!(update.status.task_id.value, "2");
    assert_eq!(update.status.state, TaskState::TASK_FAILED);
    world.master.heard_nothing();
}

#[test]
fn before_it_registered() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(run_task(command_task("T", "true"), true));
    world.stage.end(&node, 256);
    let update = world.update();
    assert_eq!(
        update.status.reason,
        Some(Reason::REASON_EXECUTOR_TERMINATED)
    );
}

#[test]
fn because_it_took_too_long_to_register() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(run_task(executor_task("1", "run"), true));
    node.advance(mins(1) - secs(1));
    assert_eq!(world.stage.count(), (1, 1));
    node.advance(secs(1));
    assert_eq!(world.stage.count(), (1, 0));
    world.master.heard_one_of::<ExitedExecutorMessage>();
    let update = world.update();
    assert_eq!(update.status.state, TaskState::TASK_FAILED);
    assert_eq!(
        update.status.reason,
        Some(Reason::REASON_EXECUTOR_REGISTRATION_TIMEOUT)
    );
    let message = "Executor did not register within 1mins";
    assert_eq!(update.status.message.as_deref(), Some(message));
}

#[test]
fn because_it_could_not_be_started() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(run_task(executor_task("1", "nonsense"), true));
    world.master.heard_one_of::<ExitedExecutorMessage>();
    let update = world.update();
    assert_eq!(update.status.state, TaskState::TASK_FAILED);
    assert_eq!(
        update.status.reason,
        Some(Reason::REASON_CONTAINER_LAUNCH_FAILED)
    );
    let message = "Failed to launch container: no such program";
    assert_eq!(update.status.message.as_deref(), Some(message));
}
