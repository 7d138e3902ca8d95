//! Frameworks register, come back, are replaced, and leave.

use mesos::messages::FrameworkInfo;
use mesos::messages::internal::{
    FrameworkErrorMessage, FrameworkRegisteredMessage, FrameworkReregisteredMessage,
    RescindResourceOfferMessage, ShutdownFrameworkMessage, UpdateFrameworkMessage,
};
use mesos::messages::scheduler::call;

use super::{Cluster, info, task};

#[test]
fn ids_count_from_zero_and_repeats_change_nothing() {
    let cluster = Cluster::new();
    let first = cluster.framework("scheduler-1", info());
    let second = cluster.framework("scheduler-2", info());
    assert!(first.id.ends_with("-0000"), "{}", first.id);
    assert!(second.id.ends_with("-0001"), "{}", second.id);
    first.subscribe(info(), false);
    let again: FrameworkRegisteredMessage = first.hears();
    assert_eq!(again.framework_id.value, first.id);
    assert_eq!(
        again.master_info.pid.as_deref(),
        Some("master@127.0.0.1:5050")
    );
    assert_eq!(again.master_info.ip, u32::from_ne_bytes([127, 0, 0, 1]));
    assert_eq!(cluster.metric("master/messages_register_framework"), 3.0);
    assert_eq!(cluster.metric("master/frameworks_active"), 2.0);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let cluster = Cluster::new();
    let scheduler = cluster.actor("scheduler");
    scheduler.subscribe(
        FrameworkInfo {
            role: Some("a b".into()),
            ..info()
        },
        false,
    );
    let error: FrameworkErrorMessage = scheduler.hears();
    assert!(
        error.message.contains("not a valid role"),
        "{}",
        error.message
    );
}

#[test]
fn the_same_driver_comes_back_to_its_offers_gone() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    framework.hears_offer();
    framework.subscribe(
        FrameworkInfo {
            id: framework.framework_id(),
            ..info()
        },
        false,
    );
    let _: RescindResourceOfferMessage = framework.hears();
    let _: FrameworkReregisteredMessage = framework.hears();
    let update: UpdateFrameworkMessage = agent.hears();
    assert_eq!(update.pid.as_deref(), Some("scheduler@127.0.0.1:5050"));
    framework.hears_offer();
}

#[test]
fn a_new_driver_replaces_the_old_one_by_force() {
    let cluster = Cluster::new();
    let old = cluster.framework("old", info());
    let new = cluster.actor("new");
    new.subscribe(
        FrameworkInfo {
            id: old.framework_id(),
            ..info()
        },
        false,
    );
    let error: FrameworkErrorMessage = new.hears();
    assert_eq!(error.message, "Framework failed over");
    new.subscribe(
        FrameworkInfo {
            id: old.framework_id(),
            ..info()
        },
        true,
    );
    let registered: FrameworkRegisteredMessage = new.hears();
    assert_eq!(registered.framework_id.value, old.id);
    let error: FrameworkErrorMessage = old.hears();
    assert_eq!(error.message, "Framework failed over");
    old.calls(call::Type::TEARDOWN, |_| {});
    assert_eq!(
        cluster.metric("master/frameworks_active"),
        1.0,
        "the old one has no say"
    );
}

#[test]
fn a_framework_unknown_here_keeps_its_id() {
    let cluster = Cluster::new();
    let scheduler = cluster.actor("scheduler");
    let id = mesos::messages::FrameworkID::from("of-another-master-0007");
    scheduler.subscribe(
        FrameworkInfo {
            id: id.into(),
            ..info()
        },
        true,
    );
    let registered: FrameworkRegisteredMessage = scheduler.hears();
    assert_eq!(registered.framework_id.value, "of-another-master-0007");
}

#[test]
fn a_framework_that_is_torn_down_is_gone_with_its_tasks() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    framework.launches(&offer, vec![task("task", &offer, "cpus:1;mem:64")]);
    let _: mesos::messages::internal::RunTaskMessage = agent.hears();
    framework.calls(call::Type::TEARDOWN, |_| {});
    let shutdown: ShutdownFrameworkMessage = agent.hears();
    assert_eq!(shutdown.framework_id.value, framework.id);
    framework.hears_nothing();
    assert_eq!(cluster.metric("master/cpus_used"), 0.0);
    assert_eq!(cluster.metric("master/tasks_killed"), 1.0);
    assert_eq!(
        cluster.metric("master/task_killed/source_master/reason_framework_removed"),
        1.0
    );
    framework.subscribe(
        FrameworkInfo {
            id: framework.framework_id(),
            ..info()
        },
        true,
    );
    let error: FrameworkErrorMessage = framework.hears();
    assert_eq!(error.message, "Framework has been removed");
}
