//! A task goes to its agent, and what is left of the offer comes back.

use mesos::messages::ExecutorID;
use mesos::messages::ExecutorInfo;
use mesos::messages::internal::{ExitedExecutorMessage, RunTaskMessage};

use super::{Cluster, info, task};

#[test]
fn a_command_task_runs_with_what_it_asked_for() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024;ports:[31000-32000]");
    let offer = framework.hears_offer();
    assert_eq!(offer.slave_id.value, agent.id);
    assert_eq!(offer.hostname, "agent.example");
    assert_eq!(offer.url.path.as_deref(), Some("/agent"));
    assert!(
        offer
            .resources
            .iter()
            .all(|it| it.role.as_deref() == Some("*"))
    );
    assert!(
        offer.allocation_info.is_unset(),
        "for frameworks of many roles only"
    );

    framework.launches(&offer, vec![task("task", &offer, "cpus:1;mem:64")]);
    let run: RunTaskMessage = agent.hears();
    assert_eq!(run.framework.id.value, framework.id);
    assert_eq!(run.pid.as_deref(), Some("scheduler@127.0.0.1:5050"));
    assert_eq!(run.task.task_id.value, "task");
    assert_eq!(run.launch_executor, Some(true));
    let allocated = run.task.resources.iter();
    assert!(
        allocated
            .map(|it| &it.allocation_info.role)
            .all(|it| it.as_deref() == Some("*"))
    );
    framework.hears_nothing();
    assert_eq!(cluster.metric("master/tasks_staging"), 1.0);
    assert_eq!(cluster.metric("master/cpus_used"), 1.0);
    assert_eq!(cluster.metric("master/messages_launch_tasks"), 1.0);

    // The rest was as good as declined, for 5 seconds.
    cluster.advance(5);
    let rest = framework.hears_offer();
    let rest = mesos::resources::Resources::from_messages(&rest.resources).unwrap();
    assert_eq!(rest.to_string(), "cpus:3; mem:960; ports:[31000-32000]");
}

#[test]
fn offers_of_one_agent_can_be_taken_together() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let first = framework.hears_offer();
    framework.launches(&first, vec![task("first", &first, "cpus:3;mem:512")]);
    let _: RunTaskMessage = agent.hears();
    cluster.advance(5);
    let second = framework.hears_offer();
    agent.reports(
        &framework.id,
        "first",
        mesos::messages::TaskState::TASK_FINISHED,
        1,
    );
    framework.hears_update();
    cluster.advance(1);
    let third = framework.hears_offer();
    framework.calls(mesos::messages::scheduler::call::Type::ACCEPT, |call| {
        let accept = call.accept.get_or_insert_default();
        accept.offer_ids = vec![(*second.id).clone(), (*third.id).clone()];
        let mut operation = mesos::messages::offer::Operation {
            r#type: Some(mesos::messages::offer::operation::Type::LAUNCH),
            ..Default::default()
        };
        operation.launch.get_or_insert_default().task_infos =
            vec![task("second", &second, "cpus:4;mem:1024")];
        accept.operations = vec![operation];
    });
    let run: RunTaskMessage = agent.hears();
    assert_eq!(run.task.task_id.value, "second");
}

#[test]
fn an_executor_is_started_once_and_costs_until_it_ends() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    let with_executor = |id| {
        let mut task = task(id, &offer, "cpus:1;mem:64");
        let command = task.command.take().unwrap();
        task.executor = ExecutorInfo {
            executor_id: ExecutorID::from("executor").into(),
            command: command.into(),
            resources: task.resources.clone(),
            ..Default::default()
        }
        .into();
        task
    };
    framework.launches(
        &offer,
        vec![with_executor("first"), with_executor("second")],
    );
    let (first, second): (RunTaskMessage, RunTaskMessage) = (agent.hears(), agent.hears());
    assert_eq!(first.launch_executor, Some(true));
    assert_eq!(second.launch_executor, Some(false));
    assert_eq!(first.task.executor.framework_id.value, framework.id);
    assert_eq!(cluster.metric("master/cpus_used"), 3.0);

    let exited = ExitedExecutorMessage {
        slave_id: offer.slave_id.clone(),
        framework_id: framework.framework_id(),
        executor_id: ExecutorID::from("executor").into(),
        status: 9,
        ..Default::default()
    };
    agent.says(exited.clone());
    assert_eq!(framework.hears::<ExitedExecutorMessage>(), exited);
    assert_eq!(cluster.metric("master/cpus_used"), 2.0);
}
