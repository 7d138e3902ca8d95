//! How tasks are killed.

use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext as _;

use super::Master;
use crate::messages::internal::KillTaskMessage;
use crate::messages::scheduler::call::Kill;
use crate::messages::{FrameworkID, TaskStatus};

impl Master {
    /// A framework wants a task to end. It is asked of the agent, again each time the framework
    /// asks; while the agent is away it is remembered. Of a task that nobody knows the framework is
    /// told what is to be thought of it.
    pub(super) fn kill(&mut self, ctx: &mut Context<Self>, framework_id: &str, kill: Kill) {
        self.metrics.messages_kill_task.increment();
        let task_id = kill.task_id.value.clone();
        let framework = self.frameworks.get(framework_id);
        let Some(task) = framework.and_then(|it| it.tasks.get(&task_id)) else {
            log::warn!("framework {framework_id} kills task {task_id}, which nobody knows");
            let status = TaskStatus {
                task_id: kill.task_id,
                slave_id: kill.slave_id,
                ..Default::default()
            };
            return self.reconcile_explicitly(ctx, framework_id, &[status]);
        };
        let agent_id = task.slave_id.value.clone();
        if kill.slave_id.is_set() && kill.slave_id.value != agent_id {
            let named = &kill.slave_id.value;
            return log::warn!(
                "ignored the kill of task {task_id} on agent {named}: it is on {agent_id}"
            );
        }
        let Some(agent) = self.agents.get_mut(&agent_id) else {
            return;
        };
        agent
            .killed
            .insert((framework_id.to_owned(), task_id.clone()));
        if !agent.is_connected {
            return log::warn!("task {task_id} is killed when agent {agent} is back");
        }
        log::info!("telling agent {agent} to kill task {task_id} of framework {framework_id}");
        let message = KillTaskMessage {
            framework_id: FrameworkID::from(framework_id).into(),
            task_id: kill.task_id,
            kill_policy: kill.kill_policy,
            ..Default::default()
        };
        ctx.send_protobuf(&agent.pid, &message);
    }
}
