//! Fields that the master does not know pass through it.

use buffa::{UnknownField, UnknownFieldData};
use libprocess::protobuf::Message as _;
use mesos::messages::internal::{RunTaskMessage, StatusUpdate, StatusUpdateMessage};
use mesos::messages::{FrameworkInfo, SlaveID, TaskID, TaskState, TaskStatus};

use super::{Cluster, info, task};

#[test]
fn tasks_frameworks_and_statuses_keep_what_the_master_does_not_know() {
    let cluster = Cluster::new();
    let unknown = |number| UnknownField {
        number,
        data: UnknownFieldData::LengthDelimited(b"news".to_vec()),
    };
    let mut info: FrameworkInfo = info();
    info.__buffa_unknown_fields.push(unknown(1000));
    let framework = cluster.framework("scheduler", info);
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    let mut task = task("task", &offer, "cpus:1;mem:64");
    task.__buffa_unknown_fields.push(unknown(1001));
    task.command
        .get_or_insert_default()
        .__buffa_unknown_fields
        .push(unknown(1002));
    framework.launches(&offer, vec![task]);
    let run: RunTaskMessage = agent.hears();
    assert!(
        run.framework
            .__buffa_unknown_fields
            .iter()
            .eq([&unknown(1000)])
    );
    assert!(run.task.__buffa_unknown_fields.iter().eq([&unknown(1001)]));
    assert!(
        run.task
            .command
            .__buffa_unknown_fields
            .iter()
            .eq([&unknown(1002)])
    );

    let mut status = TaskStatus {
        task_id: TaskID::from("task").into(),
        state: TaskState::TASK_RUNNING,
        ..Default::default()
    };
    status.__buffa_unknown_fields.push(unknown(1003));
    let update = StatusUpdate {
        framework_id: framework.framework_id(),
        slave_id: SlaveID::from(agent.id.as_str()).into(),
        status: status.into(),
        ..Default::default()
    };
    agent.says(StatusUpdateMessage {
        update: update.into(),
        ..Default::default()
    });
    let status = framework.hears_update();
    assert!(status.__buffa_unknown_fields.iter().eq([&unknown(1003)]));
}

#[test]
fn a_message_of_only_unknown_fields_lacks_what_is_required() {
    let body = bytes::Bytes::from_static(b"\xc2\x3e\x04news");
    let error = RunTaskMessage::decode(&body).unwrap_err();
    assert_eq!(error.to_string(), "missing required field framework");
}
