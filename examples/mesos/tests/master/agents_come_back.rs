//! Agents come back with their id and what they run, to a master that knows them or does not.

use mesos::messages::internal::{
    FrameworkRegisteredMessage, LostSlaveMessage, ReregisterSlaveMessage,
    RescindResourceOfferMessage, RunTaskMessage, ShutdownFrameworkMessage, ShutdownMessage,
    SlaveReregisteredMessage, StatusUpdateAcknowledgementMessage, UpdateFrameworkMessage,
};
use mesos::messages::scheduler::call;
use mesos::messages::task_status::Reason;
use mesos::messages::{FrameworkID, FrameworkInfo, SlaveID, SlaveInfo, Task, TaskID, TaskState};
use mesos::resources::Resources;

use super::{Actor, Cluster, info, task};

#[test]
fn a_known_agent_says_what_it_misses() {
    let cluster = Cluster::new();
    let checkpointed = FrameworkInfo {
        checkpoint: Some(true),
        ..info()
    };
    let framework = cluster.framework("scheduler", checkpointed);
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    framework.launches(&offer, vec![task("task", &offer, "cpus:1;mem:64")]);
    let _: RunTaskMessage = agent.hears();
    agent.says(comes_back(&agent, vec![], &[]));
    let answer: SlaveReregisteredMessage = agent.hears();
    assert_eq!(answer.slave_id.value, agent.id);
    assert_eq!(answer.reconciliations.len(), 1);
    assert_eq!(answer.reconciliations[0].framework_id.value, framework.id);
    assert_eq!(answer.reconciliations[0].statuses[0].task_id.value, "task");
    assert_eq!(cluster.metric("master/slave_reregistrations"), 1.0);
}

#[test]
fn an_unreachable_agent_brings_its_tasks_back() {
    let cluster = Cluster::new();
    let checkpointed = FrameworkInfo {
        checkpoint: Some(true),
        ..info()
    };
    let framework = cluster.framework("scheduler", checkpointed.clone());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    framework.launches(&offer, vec![task("task", &offer, "cpus:1;mem:64")]);
    let run: RunTaskMessage = agent.hears();
    cluster.advance(5);
    framework.hears_offer();
    agent.falls_silent();
    cluster.advance(100);
    let _: RescindResourceOfferMessage = framework.hears();
    assert_eq!(framework.hears_update().state, TaskState::TASK_LOST);
    let _: LostSlaveMessage = framework.hears();

    let running = Task {
        resources: run.task.resources.clone(),
        ..runs(&agent, &framework.id, "task", TaskState::TASK_RUNNING)
    };
    let known = FrameworkInfo {
        id: framework.framework_id(),
        ..checkpointed
    };
    agent.says(comes_back(&agent, vec![running], &[known]));
    let _: SlaveReregisteredMessage = agent.hears();
    let update: UpdateFrameworkMessage = agent.hears();
    assert_eq!(update.framework_id.value, framework.id);
    let status = framework.hears_update();
    assert_eq!(status.state, TaskState::TASK_RUNNING);
    assert_eq!(status.reason, Some(Reason::REASON_SLAVE_REREGISTERED));
    assert_eq!(
        status.message.as_deref(),
        Some("Unreachable agent re-reregistered")
    );
    let offer = framework.hears_offer();
    let rest = Resources::from_messages(&offer.resources).unwrap();
    assert_eq!(rest.to_string(), "cpus:3; mem:960");
    assert_eq!(cluster.metric("master/slaves_unreachable"), 0.0);
    assert_eq!(cluster.metric("master/tasks_unreachable"), 0.0);
    assert_eq!(cluster.metric("master/tasks_running"), 1.0);
}

