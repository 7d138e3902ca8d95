//! The process behind an executor's driver.

use std::mem;

use bytes::Bytes;
use libprocess::address::Upid;
use libprocess::future::Promise;
use libprocess::primitive::random::Random;
use libprocess::process::{Context, Process};
use libprocess::protobuf::ProtobufContext;

use super::driver::Builder;
use super::{Environment, Executor, ExecutorDriver};
use crate::driver::Over;
use crate::messages::internal::{
    ExecutorRegisteredMessage, ExecutorReregisteredMessage, ExecutorToFrameworkMessage,
    FrameworkToExecutorMessage, KillTaskMessage, ReconnectExecutorMessage, RegisterExecutorMessage,
    ReregisterExecutorMessage, RunTaskMessage, ShutdownExecutorMessage, StatusUpdate,
    StatusUpdateAcknowledgementMessage, StatusUpdateMessage,
};
use crate::messages::{ExecutorID, FrameworkID, SlaveID, TaskInfo, TaskState, TaskStatus};
use crate::uuid;

pub(super) struct ExecutorProcess {
    executor: Box<dyn Executor>,
    driver: ExecutorDriver,
    environment: Environment,
    /// The agent, at the address that it had last.
    slave: Upid,
    connected: bool,
    /// Counts connections, so that a timer knows whether there was another since.
    connection: u64,
    /// What the agent has not acknowledged, in the order in which it was sent.
    updates: Vec<StatusUpdate>,
    /// Tasks none of whose updates is acknowledged, in the order in which they came.
    tasks: Vec<TaskInfo>,
    /// Who waits for `updates` to be empty.
    waiting: Vec<Promise<()>>,
    /// The last callback was made.
    shut_down: bool,
    overstayed: Option<Box<dyn FnOnce() + Send>>,
    random: Random,
    over: Option<Over>,
}

impl ExecutorProcess {
    pub(super) fn new(
        builder: Builder,
        executor: Box<dyn Executor>,
        driver: ExecutorDriver,
        random: Random,
        over: Over,
    ) -> Self {
        Self {
            executor,
            driver,
            slave: builder.environment.slave.clone(),
            environment: builder.environment,
            connected: false,
            connection: 0,
            updates: Vec::new(),
            tasks: Vec::new(),
            waiting: Vec::new(),
            shut_down: false,
            overstayed: Some(builder.overstayed),
            random,
            over: Some(over),
        }
    }

    pub(super) fn stop(&mut self, ctx: &mut Context<Self>) {
        self.over.take();
        ctx.terminate();
    }

    pub(super) fn abort(&mut self, _ctx: &mut Context<Self>) {
        self.over.take();
    }

    pub(super) fn send_status_update(&mut self, ctx: &mut Context<Self>, mut status: TaskStatus) {
        if status.state == TaskState::TASK_STAGING {
            let message = "Attempted to send TASK_STAGING status update";
            log::error!("executors must not send TASK_STAGING: aborting the driver");
            self.driver.abort();
            self.executor.error(&self.driver, message);
            return;
        }
        let now = ctx.now().as_secs_f64();
        let uuid = uuid::bytes(&mut self.random);
        status.uuid = Some(uuid.clone());
        status.timestamp = Some(now);
        status.slave_id = self.slave_id().into();
        let update = StatusUpdate {
            framework_id: self.framework_id().into(),
            executor_id: self.executor_id().into(),
            slave_id: self.slave_id().into(),
            status: status.into(),
            timestamp: now,
            uuid: Some(uuid),
            ..Default::default()
        };
        self.updates.push(update.clone());
        let message = StatusUpdateMessage {
            update: update.into(),
            pid: Some(ctx.upid().to_string()),
            ..Default::default()
        };
        ctx.send_protobuf(&self.slave, &message);
    }

    pub(super) fn send_framework_message(&mut self, ctx: &mut Context<Self>, data: Bytes) {
        let message = ExecutorToFrameworkMessage {
            slave_id: self.slave_id().into(),
            framework_id: self.framework_id().into(),
            executor_id: self.executor_id().into(),
            data,
            ..Default::default()
        };
        ctx.send_protobuf(&self.slave, &message);
    }

    pub(super) fn when_acknowledged(&mut self, promise: Promise<()>) {
        self.waiting.push(promise);
        self.release_waiting();
    }

    fn registered(&mut self, _ctx: &mut Context<Self>, message: ExecutorRegisteredMessage) {
        if self.is_deaf() {
            return;
        }
        log::info!("executor registered on agent {}", message.slave_id.value);
        self.connect();
        self.executor.registered(
            &self.driver,
            &message.executor_info,
            &message.framework_info,
            &message.slave_info,
        );
    }

    fn reregistered(&mut self, _ctx: &mut Context<Self>, message: ExecutorReregisteredMessage) {
        if self.is_deaf() {
            return;
        }
        log::info!("executor reregistered on agent {}", message.slave_id.value);
        self.connect();
        self.executor
            .reregistered(&self.driver, &message.slave_info);
    }

