//! What frameworks are told of tasks that they ask about.

use libprocess::process::Context;

use super::Master;
use super::updates::{Change, update_of};
use crate::messages::framework_info::capability::Type as Capability;
use crate::messages::task_status::Reason;
use crate::messages::{FrameworkID, Task, TaskState, TaskStatus, TimeInfo};

impl Master {
    /// Tells a framework, for each status that names a task, in what state that is.
    pub(super) fn reconcile_explicitly(
        &self,
        ctx: &Context<Self>,
        framework_id: &str,
        statuses: &[TaskStatus],
    ) {
        for status in statuses {
            let framework = self.frameworks.get(framework_id);
            match framework.and_then(|it| it.tasks.get(&status.task_id.value)) {
                Some(task) => self.tell_latest(ctx, framework_id, task),
                None => self.tell_unknown(ctx, framework_id, status),
            }
        }
    }

    /// Tells a framework in what state each of its tasks is.
    pub(super) fn reconcile_implicitly(&self, ctx: &Context<Self>, framework_id: &str) {
        let Some(framework) = self.frameworks.get(framework_id) else {
            return;
        };
        for task in framework.tasks.values() {
            self.tell_latest(ctx, framework_id, task);
        }
    }

    fn tell_latest(&self, ctx: &Context<Self>, framework: &str, task: &Task) {
        let change = Change {
            state: task.status_update_state.unwrap_or(task.state),
            reason: Reason::REASON_RECONCILIATION,
            message: "Reconciliation: Latest task state".to_owned(),
        };
        let mut update = update_of(task, &change, ctx.now());
        let status = update.status.get_or_insert_default();
        if let Some(last) = task.statuses.last() {
            status.healthy = last.healthy;
            status.check_status = last.check_status.clone();
            status.container_status = last.container_status.clone();
        }
        self.tell_update(ctx, framework, update);
    }

    fn tell_unknown(&self, ctx: &Context<Self>, framework_id: &str, status: &TaskStatus) {
        let Some(framework) = self.frameworks.get(framework_id) else {
            return;
        };
        let agent = &status.slave_id.value;
        let since = self.unreachable.get(agent).copied();
        let (state, message) = if self.agents.contains_key(agent) {
            (TaskState::TASK_GONE, "Task is unknown to the agent")
        } else if since.is_some() {
            (TaskState::TASK_UNREACHABLE, "Task is unreachable")
        } else {
            (TaskState::TASK_UNKNOWN, "Task is unknown")
        };
        let change = Change {
            state: match framework.is(Capability::PARTITION_AWARE) {
                true => state,
                false => TaskState::TASK_LOST,
            },
            reason: Reason::REASON_RECONCILIATION,
            message: format!("Reconciliation: {message}"),
        };
        let unknown = Task {
            task_id: status.task_id.clone(),
            slave_id: status.slave_id.clone(),
            framework_id: FrameworkID::from(framework_id).into(),
            ..Task::default()
        };
        let mut update = update_of(&unknown, &change, ctx.now());
        if let Some(since) = since {
            let nanoseconds = i64::try_from(since.as_nanos()).unwrap_or(i64::MAX);
            update.status.get_or_insert_default().unreachable_time = TimeInfo {
                nanoseconds,
                ..TimeInfo::default()
            }
            .into();
        }
        self.tell_update(ctx, framework_id, update);
    }
}
