//! Messages become callbacks, and offers become ways to agents.

use bytes::Bytes;
use libprocess::protobuf::Message;
use mesos::messages::internal::{
    ExecutorToFrameworkMessage, ExitedExecutorMessage, FrameworkToExecutorMessage,
    LostSlaveMessage, RescindResourceOfferMessage, ResourceOffersMessage,
};
use mesos::messages::scheduler::call;
use mesos::messages::{
    ExecutorID, Filters, FrameworkID, Offer, OfferID, SlaveID, TaskID, TaskInfo,
};

use super::{World, framework};
use crate::support::Node;

#[test]
fn offers_and_their_end() {
    let node = Node::new();
    let world = World::new(&node, framework());
    let driver = world.register();
    world.master.say(&driver, offers("slave(1)@127.0.0.1:5051"));
    world.master.say(&driver, ResourceOffersMessage::default());
    let rescinded = RescindResourceOfferMessage {
        offer_id: OfferID::from("O").into(),
        ..Default::default()
    };
    world.master.say(&driver, rescinded);
    assert_eq!(world.diary.take(), ["offers O", "rescinded O"]);
}

#[test]
fn losses() {
    let node = Node::new();
    let world = World::new(&node, framework());
    let driver = world.register();
    let lost = LostSlaveMessage {
        slave_id: SlaveID::from("S").into(),
        ..Default::default()
    };
    world.master.say(&driver, lost);
    let exited = ExitedExecutorMessage {
        slave_id: SlaveID::from("S").into(),
        framework_id: FrameworkID::from("F").into(),
        executor_id: ExecutorID::from("E").into(),
        status: 9,
        ..Default::default()
    };
    world.master.say(&driver, exited);
    assert_eq!(world.diary.take(), ["lost S", "lost E on S: 9"]);
}

#[test]
fn nobody_but_the_leader_is_believed() {
    let node = Node::new();
    let world = World::new(&node, framework());
    let driver = world.register();
    let usurper = node.peer("usurper", &[]);
    usurper.say(&driver, offers("slave(1)@127.0.0.1:5051"));
    let lost = LostSlaveMessage {
        slave_id: SlaveID::from("S").into(),
        ..Default::default()
    };
    usurper.say(&driver, lost);
    assert!(world.diary.take().is_empty());
}

#[test]
fn messages_of_executors_come_from_anybody() {
    let node = Node::new();
    let world = World::new(&node, framework());
    let driver = world.register();
    let agent = node.peer("agent", &[]);
    let message = ExecutorToFrameworkMessage {
        slave_id: SlaveID::from("S").into(),
        framework_id: FrameworkID::from("F").into(),
        executor_id: ExecutorID::from("E").into(),
        data: Bytes::from_static(b"hello"),
        ..Default::default()
    };
    agent.say(&driver, message);
    assert_eq!(world.diary.take(), ["message of E on S: b\"hello\""]);
}

#[test]
fn messages_to_executors_go_straight_to_an_agent_that_runs_our_tasks() {
    let node = Node::new();
    let world = World::new(&node, framework());
    let driver = world.register();
    let agent = node.peer("slave(1)", &[FrameworkToExecutorMessage::NAME]);
    world.master.say(&driver, offers(&agent.upid().to_string()));

    let send = || {
        let data = Bytes::from_static(b"x");
        world
            .driver
            .send_framework_message(ExecutorID::from("E"), SlaveID::from("S"), data)
    };
    send();
    let (_, call) = world.heard(call::Type::MESSAGE);
    assert_eq!(call.message.executor_id.value, "E");

    let task = TaskInfo {
        name: "T".into(),
        task_id: TaskID::from("T").into(),
        slave_id: SlaveID::from("S").into(),
        ..Default::default()
    };
    world
        .driver
        .launch_tasks(vec![OfferID::from("O")], vec![task], Filters::default());
    let (_, call) = world.heard(call::Type::ACCEPT);
    assert_eq!(
        call.accept.operations[0].launch.task_infos[0].task_id.value,
        "T"
    );
    send();
    let (_, message) = agent.heard::<FrameworkToExecutorMessage>();
    assert_eq!(&message.data[..], b"x");

    let lost = LostSlaveMessage {
        slave_id: SlaveID::from("S").into(),
        ..Default::default()
    };
    world.master.say(&driver, lost);
    send();
    world.heard(call::Type::MESSAGE);
}

fn offers(agent: &str) -> ResourceOffersMessage {
    let offer = Offer {
        id: OfferID::from("O").into(),
        framework_id: FrameworkID::from("F").into(),
        slave_id: SlaveID::from("S").into(),
        hostname: "host".into(),
        ..Default::default()
    };
    ResourceOffersMessage {
        offers: vec![offer],
        pids: vec![agent.to_owned()],
        ..Default::default()
    }
}
