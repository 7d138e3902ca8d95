//! Shutdowns: asked for, or because the agent is gone.

use libprocess::time::secs;
use mesos::messages::internal::{KillTaskMessage, ShutdownExecutorMessage, StatusUpdateMessage};
use mesos::messages::{FrameworkID, Status, TaskID, TaskState};

use super::{World, run_task};
use crate::support::Node;

#[test]
fn an_agent_that_is_gone_for_good_takes_its_executor_along() {
    let node = Node::new();
    let world = World::new(&node, |_| ());
    world.register();
    world.agent.die();
    assert_eq!(world.diary.take(), ["shutdown"]);
}

#[test]
fn an_agent_that_never_answered_is_gone_for_good() {
    let node = Node::new();
    let world = World::new(&node, |environment| environment.checkpoint = true);
    world.driver.start();
    node.settle();
    world.agent.die();
    assert_eq!(world.diary.take(), ["shutdown"]);
}

#[test]
fn a_shutdown_is_the_last_callback_but_not_the_last_word() {
    let node = Node::new();
    let world = World::new(&node, |_| ());
    let driver = world.register();
    world.agent.say(&driver, run_task("T"));
    world.agent.say(&driver, ShutdownExecutorMessage::default());
    let kill = KillTaskMessage {
        framework_id: FrameworkID::from("F").into(),
        task_id: TaskID::from("T").into(),
        ..Default::default()
    };
    world.agent.say(&driver, kill);
    assert_eq!(world.diary.take(), ["launch T", "shutdown"]);
    assert_eq!(world.driver.status(), Status::DRIVER_RUNNING);
    let message: StatusUpdateMessage = world.update("T", TaskState::TASK_KILLED);
    assert_eq!(message.update.status.state, TaskState::TASK_KILLED);
}

#[test]
fn who_stays_beyond_the_grace_period_is_killed() {
    let node = Node::new();
    let world = World::new(&node, |environment| {
        environment.shutdown_grace_period = secs(9);
    });
    let driver = world.register();
    world.agent.say(&driver, ShutdownExecutorMessage::default());
    node.advance(secs(8));
    assert!(world.overstayed.take().is_empty());
    node.advance(secs(1));
    assert_eq!(world.overstayed.take(), ["killed"]);
}

#[test]
fn who_stopped_in_time_is_not() {
    let node = Node::new();
    let world = World::new(&node, |_| ());
    let driver = world.register();
    world.agent.say(&driver, ShutdownExecutorMessage::default());
    assert_eq!(world.driver.stop(), Status::DRIVER_STOPPED);
    node.advance(secs(60));
    assert!(world.overstayed.take().is_empty());
}

#[test]
fn an_executor_in_the_agents_own_process_is_not_killed_either() {
    let node = Node::new();
    let world = World::new(&node, |environment| environment.local = true);
    let driver = world.register();
    world.agent.say(&driver, ShutdownExecutorMessage::default());
    node.advance(secs(60));
    assert_eq!(world.diary.take(), ["shutdown"]);
    assert!(world.overstayed.take().is_empty());
}

#[test]
fn an_aborted_driver_makes_no_callbacks() {
    let node = Node::new();
    let world = World::new(&node, |_| ());
    let driver = world.register();
    assert_eq!(world.driver.abort(), Status::DRIVER_ABORTED);
    world.agent.say(&driver, run_task("T"));
    world.agent.die();
    assert!(world.diary.take().is_empty());
    assert_eq!(world.driver.stop(), Status::DRIVER_ABORTED);
    assert_eq!(world.driver.join(), Status::DRIVER_STOPPED);
}