    /// An agent that was restarted looks for its executors.
    fn reconnect(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: ReconnectExecutorMessage,
    ) {
        if self.is_deaf() {
            return;
        }
        log::info!("asked by agent {} to reconnect", message.slave_id.value);
        self.slave = from.clone();
        ctx.reconnect(from);
        let reregister = ReregisterExecutorMessage {
            executor_id: self.executor_id().into(),
            framework_id: self.framework_id().into(),
            tasks: self.tasks.clone(),
            updates: self.updates.clone(),
            ..Default::default()
        };
        ctx.send_protobuf(from, &reregister);
    }

    fn run_task(&mut self, _ctx: &mut Context<Self>, message: RunTaskMessage) {
        if self.is_deaf() {
            return;
        }
        let Some(task) = message.task.into_option() else {
            return;
        };
        let id = &task.task_id.value;
        if !self.connected {
            log::warn!("dropped task {id}, since the agent has not accepted this executor");
            return;
        }
        if self.tasks.iter().any(|known| known.task_id.value == *id) {
            log::error!("dropped task {id}, since a task of this id runs");
            return;
        }
        self.tasks.push(task.clone());
        self.executor.launch_task(&self.driver, task);
    }

    fn kill_task(&mut self, _ctx: &mut Context<Self>, message: KillTaskMessage) {
        if self.is_deaf() {
            return;
        }
        let policy = message.kill_policy.as_option();
        self.executor
            .kill_task_with_policy(&self.driver, &message.task_id, policy);
    }

    fn acknowledge(
        &mut self,
        _ctx: &mut Context<Self>,
        message: StatusUpdateAcknowledgementMessage,
    ) {
        let count = self.updates.len();
        self.updates
            .retain(|update| update.uuid.as_ref() != Some(&message.uuid));
        if self.updates.len() == count {
            log::warn!(
                "an unknown update of task {} is acknowledged",
                message.task_id.value
            );
            return;
        }
        self.tasks
            .retain(|task| task.task_id.value != message.task_id.value);
        self.release_waiting();
    }

    fn framework_message(&mut self, _ctx: &mut Context<Self>, message: FrameworkToExecutorMessage) {
        if self.is_deaf() || !self.connected {
            return;
        }
        self.executor.framework_message(&self.driver, message.data);
    }

    fn asked_to_shut_down(&mut self, ctx: &mut Context<Self>, _message: ShutdownExecutorMessage) {
        self.shut_down(ctx);
    }

    fn shut_down(&mut self, ctx: &mut Context<Self>) {
        if self.is_deaf() {
            return;
        }
        log::info!("executor asked to shut down");
        self.executor.shutdown(&self.driver);
        self.shut_down = true;
        if self.environment.local {
            ctx.terminate();
        } else if let Some(overstayed) = self.overstayed.take() {
            ctx.delay(self.environment.shutdown_grace_period, |_, _| overstayed());
        }
    }

    fn connect(&mut self) {
        self.connected = true;
        self.connection += 1;
    }

    /// No callback may be made any more.
    fn is_deaf(&self) -> bool {
        self.shut_down || !self.driver.is_running()
    }

    fn release_waiting(&mut self) {
        if self.updates.is_empty() {
            for promise in mem::take(&mut self.waiting) {
                promise.set(());
            }
        }
    }

    fn framework_id(&self) -> FrameworkID {
        FrameworkID {
            value: self.environment.framework_id.clone(),
            ..Default::default()
        }
    }

    fn executor_id(&self) -> ExecutorID {
        ExecutorID {
            value: self.environment.executor_id.clone(),
            ..Default::default()
        }
    }

    fn slave_id(&self) -> SlaveID {
        SlaveID {
            value: self.environment.slave_id.clone(),
            ..Default::default()
        }
    }
}

impl Process for ExecutorProcess {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install_protobuf(Self::registered);
        ctx.install_protobuf(Self::reregistered);
        ctx.install_protobuf(Self::reconnect);
        ctx.install_protobuf(Self::run_task);
        ctx.install_protobuf(Self::kill_task);
        ctx.install_protobuf(Self::acknowledge);
        ctx.install_protobuf(Self::framework_message);
        ctx.install_protobuf(Self::asked_to_shut_down);
        ctx.link(&self.slave);
        let message = RegisterExecutorMessage {
            framework_id: self.framework_id().into(),
            executor_id: self.executor_id().into(),
            ..Default::default()
        };
        ctx.send_protobuf(&self.slave, &message);
    }

    fn exited(&mut self, ctx: &mut Context<Self>, pid: &Upid) {
        if *pid != self.slave || self.is_deaf() {
            return;
        }
        if !self.environment.checkpoint || !self.connected {
            log::info!("agent {pid} is gone, and this executor with it");
            self.shut_down(ctx);
            return;
        }
        log::info!("agent {pid} is gone; it may come back");
        self.connected = false;
        self.executor.disconnected(&self.driver);
        let connection = self.connection;
        ctx.delay(self.environment.recovery_timeout, move |process, ctx| {
            if process.connection == connection {
                log::info!("the agent did not come back");
                process.shut_down(ctx);
            }
        });
    }
}
