//! Tasks: started, handed to their executors, killed.

use libprocess::address::Upid;
use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext;

use super::Agent;
use super::environment::executor_for;
use super::frameworks::{Cause, Executor, Framework, State, task};
use crate::messages::internal::{
    ExitedExecutorMessage, KillTaskMessage, RunTaskMessage, UpdateFrameworkMessage,
};
use crate::messages::task_status::Reason;
use crate::messages::{ExecutorInfo, FrameworkInfo, TaskInfo, TaskState};

/// Why a task is not started.
type Refusal = (Reason, &'static str);

impl Agent {
    pub(super) fn install_tasks(&mut self, ctx: &mut Context<Self>) {
        ctx.install_protobuf(Self::run_task);
        ctx.install_protobuf(Self::kill_task);
        ctx.install_protobuf(Self::update_framework);
    }

    fn run_task(&mut self, ctx: &mut Context<Self>, from: &Upid, message: RunTaskMessage) {
        if !self.obeys(from) || !self.registration.is_registered() || self.is_terminating {
            return;
        }
        let Some(info) = message.task.into_option() else {
            return;
        };
        if info.slave_id.value != self.info.id.value {
            log::warn!(
                "ignored task {}, which is for another agent",
                info.task_id.value
            );
            return;
        }
        let launch_executor = message.launch_executor.unwrap_or_default();
        let framework = message.framework;
        let id = framework.id.value.clone();
        let known = self
            .frameworks
            .entry(id.clone())
            .or_insert_with(|| Framework::new((*framework).clone()));
        if known.is_terminating {
            log::warn!("ignored task {}, whose framework ends", info.task_id.value);
            return;
        }
        known.pid = pid(message.pid.as_deref());

        let is_generated = !info.executor.is_set();
        let executor = match info.executor.as_option() {
            Some(executor) => executor.clone(),
            None => executor_for(&self.config, &info, &id),
        };
        if let Err((reason, why)) = self.may_launch(&id, &executor, is_generated, launch_executor) {
            self.report_dropped(ctx, &id, &info.task_id.value, reason, why);
            if launch_executor {
                self.tell_exited(ctx, &id, &executor, -1);
            }
            self.tidy_up(ctx, &id);
            return;
        }
        let executor_id = executor.executor_id.value.clone();
        if self.executor(&id, &executor_id).is_none() {
            self.start_executor(ctx, &id, executor, is_generated, info);
        } else {
            self.add_task(ctx, &id, &executor_id, info);
        }
    }

    /// Master and agent have to agree on whether the executor is there.
    fn may_launch(
        &mut self,
        framework: &str,
        executor: &ExecutorInfo,
        is_generated: bool,
        launch_executor: bool,
    ) -> Result<(), Refusal> {
        let terminated = Reason::REASON_EXECUTOR_TERMINATED;
        let known = self.executor(framework, &executor.executor_id.value);
        match known.map(|known| known.state) {
            Some(_) if is_generated => Err((
                Reason::REASON_TASK_INVALID,
                "Executor of the task's id exists already",
            )),
            Some(_) if launch_executor => Err((
                terminated,
                "Master wants to launch executor, but one already exists",
            )),
            Some(State::Terminating | State::Terminated) => {
                Err((terminated, "Executor terminating"))
            }
            None if !launch_executor => Err((
                terminated,
                "No executor is expected to launch and there is no executor running",
            )),
            _ => Ok(()),
        }
    }

    /// Gives a task to an executor that takes it, or keeps it until the executor has registered.
    fn add_task(
        &mut self,
        ctx: &mut Context<Self>,
        framework: &str,
        executor: &str,
        info: TaskInfo,
    ) {
        let Some(known) = self.executor(framework, executor) else {
            return;
        };
        known.queued.push(info);
        if known.state == State::Running {
            self.deliver_queued(ctx, framework, executor);
        }
    }

    /// Sends a registered executor the tasks that wait for it.
    pub(super) fn deliver_queued(
        &mut self,
        ctx: &mut Context<Self>,
        framework: &str,
        executor: &str,
    ) {
        let Some(known) = self.frameworks.get_mut(framework) else {
            return;
        };
        let scheduler = known.pid.as_ref().map(ToString::to_string);
        let info = known.info.clone();
        let Some(executor) = known.executors.get_mut(executor) else {
            return;
        };
        let Some(pid) = executor.pid.clone() else {
            return;
        };
        for queued in executor.queued.drain(..) {
            let record = task(&queued, &info, TaskState::TASK_STAGING);
            executor
                .launched
                .insert(queued.task_id.value.clone(), record);
            let message = RunTaskMessage {
                framework_id: info.id.clone(),
                framework: info.clone().into(),
                task: queued.into(),
                pid: Some(scheduler.clone().unwrap_or_default()),
                ..Default::default()
            };
            ctx.send_protobuf(&pid, &message);
        }
    }

    fn kill_task(&mut self, ctx: &mut Context<Self>, from: &Upid, message: KillTaskMessage) {
        if !self.obeys(from) || self.is_terminating {
            return;
        }
        let id = message.framework_id.value.clone();
        let task = message.task_id.value.clone();
        let Some(framework) = self.frameworks.get_mut(&id) else {
            log::warn!("ignored the kill of task {task} of unknown framework {id}");
            return;
        };
        if framework.is_terminating {
            return;
        }
        let Some(executor) = framework.executor_of(&task) else {
            let reason = Reason::REASON_EXECUTOR_TERMINATED;
            self.report_dropped(ctx, &id, &task, reason, "Cannot find executor");
            self.tidy_up(ctx, &id);
            return;
        };
        let executor_id = executor.info.executor_id.value.clone();
        match executor.state {
            State::Terminating | State::Terminated => {
                log::info!("ignored the kill of task {task}, whose executor ends");
            }
            State::Registering | State::Running => {
                if executor.unqueue(&task).is_some() {
                    self.killed_before_delivery(ctx, &id, &executor_id, &task);
                } else if let Some(pid) = executor.pid.clone() {
                    ctx.send_protobuf(&pid, &message);
                }
            }
        }
    }

    fn killed_before_delivery(
        &mut self,
        ctx: &mut Context<Self>,
        framework: &str,
        executor: &str,
        task: &str,
    ) {
        let cause = Cause {
            state: TaskState::TASK_KILLED,
            reason: Reason::REASON_TASK_KILLED_DURING_LAUNCH,
            message: "Killed before delivery to the executor".to_owned(),
        };
        self.report(ctx, framework, Some(executor), task, cause);
        let is_idle = |known: &mut Executor| known.state == State::Running && known.is_useless();
        if self.executor(framework, executor).is_some_and(is_idle) {
            self.shut_down_executor(ctx, framework, executor);
        }
    }

    /// The scheduler moved, or says something new of itself.
    fn update_framework(
        &mut self,
        _ctx: &mut Context<Self>,
        from: &Upid,
        message: UpdateFrameworkMessage,
    ) {
        if !self.obeys(from) {
            return;
        }
        let Some(known) = self.frameworks.get_mut(&message.framework_id.value) else {
            return;
        };
        known.pid = pid(message.pid.as_deref());
        if let Some(info) = message.framework_info.into_option() {
            known.info = info;
        }
    }

    /// Tells the master that an executor which it knows is gone.
    pub(super) fn tell_exited(
        &self,
        ctx: &mut Context<Self>,
        framework: &str,
        executor: &ExecutorInfo,
        status: i32,
    ) {
        let Some(known) = self.frameworks.get(framework) else {
            return;
        };
        let FrameworkInfo { id, .. } = &known.info;
        let message = ExitedExecutorMessage {
            slave_id: self.slave_id().into(),
            framework_id: id.clone(),
            executor_id: executor.executor_id.clone(),
            status,
            ..Default::default()
        };
        self.tell_master(ctx, &message);
    }
}

/// Where a scheduler is; nowhere if it speaks HTTP.
fn pid(text: Option<&str>) -> Option<Upid> {
    text?.parse().ok().filter(|pid: &Upid| !pid.is_empty())
}
