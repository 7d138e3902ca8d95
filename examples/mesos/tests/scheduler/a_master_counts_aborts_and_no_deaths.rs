//! The master hears of an aborted driver, and counts it; one that dies says nothing.

use libprocess::process::Pid;
use mesos::detector::Fixed;
use mesos::master::{self, Master, Settings};
use mesos::messages::Status;
use mesos::scheduler::SchedulerDriver;

use super::{Diary, Writer, framework};
use crate::support::Node;

#[test]
fn an_abort_is_counted() {
    let node = Node::new();
    let (_master, driver) = registered(&node);
    assert_eq!(driver.abort(), Status::DRIVER_ABORTED);
    assert_eq!(node.metric(ABORTS), 1.0);
    assert_eq!(node.metric("master/frameworks_connected"), 1.0);
    assert_eq!(node.metric("master/frameworks_active"), 0.0);
    assert_eq!(driver.stop(false), Status::DRIVER_ABORTED);
    assert_eq!(node.metric("master/frameworks_connected"), 0.0);
}

#[test]
fn a_death_is_not() {
    let node = Node::new();
    let (_master, driver) = registered(&node);
    // Says no more than an OS process that is killed.
    driver.stop(true);
    assert_eq!(node.metric(ABORTS), 0.0);
    assert_eq!(node.metric("master/frameworks_connected"), 0.0);
}

#[test]
fn an_abort_without_a_master_is_not() {
    let node = Node::new();
    let (master, driver) = registered(&node);
    master.terminate();
    node.settle();
    driver.abort();
    node.manager
        .spawn_as(master::ID, Master::new(Settings::default()))
        .unwrap();
    assert_eq!(node.metric(ABORTS), 0.0);
}

const ABORTS: &str = "master/messages_deactivate_framework";

/// A master, and a driver that is registered with it.
fn registered(node: &Node) -> (Pid<Master>, SchedulerDriver) {
    let master = node
        .manager
        .spawn_as(master::ID, Master::new(Settings::default()))
        .unwrap();
    let diary = Diary::default();
    let writer = Writer {
        diary: diary.clone(),
        on_update: |_, _| (),
    };
    let detector = Fixed::new(master.upid().clone());
    let driver = SchedulerDriver::builder(framework(), detector).build(&node.manager, writer);
    driver.start();
    assert_eq!(node.metric("master/frameworks_active"), 1.0);
    assert_eq!(diary.take().len(), 1);
    (master, driver)
}
