//! What becomes of tasks: status updates, and their acknowledgements.
//!
//! A task's state is the latest that its agent knows, which may be ahead of the update that is
//! being delivered: resources are free as soon as the task is over. The task itself stays until its
//! framework has acknowledged that, since until then the agent repeats the update.

use buffa::Enumeration as _;
use libprocess::address::Upid;
use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext as _;
use libprocess::time::Time;

use super::Master;
use super::framework::resources_of;
use crate::messages::internal::{
    StatusUpdate, StatusUpdateAcknowledgementMessage, StatusUpdateMessage,
};
use crate::messages::task_status::{Reason, Source};
use crate::messages::{FrameworkID, SlaveID, Task, TaskID, TaskInfo, TaskState, TaskStatus};
use crate::states::{is_over, is_terminal};

/// What the master itself says about a task.
pub(super) struct Change {
    pub(super) state: TaskState,
    pub(super) reason: Reason,
    pub(super) message: String,
}

impl Master {
    /// An agent reports.
    pub(super) fn status_update(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: StatusUpdateMessage,
    ) {
        self.metrics.messages_status_update.increment();
        let Some(update) = message.update.into_option() else {
            return;
        };
        let Some(agent) = self.agents.get(&update.slave_id.value) else {
            log::warn!("ignored a status update of {from}, which is no agent");
            return self.metrics.invalid_status_updates.increment();
        };
        let agent = agent.pid.clone();
        let (framework, task) = (
            update.framework_id.value.clone(),
            update.status.task_id.value.clone(),
        );
        log::info!(
            "status update {} for task {task} of framework {framework}",
            update.status.state.proto_name()
        );
        let is_forwarded = self
            .frameworks
            .get(&framework)
            .is_some_and(|it| it.is_connected);
        let is_known = self.apply(&framework, &task, &update, is_forwarded);
        let message = StatusUpdateMessage {
            update: update.into(),
            pid: Some(agent.to_string()),
            ..Default::default()
        };
        self.tell(ctx, &framework, &message);
        match is_forwarded && is_known {
            true => self.metrics.valid_status_updates.increment(),
            false => self.metrics.invalid_status_updates.increment(),
        }
    }

    /// Takes an update into the book. False if the task is unknown.
    fn apply(
        &mut self,
        framework_id: &str,
        task_id: &str,
        update: &StatusUpdate,
        is_forwarded: bool,
    ) -> bool {
        let latest = update.latest_state.unwrap_or(update.status.state);
        if !self.set_state(framework_id, task_id, latest, &update.status) {
            log::warn!("task {task_id} of framework {framework_id} is unknown");
            return false;
        }
        let framework = self.frameworks.get_mut(framework_id);
        if let Some(task) = framework
            .and_then(|it| it.tasks.get_mut(task_id))
            .filter(|_| is_forwarded)
        {
            task.status_update_state = Some(update.status.state);
            task.status_update_uuid = update.uuid.clone();
        }
        true
    }

    /// Changes a task's state, unless it is over, and recovers what it used when it is. False if
    /// the task is unknown.
    fn set_state(
        &mut self,
        framework_id: &str,
        task_id: &str,
        state: TaskState,
        status: &TaskStatus,
    ) -> bool {
        let framework = self.frameworks.get_mut(framework_id);
        let Some(task) = framework.and_then(|it| it.tasks.get_mut(task_id)) else {
            return false;
        };
        let mut status = status.clone();
        status.data = None;
        match task.statuses.last_mut() {
            Some(last) if last.state == status.state => *last = status.clone(),
            _ => task.statuses.push(status.clone()),
        }
        if is_terminal(task.state) {
            return true;
        }
        let held = !is_over(task.state);
        task.state = state;
        if is_over(state) {
            let (agent, resources) = (task.slave_id.value.clone(), resources_of(task));
            if held {
                self.allocator.recover(framework_id, &agent, &resources);
            }
            self.metrics.count_end(state, status.source, status.reason);
        }
        true
    }

    /// Changes a task's state because the master says so, and tells its framework.
    pub(super) fn change_and_tell(
        &mut self,
        ctx: &Context<Self>,
        framework: &str,
        task: &str,
        change: &Change,
    ) {
        if let Some(update) = self.change_task(ctx, framework, task, change) {
            self.tell_update(ctx, framework, update);
        }
    }

    /// Tells a framework an update that is the master's own.
    pub(super) fn tell_update(&self, ctx: &Context<Self>, framework: &str, update: StatusUpdate) {
        let message = StatusUpdateMessage {
            update: update.into(),
            ..Default::default()
        };
        self.tell(ctx, framework, &message);
    }

