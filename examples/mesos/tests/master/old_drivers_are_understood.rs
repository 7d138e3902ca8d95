//! Drivers before calls have a message for each wish.

use bytes::Bytes;
use mesos::messages::internal::{
    FrameworkErrorMessage, FrameworkRegisteredMessage, KillTaskMessage, LaunchTasksMessage,
    RegisterFrameworkMessage, ReregisterFrameworkMessage, ReviveOffersMessage, RunTaskMessage,
    ShutdownFrameworkMessage, StatusUpdateAcknowledgementMessage, UnregisterFrameworkMessage,
};
use mesos::messages::{Filters, FrameworkInfo, TaskID, TaskState};

use super::{Cluster, info, task};

#[test]
fn a_framework_lives_by_old_messages() {
    let cluster = Cluster::new();
    let mut framework = cluster.actor("scheduler");
    framework.says(RegisterFrameworkMessage {
        framework: info().into(),
        ..Default::default()
    });
    let registered: FrameworkRegisteredMessage = framework.hears();
    framework.id.clone_from(&registered.framework_id.value);
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    let launch = LaunchTasksMessage {
        framework_id: framework.framework_id(),
        filters: Filters {
            refuse_seconds: Some(1e6),
            ..Default::default()
        }
        .into(),
        offer_ids: vec![(*offer.id).clone()],
        ..Default::default()
    };
    framework.says(launch.clone());
    cluster.advance(10);
    framework.hears_nothing();
    framework.says(ReviveOffersMessage {
        framework_id: framework.framework_id(),
        ..Default::default()
    });
    let offer = framework.hears_offer();
    let tasks = vec![task("task", &offer, "cpus:1;mem:64")];
    let offer_ids = vec![(*offer.id).clone()];
    framework.says(LaunchTasksMessage {
        tasks,
        offer_ids,
        ..launch
    });
    let _: RunTaskMessage = agent.hears();
    let (framework_id, task_id) = (framework.framework_id(), TaskID::from("task"));
    framework.says(KillTaskMessage {
        framework_id: framework_id.clone(),
        task_id: task_id.clone().into(),
        ..Default::default()
    });
    let _: KillTaskMessage = agent.hears();
    agent.reports(&framework.id, "task", TaskState::TASK_KILLED, 1);
    assert_eq!(framework.hears_update().state, TaskState::TASK_KILLED);
    framework.says(StatusUpdateAcknowledgementMessage {
        framework_id: framework_id.clone(),
        slave_id: offer.slave_id.clone(),
        task_id: task_id.into(),
        uuid: Bytes::from_static(&[1; 16]),
        ..Default::default()
    });
    let _: StatusUpdateAcknowledgementMessage = agent.hears();
    framework.says(UnregisterFrameworkMessage {
        framework_id,
        ..Default::default()
    });
    let _: ShutdownFrameworkMessage = agent.hears();
    assert_eq!(cluster.metric("master/messages_unregister_framework"), 1.0);
}

#[test]
fn registering_takes_no_id_and_reregistering_needs_one() {
    let cluster = Cluster::new();
    let scheduler = cluster.actor("scheduler");
    let id = mesos::messages::FrameworkID::from("F");
    let framework = FrameworkInfo {
        id: id.into(),
        ..info()
    };
    scheduler.says(RegisterFrameworkMessage {
        framework: framework.into(),
        ..Default::default()
    });
    let error: FrameworkErrorMessage = scheduler.hears();
    assert_eq!(error.message, "Registering with 'id' already set");
    scheduler.says(ReregisterFrameworkMessage {
        framework: info().into(),
        ..Default::default()
    });
    let _: FrameworkErrorMessage = scheduler.hears();
}
