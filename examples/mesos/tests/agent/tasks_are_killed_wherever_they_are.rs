//! A kill finds a task in the agent, in its executor, or nowhere.

use libprocess::time::secs;
use mesos::messages::internal::{
    ExecutorRegisteredMessage, KillTaskMessage, RunTaskMessage, ShutdownExecutorMessage,
};
use mesos::messages::task_status::Reason;
use mesos::messages::{DurationInfo, KillPolicy, TaskState};

use super::{World, command_task, executor_task, kill_task, run_task};
use crate::support::Node;

#[test]
fn in_its_executor() {
    let node = Node::new();
    let world = World::registered(&node);
    let executor = world.running();
    let grace = DurationInfo {
        nanoseconds: 5,
        ..Default::default()
    };
    let policy = KillPolicy {
        grace_period: grace.into(),
        ..Default::default()
    };
    let message = KillTaskMessage {
        kill_policy: policy.into(),
        ..kill_task("T")
    };
    world.say(message);
    let (_, message) = executor.heard::<KillTaskMessage>();
    assert_eq!(message.task_id.value, "T");
    assert_eq!(message.kill_policy.grace_period.nanoseconds, 5);
    world.master.heard_nothing();
}

#[test]
fn before_its_executor_registered_which_then_has_nothing_to_do() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(run_task(command_task("T", "true"), true));
    world.say(kill_task("T"));
    let update = world.update();
    assert_eq!(update.status.state, TaskState::TASK_KILLED);
    assert_eq!(
        update.status.reason,
        Some(Reason::REASON_TASK_KILLED_DURING_LAUNCH)
    );
    let message = "Killed before delivery to the executor";
    assert_eq!(update.status.message.as_deref(), Some(message));

    let executor = world.executor("T");
    executor.heard::<ShutdownExecutorMessage>();
    node.advance(secs(5));
    assert_eq!(world.stage.count(), (1, 0));
    world.master.heard_nothing();
}

#[test]
fn among_others_that_wait() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(run_task(executor_task("1", "run"), true));
    world.say(run_task(executor_task("2", "run"), false));
    world.say(kill_task("1"));
    assert_eq!(world.update().status.state, TaskState::TASK_KILLED);
    let executor = world.executor("E");
    executor.heard::<ExecutorRegisteredMessage>();
    let (_, message) = executor.heard::<RunTaskMessage>();
    assert_eq!(message.task.task_id.value, "2");
    executor.heard_nothing();
}

#[test]
fn nowhere() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(kill_task("U"));
    world.master.heard_nothing();
    world.running();
    world.say(kill_task("U"));
    let update = world.update();
    assert_eq!(update.status.state, TaskState::TASK_LOST);
    assert_eq!(
        update.status.reason,
        Some(Reason::REASON_EXECUTOR_TERMINATED)
    );
    assert_eq!(
        update.status.message.as_deref(),
        Some("Cannot find executor")
    );
}
