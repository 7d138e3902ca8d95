//! A driver subscribes again and again, and again when the master was gone.

use libprocess::time::secs;
use mesos::messages::internal::FrameworkReregisteredMessage;
use mesos::messages::scheduler::{Call, call};
use mesos::messages::{FrameworkID, FrameworkInfo, Status};

use super::{World, framework, master_info, registered};
use crate::support::Node;

#[test]
fn it_subscribes_with_what_the_framework_says_of_itself() {
    let node = Node::new();
    let world = World::new(&node, framework());
    assert_eq!(world.driver.start(), Status::DRIVER_RUNNING);
    let (driver, call) = world.heard(call::Type::SUBSCRIBE);
    assert!(driver.id().starts_with("scheduler-"), "{driver}");
    assert_eq!(call.subscribe.framework_info.name, "test");
    assert!(call.framework_id.is_unset());
    assert_eq!(call.subscribe.force, None);
}

#[test]
fn it_waits_longer_and_longer_for_an_answer() {
    let node = Node::new();
    let world = World::new(&node, framework());
    world.driver.start();
    world.heard(call::Type::SUBSCRIBE);
    let (mut limit, mut waited) = (2, 0);
    for _ in 0..600 {
        node.advance(secs(1));
        waited += 1;
        while world.master.has_heard() {
            world.heard(call::Type::SUBSCRIBE);
            limit = (limit * 2).min(60);
            waited = 0;
        }
        // Seconds that have begun count.
        assert!(
            waited <= limit + 1,
            "{waited} s without an attempt, {limit} s allowed"
        );
    }
    assert_eq!(limit, 60);
}

#[test]
fn an_answer_ends_the_attempts() {
    let node = Node::new();
    let world = World::new(&node, framework());
    world.register();
    node.advance(secs(600));
    world.master.heard_nothing();
    assert!(world.diary.take().is_empty());
}

#[test]
fn a_new_incarnation_of_a_framework_takes_over_once() {
    let node = Node::new();
    let id = FrameworkID::from("F");
    let world = World::new(
        &node,
        FrameworkInfo {
            id: id.into(),
            ..framework()
        },
    );
    world.driver.start();
    let (driver, call) = world.heard(call::Type::SUBSCRIBE);
    assert_eq!(call.framework_id.value, "F");
    assert_eq!(call.subscribe.framework_info.id.value, "F");
    assert_eq!(call.subscribe.force, Some(true));

    world.master.say(&driver, registered());
    world.master.die();
    let master = node.peer("master", super::HEARD);
    node.advance(secs(60));
    let (_, call) = master.heard::<Call>();
    assert_eq!(call.subscribe.force, Some(false));
}

#[test]
fn the_end_of_the_link_is_the_loss_of_the_master() {
    let node = Node::new();
    let world = World::new(&node, framework());
    let driver = world.register();
    world.master.die();
    assert_eq!(world.diary.take(), ["disconnected"]);

    let master = node.peer("master", super::HEARD);
    node.advance(secs(60));
    let (_, call) = master.heard::<Call>();
    assert_eq!(call.framework_id.value, "F");
    let reregistered = FrameworkReregisteredMessage {
        framework_id: FrameworkID::from("F").into(),
        master_info: master_info().into(),
        ..Default::default()
    };
    master.say(&driver, reregistered);
    assert_eq!(world.diary.take(), ["reregistered at M"]);
}

#[test]
fn only_the_leader_may_answer() {
    let node = Node::new();
    let world = World::new(&node, framework());
    world.driver.start();
    let (driver, _) = world.heard(call::Type::SUBSCRIBE);
    let usurper = node.peer("usurper", super::HEARD);
    usurper.say(&driver, registered());
    assert!(world.diary.take().is_empty());
}
