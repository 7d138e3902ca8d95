//! Kills go to the agent; of tasks that nobody knows the framework hears at once.

use mesos::messages::internal::{KillTaskMessage, RunTaskMessage};
use mesos::messages::scheduler::call;
use mesos::messages::task_status::Reason;
use mesos::messages::{KillPolicy, TaskID, TaskState};

use super::{Actor, Cluster, info, task};

#[test]
fn each_kill_is_sent_with_its_policy() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = framework.hears_offer();
    framework.launches(&offer, vec![task("task", &offer, "cpus:1;mem:64")]);
    let _: RunTaskMessage = agent.hears();
    let mut policy = KillPolicy::default();
    policy.grace_period.get_or_insert_default().nanoseconds = 7;
    kills(&framework, "task", Some(policy.clone()));
    let kill: KillTaskMessage = agent.hears();
    assert_eq!(kill.framework_id.value, framework.id);
    assert_eq!(kill.task_id.value, "task");
    assert_eq!(*kill.kill_policy, policy);
    kills(&framework, "task", None);
    let _: KillTaskMessage = agent.hears();
    assert_eq!(cluster.metric("master/messages_kill_task"), 2.0);
}

#[test]
fn a_task_that_nobody_knows_is_lost() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    kills(&framework, "ghost", None);
    let status = framework.hears_update();
    assert_eq!(status.state, TaskState::TASK_LOST);
    assert_eq!(status.reason, Some(Reason::REASON_RECONCILIATION));
    assert_eq!(
        status.message.as_deref(),
        Some("Reconciliation: Task is unknown")
    );
}

#[test]
fn a_framework_kills_its_own_tasks_only() {
    let cluster = Cluster::new();
    let owner = cluster.framework("owner", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024");
    let offer = owner.hears_offer();
    owner.launches(&offer, vec![task("task", &offer, "cpus:4;mem:1024")]);
    let _: RunTaskMessage = agent.hears();
    let mut thief = cluster.framework("thief", info());
    kills(&thief, "task", None);
    assert_eq!(thief.hears_update().state, TaskState::TASK_LOST);
    thief.id.clone_from(&owner.id);
    kills(&thief, "task", None);
    thief.hears_nothing();
    agent.hears_nothing();
}

fn kills(framework: &Actor<'_>, task: &str, policy: Option<KillPolicy>) {
    framework.calls(call::Type::KILL, |call| {
        let kill = call.kill.get_or_insert_default();
        kill.task_id = TaskID::from(task).into();
        kill.kill_policy = policy.into();
    });
}
