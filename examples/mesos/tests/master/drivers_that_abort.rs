//! A driver that is aborted deactivates its framework, which is counted.

use mesos::messages::FrameworkID;
use mesos::messages::internal::{
    DeactivateFrameworkMessage, RescindResourceOfferMessage, RunTaskMessage,
};

use super::{Actor, Cluster, info, task};

#[test]
fn an_abort_takes_offers_back_and_leaves_tasks_alone() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    framework.launches(&offer, vec![task("task", &offer, "cpus:1;mem:64")]);
    let _: RunTaskMessage = agent.hears();
    cluster.advance(5);
    framework.hears_offer();
    aborts(&framework);
    let _: RescindResourceOfferMessage = framework.hears();
    cluster.advance(10);
    framework.hears_nothing();
    agent.hears_nothing();
    assert_eq!(cluster.metric("master/messages_deactivate_framework"), 1.0);
    assert_eq!(cluster.metric("master/frameworks_connected"), 1.0);
    assert_eq!(cluster.metric("master/frameworks_active"), 0.0);
    assert_eq!(cluster.metric("master/tasks_staging"), 1.0);
}

#[test]
fn every_receipt_is_counted_whoever_it_is_of() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let mut stranger = cluster.actor("stranger");
    stranger.id.clone_from(&framework.id);
    aborts(&stranger);
    stranger.id = "nobody".to_owned();
    aborts(&stranger);
    assert_eq!(cluster.metric("master/messages_deactivate_framework"), 2.0);
    assert_eq!(cluster.metric("master/frameworks_active"), 1.0);
}

fn aborts(framework: &Actor<'_>) {
    let framework_id = FrameworkID::from(framework.id.as_str()).into();
    framework.says(DeactivateFrameworkMessage {
        framework_id,
        ..Default::default()
    });
}