#[test]
fn an_unknown_agent_is_there_before_its_framework() {
    let cluster = Cluster::new();
    let mut agent = cluster.actor("agent");
    agent.id = "old-S0".to_owned();
    let known = FrameworkInfo {
        id: FrameworkID::from("old-0000").into(),
        ..info()
    };
    let mut running = runs(&agent, "old-0000", "task", TaskState::TASK_RUNNING);
    running.resources = Resources::parse("cpus:1;mem:64", "*")
        .unwrap()
        .to_old_messages();
    agent.says(comes_back(
        &agent,
        vec![running],
        std::slice::from_ref(&known),
    ));
    let answer: SlaveReregisteredMessage = agent.hears();
    assert_eq!(answer.slave_id.value, "old-S0");
    assert_eq!(cluster.metric("master/cpus_used"), 1.0);
    assert_eq!(cluster.metric("master/frameworks_connected"), 0.0);
    cluster.advance(1000);
    assert_eq!(
        cluster.metric("master/tasks_running"),
        1.0,
        "its framework may take its time"
    );

    let mut framework = cluster.actor("scheduler");
    framework.subscribe(known, false);
    let registered: FrameworkRegisteredMessage = framework.hears();
    framework.id.clone_from(&registered.framework_id.value);
    assert_eq!(framework.id, "old-0000");
    let _: UpdateFrameworkMessage = agent.hears();
    framework.hears_offer();
    agent.reports("old-0000", "task", TaskState::TASK_FINISHED, 1);
    assert_eq!(framework.hears_update().state, TaskState::TASK_FINISHED);
    framework.calls(call::Type::ACKNOWLEDGE, |call| {
        let acknowledge = call.acknowledge.get_or_insert_default();
        acknowledge.slave_id = SlaveID::from("old-S0").into();
        acknowledge.task_id = TaskID::from("task").into();
        acknowledge.uuid = bytes::Bytes::from_static(&[1; 16]);
    });
    let _: StatusUpdateAcknowledgementMessage = agent.hears();
    assert_eq!(cluster.metric("master/cpus_used"), 0.0);
}

#[test]
fn a_framework_that_is_gone_is_ended_there_too() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    framework.calls(call::Type::TEARDOWN, |_| {});
    let mut agent = cluster.actor("agent");
    agent.id = "old-S0".to_owned();
    let gone = FrameworkInfo {
        id: framework.framework_id(),
        ..info()
    };
    let running = runs(&agent, &framework.id, "task", TaskState::TASK_RUNNING);
    agent.says(comes_back(&agent, vec![running], &[gone]));
    let _: SlaveReregisteredMessage = agent.hears();
    let shutdown: ShutdownFrameworkMessage = agent.hears();
    assert_eq!(shutdown.framework_id.value, framework.id);
    assert_eq!(cluster.metric("master/tasks_running"), 0.0);
}

#[test]
fn an_agent_that_became_another_is_shut_down() {
    let cluster = Cluster::new();
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let mut message = comes_back(&agent, vec![], &[]);
    message.slave.get_or_insert_default().hostname = "elsewhere".to_owned();
    agent.says(message);
    let shutdown: ShutdownMessage = agent.hears();
    assert!(
        shutdown
            .message
            .unwrap()
            .contains("different IP / hostname")
    );
}

fn comes_back(
    agent: &Actor<'_>,
    tasks: Vec<Task>,
    frameworks: &[FrameworkInfo],
) -> ReregisterSlaveMessage {
    let slave = SlaveInfo {
        id: SlaveID::from(agent.id.as_str()).into(),
        hostname: "agent.example".to_owned(),
        resources: Resources::parse("cpus:4;mem:1024", "*")
            .unwrap()
            .to_old_messages(),
        ..Default::default()
    };
    ReregisterSlaveMessage {
        slave: slave.into(),
        tasks,
        frameworks: frameworks.to_vec(),
        version: Some("1.11.0".to_owned()),
        ..Default::default()
    }
}

fn runs(agent: &Actor<'_>, framework: &str, task: &str, state: TaskState) -> Task {
    Task {
        name: task.to_owned(),
        task_id: TaskID::from(task).into(),
        framework_id: FrameworkID::from(framework).into(),
        slave_id: SlaveID::from(agent.id.as_str()).into(),
        state,
        ..Default::default()
    }
}
