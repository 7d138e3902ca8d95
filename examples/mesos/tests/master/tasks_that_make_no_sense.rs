//! A task that cannot be launched is an update to its framework, and harms no other.

use mesos::messages::internal::{LostSlaveMessage, RescindResourceOfferMessage, RunTaskMessage};
use mesos::messages::task_status::{Reason, Source};
use mesos::messages::{FrameworkInfo, TaskState, framework_info};

use super::{Cluster, info, task};

#[test]
fn more_than_was_offered_is_an_error() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    let tasks = vec![
        task("huge", &offer, "cpus:5;mem:64"),
        task("fits", &offer, "cpus:4;mem:64"),
    ];
    framework.launches(&offer, tasks);
    let status = framework.hears_update();
    assert_eq!(status.task_id.value, "huge");
    assert_eq!(status.state, TaskState::TASK_ERROR);
    assert_eq!(status.reason, Some(Reason::REASON_TASK_INVALID));
    assert_eq!(status.source, Some(Source::SOURCE_MASTER));
    assert_eq!(status.uuid, None, "nobody acknowledges it");
    assert_eq!(
        status.message.as_deref(),
        Some(
            "Total resources cpus(allocated: *):5; mem(allocated: *):64 required by task and its \
             executor is more than available cpus(allocated: *):4; mem(allocated: *):1024"
        )
    );
    let run: RunTaskMessage = agent.hears();
    assert_eq!(run.task.task_id.value, "fits");
    assert_eq!(cluster.metric("master/tasks_error"), 1.0);
    assert_eq!(
        cluster.metric("master/task_error/source_master/reason_task_invalid"),
        1.0
    );
}

#[test]
fn an_offer_that_is_gone_loses_the_task() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    framework.launches(&offer, vec![task("first", &offer, "cpus:1;mem:64")]);
    let _: RunTaskMessage = agent.hears();
    framework.launches(&offer, vec![task("second", &offer, "cpus:1;mem:64")]);
    let status = framework.hears_update();
    assert_eq!(status.state, TaskState::TASK_LOST);
    assert_eq!(status.reason, Some(Reason::REASON_INVALID_OFFERS));
    let expected = format!(
        "Task launched with invalid offers: Offer {} is no longer valid",
        offer.id.value
    );
    assert_eq!(status.message, Some(expected));
    agent.hears_nothing();
}

#[test]
fn offers_of_two_agents_do_not_mix_and_come_back() {
    let cluster = Cluster::new();
    let aware = framework_info::Capability {
        r#type: Some(framework_info::capability::Type::PARTITION_AWARE),
        ..Default::default()
    };
    let info = FrameworkInfo {
        capabilities: vec![aware],
        ..info()
    };
    let framework = cluster.framework("scheduler", info);
    let _first = cluster.agent("first", "cpus:4;mem:1024");
    let _second = cluster.agent("second", "cpus:4;mem:1024");
    let (one, two) = (framework.hears_offer(), framework.hears_offer());
    framework.calls(mesos::messages::scheduler::call::Type::ACCEPT, |call| {
        let accept = call.accept.get_or_insert_default();
        accept.offer_ids = vec![(*one.id).clone(), (*two.id).clone()];
        let mut operation = mesos::messages::offer::Operation {
            r#type: Some(mesos::messages::offer::operation::Type::LAUNCH),
            ..Default::default()
        };
        operation.launch.get_or_insert_default().task_infos =
            vec![task("task", &one, "cpus:1;mem:64")];
        accept.operations = vec![operation];
    });
    let status = framework.hears_update();
    assert_eq!(status.state, TaskState::TASK_DROPPED);
    assert_eq!(cluster.metric("master/outstanding_offers"), 0.0);
    cluster.advance(1);
    assert_eq!(framework.hears_offers().len(), 2);
}

#[test]
fn an_id_can_be_used_again_once_its_task_is_over() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    let twice = vec![
        task("task", &offer, "cpus:1;mem:64"),
        task("task", &offer, "cpus:1;mem:64"),
    ];
    framework.launches(&offer, twice);
    assert_eq!(
        framework.hears_update().message.as_deref(),
        Some("Task has duplicate ID: task")
    );
    let _: RunTaskMessage = agent.hears();
}

#[test]
fn an_agent_that_leaves_takes_its_offers_along() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    agent.says(mesos::messages::internal::UnregisterSlaveMessage {
        slave_id: offer.slave_id.clone(),
        ..Default::default()
    });
    let _: RescindResourceOfferMessage = framework.hears();
    let lost: LostSlaveMessage = framework.hears();
    assert_eq!(lost.slave_id, offer.slave_id);
    assert_eq!(
        cluster.metric("master/slave_removals/reason_unregistered"),
        1.0
    );
}
