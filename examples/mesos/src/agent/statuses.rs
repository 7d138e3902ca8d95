//! Updates of tasks: from executors and from the agent itself, to the master, and acknowledged.

use libprocess::address::Upid;
use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext;

use super::Agent;
use super::frameworks::Cause;
use super::updates::Acknowledged;
use crate::messages::internal::{
    StatusUpdate, StatusUpdateAcknowledgementMessage, StatusUpdateMessage,
};
use crate::messages::task_status::{Reason, Source};
use crate::messages::{
    ContainerID, ContainerStatus, ExecutorID, FrameworkID, NetworkInfo, TaskID, TaskState,
    TaskStatus, network_info,
};
use crate::states::dropped;
use crate::uuid;

impl Agent {
    pub(super) fn install_statuses(&mut self, ctx: &mut Context<Self>) {
        ctx.install_protobuf(Self::status_update);
        ctx.install_protobuf(Self::acknowledged);
    }

    /// Says of a task, in the place of an executor, what became of it.
    pub(super) fn report(
        &mut self,
        ctx: &mut Context<Self>,
        framework: &str,
        executor: Option<&str>,
        task: &str,
        cause: Cause,
    ) {
        let uuid = uuid::bytes(&mut self.random);
        let now = ctx.now().as_secs_f64();
        let executor_id = executor.map(|id| ExecutorID {
            value: id.to_owned(),
            ..Default::default()
        });
        let status = TaskStatus {
            task_id: TaskID {
                value: task.to_owned(),
                ..Default::default()
            }
            .into(),
            state: cause.state,
            source: Some(Source::SOURCE_SLAVE),
            reason: Some(cause.reason),
            message: Some(cause.message),
            slave_id: self.slave_id().into(),
            executor_id: executor_id.clone().into(),
            timestamp: Some(now),
            uuid: Some(uuid.clone()),
            ..Default::default()
        };
        let update = StatusUpdate {
            framework_id: FrameworkID {
                value: framework.to_owned(),
                ..Default::default()
            }
            .into(),
            executor_id: executor_id.into(),
            slave_id: self.slave_id().into(),
            status: status.into(),
            timestamp: now,
            uuid: Some(uuid),
            ..Default::default()
        };
        if let Some(known) = executor.and_then(|executor| self.executor(framework, executor)) {
            known.note(&update.status);
        }
        self.keep(ctx, update);
    }

    /// Says that a task was never started.
    pub(super) fn report_dropped(
        &mut self,
        ctx: &mut Context<Self>,
        framework: &str,
        task: &str,
        reason: Reason,
        message: &str,
    ) {
        let known = self.frameworks.get(framework);
        let state = known.map_or(TaskState::TASK_LOST, |known| dropped(&known.info));
        log::warn!("dropped task {task} of framework {framework}: {message}");
        let message = message.to_owned();
        let cause = Cause {
            state,
            reason,
            message,
        };
        self.report(ctx, framework, None, task, cause);
    }

    fn status_update(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: StatusUpdateMessage,
    ) {
        let Some(mut update) = message.update.into_option() else {
            return;
        };
        let framework = update.framework_id.value.clone();
        let Some(known) = self.frameworks.get_mut(&framework) else {
            log::warn!("dropped an update of unknown framework {framework}");
            self.metrics.invalid_status_updates.increment();
            return;
        };
        if known.is_terminating {
            self.metrics.invalid_status_updates.increment();
            return;
        }
        let executor = update.executor_id.value.clone();
        let Some(executor) = known.executors.get_mut(&executor) else {
            log::warn!("dropped an update of unknown executor {executor}");
            self.metrics.invalid_status_updates.increment();
            return;
        };
        let acknowledgement = StatusUpdateAcknowledgementMessage {
            slave_id: update.slave_id.clone(),
            framework_id: update.framework_id.clone(),
            task_id: update.status.task_id.clone(),
            uuid: update.uuid.clone().unwrap_or_default(),
            ..Default::default()
        };
        let container = executor.container.clone();
        enrich(&mut update, &container, ctx.upid());
        // A task that is over stays so: a second end is taken off the executor's hands, no more.
        if executor.note(&update.status) {
            self.metrics.valid_status_updates.increment();
            self.keep(ctx, update);
        } else {
            self.metrics.invalid_status_updates.increment();
        }
        ctx.send_protobuf(from, &acknowledgement);
    }

