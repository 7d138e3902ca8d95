//! An agent registers again and again, and again when the master was gone.

use libprocess::time::{mins, secs};
use mesos::messages::SlaveID;
use mesos::messages::internal::{
    MasterSlaveConnection, PingSlaveMessage, PongSlaveMessage, RegisterSlaveMessage,
    ReregisterSlaveMessage, ShutdownMessage, SlaveRegisteredMessage, SlaveReregisteredMessage,
    UnregisterSlaveMessage, UpdateSlaveMessage,
};

use super::{MASTER, World, registered, run_task};
use crate::support::Node;

#[test]
fn it_says_what_it_is_and_waits_longer_and_longer() {
    let node = Node::new();
    let world = World::new(&node);
    node.advance(secs(1));
    let (from, message) = world.master.heard::<RegisterSlaveMessage>();
    assert_eq!(&from, world.agent.upid());
    assert_eq!(message.slave.hostname, "host");
    assert_eq!(message.slave.port, Some(5050));
    assert_eq!(message.slave.resources.len(), 2);
    assert!(message.slave.id.is_unset());
    assert_eq!(message.version.as_deref(), Some("1.11.0"));
    assert!(message.resource_version_uuid.is_set());

    let (mut limit, mut waited) = (2, 0);
    for _ in 0..600 {
        node.advance(secs(1));
        waited += 1;
        while world.master.has_heard() {
            world.master.heard::<RegisterSlaveMessage>();
            limit = (limit * 2).min(60);
            waited = 0;
        }
        // Seconds that have begun count.
        assert!(
            waited <= limit + 1,
            "{waited} s without an attempt, {limit} s allowed"
        );
    }
}

#[test]
fn a_master_that_is_not_there_is_asked_no_more_often() {
    let node = Node::new();
    let world = World::registered(&node);
    world.master.die();
    // Each attempt fails at once, by the end of the link.
    node.advance(mins(10));
    let master = node.peer("master", MASTER);
    node.advance(mins(5));
    let mut attempts = 0;
    while master.has_heard() {
        master.heard::<ReregisterSlaveMessage>();
        attempts += 1;
    }
    assert!(
        (5..30).contains(&attempts),
        "{attempts} attempts in 5 minutes"
    );
}

#[test]
fn an_answer_ends_the_attempts() {
    let node = Node::new();
    let world = World::new(&node);
    node.advance(secs(1));
    world.master.heard_at_least::<RegisterSlaveMessage>();
    world.say(registered("S"));
    let (_, update) = world.master.heard::<UpdateSlaveMessage>();
    assert_eq!(update.slave_id.value, "S");
    // The master repeats itself when it gets two registrations.
    world.say(registered("S"));
    node.advance(secs(70));
    world.master.heard_nothing();
    let id = world
        .agent
        .dispatch(|agent, _| agent.id().cloned())
        .wait()
        .unwrap();
    assert_eq!(id, Some(SlaveID::from("S")));
}

#[test]
fn only_the_leader_may_answer() {
    let node = Node::new();
    let world = World::new(&node);
    node.advance(secs(1));
    world.master.heard_at_least::<RegisterSlaveMessage>();
    let usurper = node.peer("usurper", MASTER);
    usurper.say(world.agent.upid(), registered("S"));
    usurper.say(world.agent.upid(), ShutdownMessage::default());
    let id = world
        .agent
        .dispatch(|agent, _| agent.id().cloned())
        .wait()
        .unwrap();
    assert_eq!(id, None);
}

#[test]
fn pings_are_answered_in_every_state() {
    let node = Node::new();
    let world = World::new(&node);
    let observer = node.peer("slave-observer(1)", MASTER);
    let ping = || PingSlaveMessage {
        connected: true,
        ..Default::default()
    };
    observer.say(world.agent.upid(), ping());
    observer.heard::<PongSlaveMessage>();
    node.advance(secs(1));
    world.master.heard_at_least::<RegisterSlaveMessage>();
    world.say(registered("S"));
    observer.say(world.agent.upid(), ping());
    observer.heard::<PongSlaveMessage>();
}

#[test]
fn a_master_that_does_not_ping_is_gone() {
    let node = Node::new();
    let world = World::new(&node);
    node.advance(secs(1));
    world.master.heard_at_least::<RegisterSlaveMessage>();
    let timeout = MasterSlaveConnection {
        total_ping_timeout_seconds: Some(30.0),
        ..Default::default()
    };
    let message = SlaveRegisteredMessage {
        connection: timeout.into(),
        ..registered("S")
    };
    world.say(message);
    world.master.heard::<UpdateSlaveMessage>();
    let observer = node.peer("slave-observer(1)", MASTER);
    for _ in 0..4 {
        node.advance(secs(29));
        let ping = PingSlaveMessage {
            connected: true,
            ..Default::default()
        };
        observer.say(world.agent.upid(), ping);
    }
    world.master.heard_nothing();
    node.advance(secs(32));
    let (_, message) = world.master.heard_at_least::<ReregisterSlaveMessage>();
    assert_eq!(message.slave.id.value, "S");
}

#[test]
fn a_master_that_lost_the_link_is_told_again() {
    let node = Node::new();
    let world = World::registered(&node);
    let observer = node.peer("slave-observer(1)", MASTER);
    let ping = PingSlaveMessage {
        connected: false,
        ..Default::default()
    };
    observer.say(world.agent.upid(), ping);
    node.advance(secs(1));
    world.master.heard_at_least::<ReregisterSlaveMessage>();
}

#[test]
fn a_master_that_comes_back_is_told_what_runs() {
    let node = Node::new();
    let world = World::registered(&node);
    world.running();
    world.say(run_task(super::executor_task("U", "true"), true));
    world.master.die();
    let master = node.peer("master", MASTER);
    node.advance(secs(1));
    let (_, message) = master.heard_at_least::<ReregisterSlaveMessage>();
    let tasks: Vec<&str> = message
        .tasks
        .iter()
        .map(|task| &*task.task_id.value)
        .collect();
    assert_eq!(tasks, ["U", "T"]);
    assert_eq!(message.tasks[0].executor_id.value, "E");
    assert!(
        message.tasks[1].executor_id.is_unset(),
        "the master knows no such executor"
    );
    let executors = message.executor_infos.iter();
    let executors: Vec<&str> = executors.map(|info| &*info.executor_id.value).collect();
    assert_eq!(executors, ["E"]);
    assert_eq!(message.frameworks[0].id.value, "F");

    let reregistered = SlaveReregisteredMessage {
        slave_id: SlaveID::from("S").into(),
        ..Default::default()
    };
    master.say(world.agent.upid(), reregistered);
    master.heard::<UpdateSlaveMessage>();
}

#[test]
fn an_agent_with_another_id_ends() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(registered("Z"));
    world.master.heard::<UnregisterSlaveMessage>();
    assert!(world.agent.has_ended());
}
