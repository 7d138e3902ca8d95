//! Updates go to the framework, its acknowledgements to the agent.

use bytes::Bytes;
use mesos::messages::internal::{
    RunTaskMessage, StatusUpdateAcknowledgementMessage, StatusUpdateMessage,
};
use mesos::messages::scheduler::call;
use mesos::messages::{SlaveID, TaskID, TaskState};

use super::{Actor, Cluster, info, task};

#[test]
fn a_task_stays_until_its_end_is_acknowledged() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    framework.launches(&offer, vec![task("task", &offer, "cpus:1;mem:64")]);
    let _: RunTaskMessage = agent.hears();

    agent.reports(&framework.id, "task", TaskState::TASK_RUNNING, 1);
    let update: StatusUpdateMessage = framework.hears();
    assert_eq!(update.pid.as_deref(), Some("agent@127.0.0.1:5050"));
    assert_eq!(update.update.status.state, TaskState::TASK_RUNNING);
    acknowledges(&framework, &agent, "task", &[1; 16]);
    let acknowledged: StatusUpdateAcknowledgementMessage = agent.hears();
    assert_eq!(acknowledged.uuid, Bytes::from_static(&[1; 16]));
    assert_eq!(cluster.metric("master/tasks_running"), 1.0);

    agent.reports(&framework.id, "task", TaskState::TASK_FINISHED, 2);
    assert_eq!(framework.hears_update().state, TaskState::TASK_FINISHED);
    assert_eq!(
        cluster.metric("master/cpus_used"),
        0.0,
        "free before the acknowledgement"
    );
    assert_eq!(cluster.metric("master/tasks_finished"), 1.0);
    acknowledges(&framework, &agent, "task", &[2; 16]);
    let _: StatusUpdateAcknowledgementMessage = agent.hears();

    // Sent again, it is unknown, and forwarded all the same.
    agent.reports(&framework.id, "task", TaskState::TASK_FINISHED, 2);
    assert_eq!(framework.hears_update().state, TaskState::TASK_FINISHED);
    assert_eq!(cluster.metric("master/valid_status_updates"), 2.0);
    assert_eq!(cluster.metric("master/invalid_status_updates"), 1.0);
    assert_eq!(
        cluster.metric("master/valid_status_update_acknowledgements"),
        2.0
    );
}

#[test]
fn resources_are_free_when_the_agent_knows_of_the_end() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    framework.launches(&offer, vec![task("task", &offer, "cpus:4;mem:1024")]);
    let _: RunTaskMessage = agent.hears();
    let mut update = StatusUpdateMessage::default();
    let body = update.update.get_or_insert_default();
    body.framework_id = framework.framework_id();
    body.slave_id = offer.slave_id.clone();
    body.latest_state = Some(TaskState::TASK_FAILED);
    let status = body.status.get_or_insert_default();
    status.task_id = TaskID::from("task").into();
    status.state = TaskState::TASK_RUNNING;
    agent.says(update);
    assert_eq!(framework.hears_update().state, TaskState::TASK_RUNNING);
    cluster.advance(1);
    framework.hears_offer();
}

#[test]
fn updates_of_strangers_are_dropped() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let stranger = cluster.actor("stranger");
    stranger.reports(&framework.id, "task", TaskState::TASK_RUNNING, 1);
    framework.hears_nothing();
    assert_eq!(cluster.metric("master/invalid_status_updates"), 1.0);
}

#[test]
fn an_acknowledgement_needs_a_uuid_and_an_agent() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    framework.hears_offer();
    acknowledges(&framework, &agent, "task", &[1; 15]);
    let nobody = cluster.actor("nobody");
    acknowledges(&framework, &nobody, "task", &[1; 16]);
    agent.hears_nothing();
    assert_eq!(
        cluster.metric("master/invalid_status_update_acknowledgements"),
        2.0
    );
}

fn acknowledges(framework: &Actor<'_>, agent: &Actor<'_>, task: &str, uuid: &'static [u8]) {
    framework.calls(call::Type::ACKNOWLEDGE, |call| {
        let acknowledge = call.acknowledge.get_or_insert_default();
        acknowledge.slave_id = SlaveID::from(agent.id.as_str()).into();
        acknowledge.task_id = TaskID::from(task).into();
        acknowledge.uuid = Bytes::from_static(uuid);
    });
}
