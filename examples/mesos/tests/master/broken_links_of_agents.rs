//! An agent whose connection broke is offered no longer; who has no checkpoints loses the tasks.

use mesos::messages::FrameworkInfo;
use mesos::messages::TaskState;
use mesos::messages::internal::{LostSlaveMessage, RescindResourceOfferMessage, RunTaskMessage};
use mesos::messages::task_status::Reason;

use super::{Cluster, info, task};

#[test]
fn tasks_without_checkpoints_are_lost() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    framework.launches(&offer, vec![task("task", &offer, "cpus:1;mem:64")]);
    let _: RunTaskMessage = agent.hears();
    cluster.advance(5);
    framework.hears_offer();
    agent.dies();
    let _: RescindResourceOfferMessage = framework.hears();
    let status = framework.hears_update();
    assert_eq!(status.state, TaskState::TASK_LOST);
    assert_eq!(status.reason, Some(Reason::REASON_SLAVE_DISCONNECTED));
    assert_eq!(
        status.message.as_deref(),
        Some("Agent agent.example disconnected")
    );
    framework.hears_nothing();
    assert_eq!(cluster.metric("master/slaves_disconnected"), 1.0);
    assert_eq!(cluster.metric("master/cpus_used"), 0.0);
    // It answers no pings either: the first that it misses is that of second 15.
    cluster.advance(84);
    framework.hears_nothing();
    cluster.advance(1);
    let _: LostSlaveMessage = framework.hears();
}

#[test]
fn tasks_with_checkpoints_wait_for_their_agent() {
    let cluster = Cluster::new();
    let info = FrameworkInfo {
        checkpoint: Some(true),
        ..info()
    };
    let framework = cluster.framework("scheduler", info);
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    framework.launches(&offer, vec![task("task", &offer, "cpus:1;mem:64")]);
    let _: RunTaskMessage = agent.hears();
    agent.dies();
    framework.hears_nothing();
    assert_eq!(cluster.metric("master/tasks_staging"), 1.0);
    cluster.advance(89);
    framework.hears_nothing();
    cluster.advance(1);
    assert_eq!(framework.hears_update().state, TaskState::TASK_LOST);
}