    /// Changes a task's state because the master says so.
    pub(super) fn change_task(
        &mut self,
        ctx: &Context<Self>,
        framework_id: &str,
        task_id: &str,
        change: &Change,
    ) -> Option<StatusUpdate> {
        let task = self.frameworks.get(framework_id)?.tasks.get(task_id)?;
        let update = update_of(task, change, ctx.now());
        self.set_state(framework_id, task_id, change.state, &update.status);
        Some(update)
    }

    /// Answers for a task that was never launched.
    pub(super) fn report_not_launched(
        &mut self,
        ctx: &Context<Self>,
        framework: &str,
        task: &TaskInfo,
        change: &Change,
    ) {
        log::info!(
            "task {} of {framework} is not launched: {}",
            task.task_id.value,
            change.message
        );
        self.metrics.count_end(
            change.state,
            Some(Source::SOURCE_MASTER),
            Some(change.reason),
        );
        let never = Task {
            task_id: task.task_id.clone(),
            framework_id: FrameworkID::from(framework).into(),
            slave_id: task.slave_id.clone(),
            ..Task::default()
        };
        self.tell_update(ctx, framework, update_of(&never, change, ctx.now()));
    }

    /// Moves a task that is over among those that are.
    pub(super) fn complete_task(&mut self, framework_id: &str, task_id: &str) {
        if let Some(task) = self.take_task(framework_id, task_id)
            && let Some(framework) = self.frameworks.get_mut(framework_id)
        {
            framework.completed.push(task);
        }
    }

    /// Moves a task whose agent is gone among those that may come back.
    pub(super) fn shelve_task(&mut self, framework_id: &str, task_id: &str) {
        if let Some(task) = self.take_task(framework_id, task_id)
            && let Some(framework) = self.frameworks.get_mut(framework_id)
        {
            framework.unreachable.push(task);
        }
    }

    fn take_task(&mut self, framework_id: &str, task_id: &str) -> Option<Task> {
        let task = self
            .frameworks
            .get_mut(framework_id)?
            .tasks
            .remove(task_id)?;
        if let Some(agent) = self.agents.get_mut(&task.slave_id.value) {
            let key = (framework_id.to_owned(), task_id.to_owned());
            agent.tasks.remove(&key);
            agent.killed.remove(&key);
        }
        Some(task)
    }

    /// A framework has seen an update.
    pub(super) fn acknowledge(
        &mut self,
        ctx: &Context<Self>,
        framework_id: &str,
        slave_id: &SlaveID,
        task_id: &TaskID,
        uuid: &bytes::Bytes,
    ) {
        self.metrics
            .messages_status_update_acknowledgement
            .increment();
        let invalid = || {
            self.metrics
                .invalid_status_update_acknowledgements
                .increment();
        };
        let agent = self
            .agents
            .get(&slave_id.value)
            .filter(|agent| agent.is_connected);
        let Some(agent) = agent else {
            log::warn!(
                "dropped the acknowledgement of task {task_id}: agent {slave_id} is not there"
            );
            return invalid();
        };
        let agent = agent.pid.clone();
        let task = self
            .frameworks
            .get(framework_id)
            .and_then(|it| it.tasks.get(&task_id.value));
        if let Some(task) = task {
            let Some(state) = task.status_update_state else {
                // Not by this master. The agent repeats it, and then it is.
                log::warn!("dropped the acknowledgement of task {task_id}: nothing was forwarded");
                return invalid();
            };
            if is_terminal(state) && task.status_update_uuid.as_ref() == Some(uuid) {
                self.complete_task(framework_id, &task_id.value);
            }
        }
        let message = StatusUpdateAcknowledgementMessage {
            slave_id: slave_id.clone().into(),
            framework_id: FrameworkID::from(framework_id).into(),
            task_id: task_id.clone().into(),
            uuid: uuid.clone(),
            ..Default::default()
        };
        ctx.send_protobuf(&agent, &message);
        self.metrics
            .valid_status_update_acknowledgements
            .increment();
    }
}

/// What the master says about a task. It has no uuid: nobody repeats it, so nobody acknowledges.
pub(super) fn update_of(task: &Task, change: &Change, now: Time) -> StatusUpdate {
    let timestamp = now.as_secs_f64();
    let status = TaskStatus {
        task_id: task.task_id.clone(),
        slave_id: task.slave_id.clone(),
        executor_id: task.executor_id.clone(),
        state: change.state,
        source: Some(Source::SOURCE_MASTER),
        reason: Some(change.reason),
        message: Some(change.message.clone()),
        timestamp: Some(timestamp),
        ..TaskStatus::default()
    };
    StatusUpdate {
        framework_id: task.framework_id.clone(),
        slave_id: task.slave_id.clone(),
        executor_id: task.executor_id.clone(),
        status: status.into(),
        timestamp,
        latest_state: Some(change.state),
        ..StatusUpdate::default()
    }
}
