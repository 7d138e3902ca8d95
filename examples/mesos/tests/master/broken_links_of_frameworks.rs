//! A framework whose connection broke keeps its tasks for as long as it said.

use mesos::messages::FrameworkInfo;
use mesos::messages::internal::{
    FrameworkRegisteredMessage, RunTaskMessage, ShutdownFrameworkMessage, UpdateFrameworkMessage,
};

use super::{Cluster, info, task};

#[test]
fn without_a_failover_timeout_it_is_gone_at_once() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    framework.hears_offer();
    framework.dies();
    cluster.advance(0);
    let shutdown: ShutdownFrameworkMessage = agent.hears();
    assert_eq!(shutdown.framework_id.value, framework.id);
    assert_eq!(cluster.metric("master/frameworks_connected"), 0.0);
    assert_eq!(cluster.metric("master/frameworks_disconnected"), 0.0);
    assert_eq!(cluster.metric("master/messages_deactivate_framework"), 0.0);
}

#[test]
fn with_one_its_tasks_wait_for_it() {
    let cluster = Cluster::new();
    let lasting = FrameworkInfo {
        failover_timeout: Some(60.0),
        ..info()
    };
    let framework = cluster.framework("scheduler", lasting.clone());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    framework.launches(&offer, vec![task("task", &offer, "cpus:1;mem:64")]);
    let _: RunTaskMessage = agent.hears();
    framework.dies();
    cluster.advance(59);
    agent.hears_nothing();
    assert_eq!(cluster.metric("master/frameworks_disconnected"), 1.0);
    assert_eq!(cluster.metric("master/tasks_staging"), 1.0);

    let mut next = cluster.actor("next");
    next.subscribe(
        FrameworkInfo {
            id: framework.framework_id(),
            ..lasting
        },
        true,
    );
    let registered: FrameworkRegisteredMessage = next.hears();
    assert_eq!(registered.framework_id.value, framework.id);
    next.id.clone_from(&framework.id);
    let _: UpdateFrameworkMessage = agent.hears();
    next.hears_offer();
    cluster.advance(120);
    agent.hears_nothing();

    next.dies();
    cluster.advance(60);
    let _: ShutdownFrameworkMessage = agent.hears();
}