    /// Keeps an update until the scheduler has it.
    fn keep(&mut self, ctx: &mut Context<Self>, update: StatusUpdate) {
        self.metrics.count_end(update.status.state);
        if self.updates.add(update, ctx.now()) {
            self.forward(ctx);
        }
    }

    /// Sends what is due to the master, and comes back when more is.
    pub(super) fn forward(&mut self, ctx: &mut Context<Self>) {
        let now = ctx.now();
        for mut update in self.updates.take_due(now) {
            update.latest_state = Some(self.latest_state(&update));
            let message = StatusUpdateMessage {
                update: update.into(),
                pid: Some(ctx.upid().to_string()),
                ..Default::default()
            };
            self.tell_master(ctx, &message);
        }
        let next = self.updates.next_due();
        if next == self.forwarding.as_ref().map(|(due, _)| *due) {
            return;
        }
        if let Some((_, timer)) = self.forwarding.take() {
            timer.cancel();
        }
        self.forwarding = next.map(|due| {
            let timer = ctx.delay(due - now, |agent, ctx| {
                agent.forwarding = None;
                agent.forward(ctx);
            });
            (due, timer)
        });
    }

    /// What the task of an update is doing by now.
    fn latest_state(&self, update: &StatusUpdate) -> TaskState {
        let task = &update.status.task_id.value;
        let known = self.frameworks.get(&update.framework_id.value);
        let executors = known.into_iter().flat_map(|known| known.executors.values());
        let mut records = executors.filter_map(|executor| {
            executor
                .launched
                .get(task)
                .or_else(|| executor.terminated.get(task))
        });
        records
            .next()
            .map_or(update.status.state, |task| task.state)
    }

    /// The scheduler has an update.
    fn acknowledged(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: StatusUpdateAcknowledgementMessage,
    ) {
        if !self.obeys(from) {
            return;
        }
        let (framework, task) = (&message.framework_id.value, &message.task_id.value);
        match self
            .updates
            .acknowledge(framework, task, &message.uuid, ctx.now())
        {
            Acknowledged::Unexpected => {
                log::warn!("ignored an acknowledgement of task {task} that nobody waits for");
            }
            Acknowledged::Next => self.forward(ctx),
            Acknowledged::Last => {
                let known = self.frameworks.get_mut(framework);
                if let Some(executor) = known.and_then(|known| known.executor_of(task)) {
                    executor.complete(task);
                }
                self.tidy_up(ctx, framework);
            }
        }
    }
}

/// Fills in what an executor cannot know or is not believed.
fn enrich(update: &mut StatusUpdate, container: &str, agent: &Upid) {
    let (slave_id, executor_id) = (update.slave_id.clone(), update.executor_id.clone());
    let (timestamp, uuid) = (update.timestamp, update.uuid.clone());
    let status = update.status.get_or_insert_default();
    status.source = Some(Source::SOURCE_EXECUTOR);
    status.timestamp.get_or_insert(timestamp);
    status.uuid = uuid;
    status.slave_id = slave_id;
    status.executor_id = executor_id;
    let about: &mut ContainerStatus = status.container_status.get_or_insert_default();
    about.container_id = ContainerID {
        value: container.to_owned(),
        ..Default::default()
    }
    .into();
    if about.network_infos.is_empty() {
        let address = network_info::IPAddress {
            ip_address: Some(agent.address().ip().to_string()),
            ..Default::default()
        };
        about.network_infos = vec![NetworkInfo {
            ip_addresses: vec![address],
            ..Default::default()
        }];
    }
}
