//! What is asked of a driver without a master is dropped, or remembered, or answered at once.

use bytes::Bytes;
use libprocess::time::secs;
use mesos::messages::framework_info::{Capability, capability};
use mesos::messages::scheduler::call;
use mesos::messages::task_status::Reason;
use mesos::messages::{
    ExecutorID, Filters, FrameworkInfo, OfferID, SlaveID, Status, TaskID, TaskInfo, TaskStatus,
};

use super::{World, framework, registered};
use crate::support::Node;

#[test]
fn tasks_are_lost_at_once() {
    let node = Node::new();
    let check = |_: &mesos::scheduler::SchedulerDriver, status: &TaskStatus| {
        assert_eq!(status.reason, Some(Reason::REASON_MASTER_DISCONNECTED));
        assert_eq!(status.message.as_deref(), Some("Master disconnected"));
    };
    let world = World::with(&node, framework(), |builder| builder, check);
    world.driver.start();
    world.heard(call::Type::SUBSCRIBE);
    let status = world
        .driver
        .launch_tasks(offers(), vec![task("T"), task("U")], filters());
    assert_eq!(status, Status::DRIVER_RUNNING);
    node.settle();
    assert_eq!(
        world.diary.take(),
        ["T TASK_LOST uuid false", "U TASK_LOST uuid false"]
    );
    world.master.heard_nothing();
}

#[test]
fn tasks_of_partition_aware_frameworks_are_dropped() {
    let node = Node::new();
    let aware = Capability {
        r#type: Some(capability::Type::PARTITION_AWARE),
        ..Default::default()
    };
    let framework = FrameworkInfo {
        capabilities: vec![aware],
        ..framework()
    };
    let world = World::new(&node, framework);
    world.driver.start();
    world
        .driver
        .launch_tasks(offers(), vec![task("T")], filters());
    node.settle();
    assert_eq!(world.diary.take(), ["T TASK_DROPPED uuid false"]);
}

#[test]
fn other_calls_are_dropped() {
    let node = Node::new();
    let world = World::new(&node, framework());
    world.driver.start();
    world.heard(call::Type::SUBSCRIBE);
    world.driver.decline_offer(OfferID::from("O"), filters());
    world.driver.kill_task(TaskID::from("T"));
    world.driver.reconcile_tasks(Vec::new());
    world.driver.request_resources(Vec::new());
    let (executor, slave) = (ExecutorID::from("E"), SlaveID::from("S"));
    world
        .driver
        .send_framework_message(executor, slave, Bytes::from_static(b"x"));
    world.master.heard_nothing();
}

#[test]
fn what_was_said_of_roles_is_told_the_next_master() {
    let node = Node::new();
    let world = World::new(&node, framework());
    world.driver.start();
    let (driver, _) = world.heard(call::Type::SUBSCRIBE);
    world.driver.suppress_offers();
    world.master.say(&driver, registered());
    let (_, call) = world.heard(call::Type::UPDATE_FRAMEWORK);
    assert_eq!(call.update_framework.suppressed_roles, ["*"]);
    assert_eq!(call.update_framework.framework_info.id.value, "F");

    world.driver.revive_offers();
    world.heard(call::Type::REVIVE);
    node.advance(secs(60));
    world.master.heard_nothing();
}

#[test]
fn a_driver_that_does_not_run_takes_no_calls() {
    let node = Node::new();
    let world = World::new(&node, framework());
    assert_eq!(
        world.driver.kill_task(TaskID::from("T")),
        Status::DRIVER_NOT_STARTED
    );
    assert_eq!(world.driver.stop(false), Status::DRIVER_NOT_STARTED);
    assert_eq!(world.driver.abort(), Status::DRIVER_NOT_STARTED);
    assert_eq!(world.driver.join(), Status::DRIVER_NOT_STARTED);
}

fn offers() -> Vec<OfferID> {
    vec![OfferID::from("O")]
}

fn filters() -> Filters {
    Filters::default()
}

fn task(id: &str) -> TaskInfo {
    TaskInfo {
        name: id.to_owned(),
        task_id: TaskID::from(id).into(),
        slave_id: SlaveID::from("S").into(),
        ..Default::default()
    }
}
