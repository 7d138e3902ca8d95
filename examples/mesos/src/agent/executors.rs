//! Executors: started, registered, shut down, ended.

use libprocess::address::Upid;
use libprocess::future::Future;
use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext;
use libprocess::time::format_duration;

use super::environment::{sandbox, variables};
use super::frameworks::{Cause, Executor, Framework, State, task};
use super::{Agent, Config, Container, Exit};
use crate::messages::internal::{
    ExecutorRegisteredMessage, ExecutorToFrameworkMessage, FrameworkToExecutorMessage,
    RegisterExecutorMessage, ReregisterExecutorMessage, ShutdownExecutorMessage,
    ShutdownFrameworkMessage,
};
use crate::messages::task_status::Reason;
use crate::messages::{ExecutorInfo, FrameworkInfo, SlaveInfo, Task, TaskInfo, TaskState};
use crate::uuid;

impl Agent {
    pub(super) fn install_executors(&mut self, ctx: &mut Context<Self>) {
        ctx.install_protobuf(Self::register_executor);
        ctx.install_protobuf(Self::reregister_executor);
        ctx.install_protobuf(Self::told_to_shut_down_executor);
        ctx.install_protobuf(Self::told_to_shut_down_framework);
        ctx.install_protobuf(Self::message_to_executor);
        ctx.install_protobuf(Self::message_to_framework);
    }

    /// Starts an executor, for a task that waits until it has registered.
    pub(super) fn start_executor(
        &mut self,
        ctx: &mut Context<Self>,
        framework: &str,
        info: ExecutorInfo,
        is_generated: bool,
        first: TaskInfo,
    ) {
        let Some(known) = self.frameworks.get(framework) else {
            return;
        };
        let id = uuid::text(&mut self.random);
        let container = container(&self.config, &self.info, ctx.upid(), &known.info, &info, id);
        let (id, name) = (container.id.clone(), info.executor_id.value.clone());
        log::info!("launching executor {name} of framework {framework} in {id}");
        let launched = self.launcher.launch(&container);
        let mut executor = Executor::new(info, is_generated, id.clone(), container.directory);
        executor.queued.push(first);
        let exit = launched.unwrap_or_else(|error| {
            self.metrics.container_launch_errors.increment();
            executor.cause = Some(Cause {
                state: TaskState::TASK_FAILED,
                reason: Reason::REASON_CONTAINER_LAUNCH_FAILED,
                message: format!("Failed to launch container: {error}"),
            });
            Future::ready(UNKNOWN)
        });
        let late = id.clone();
        let timeout = self.config.executor_registration_timeout;
        let deadline = ctx.delay(timeout, move |agent, _| agent.registration_timed_out(&late));
        executor.deadline = Some(deadline);
        if let Some(known) = self.frameworks.get_mut(framework) {
            known.executors.insert(name, executor);
        }
        ctx.finally(exit, move |agent, ctx, exit| {
            agent.executor_ended(ctx, &id, exit.unwrap_or(UNKNOWN));
        });
    }

    /// The framework and the executor of a container.
    fn in_container(&self, id: &str) -> Option<(String, String)> {
        self.frameworks.iter().find_map(|(framework, known)| {
            let mut executors = known.executors.iter();
            let (executor, _) = executors.find(|(_, executor)| executor.container == id)?;
            Some((framework.clone(), executor.clone()))
        })
    }

    fn register_executor(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: RegisterExecutorMessage,
    ) {
        let (framework, executor) = (&message.framework_id.value, &message.executor_id.value);
        let slave_info = self.info.clone();
        let known = self
            .frameworks
            .get_mut(framework)
            .filter(|known| !known.is_terminating);
        let info = known.as_ref().map(|known| known.info.clone());
        let executor_known = known
            .and_then(|known| known.executors.get_mut(executor))
            .filter(|known| known.state == State::Registering);
        let (Some(framework_info), Some(known), false) =
            (info, executor_known, self.is_terminating)
        else {
            log::warn!("shutting down executor {executor}, which nobody waits for");
            ctx.send_protobuf(from, &ShutdownExecutorMessage::default());
            return;
        };
        known.state = State::Running;
        known.pid = Some(from.clone());
        known.deadline.take().map(|deadline| deadline.cancel());
        ctx.link(from);
        if known.is_useless() {
            // Its tasks were killed while it was being started.
            self.shut_down_executor(ctx, framework, executor);
            return;
        }
        let registered = ExecutorRegisteredMessage {
            executor_info: known.info.clone().into(),
            framework_id: framework_info.id.clone(),
            framework_info: framework_info.into(),
            slave_id: slave_info.id.clone(),
            slave_info: slave_info.into(),
            ..Default::default()
        };
        ctx.send_protobuf(from, &registered);
        self.deliver_queued(ctx, framework, executor);
    }

    /// Only an agent that was restarted asks executors for this, and this one was not.
    fn reregister_executor(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: ReregisterExecutorMessage,
    ) {
        log::warn!(
            "shutting down executor {}, which reregisters",
            message.executor_id.value
        );
        ctx.send_protobuf(from, &ShutdownExecutorMessage::default());
    }

    fn registration_timed_out(&mut self, container: &str) {
        let Some((framework, executor)) = self.in_container(container) else {
            return;
        };
        let timeout = format_duration(self.config.executor_registration_timeout);
        let executor = self.executor(&framework, &executor);
        let Some(known) = executor.filter(|known| known.state == State::Registering) else {
            return;
        };
        known.state = State::Terminating;
        known.cause = Some(Cause {
            state: TaskState::TASK_FAILED,
            reason: Reason::REASON_EXECUTOR_REGISTRATION_TIMEOUT,
            message: format!("Executor did not register within {timeout}"),
        });
        self.launcher.destroy(container);
    }

    /// Asks an executor to end, and sees to it that it does.
    pub(super) fn shut_down_executor(
        &mut self,
        ctx: &mut Context<Self>,
        framework: &str,
        executor: &str,
    ) {
        let grace = self.config.executor_shutdown_grace_period;
        let Some(known) = self.executor(framework, executor) else {
            return;
        };
        if let State::Terminating | State::Terminated = known.state {
            return;
        }
        log::info!("shutting down executor {executor} of framework {framework}");
        known.state = State::Terminating;
        known.deadline.take().map(|deadline| deadline.cancel());
        let grace = known.shutdown_grace_period().unwrap_or(grace);
        let container = known.container.clone();
        if let Some(pid) = &known.pid {
            ctx.send_protobuf(pid, &ShutdownExecutorMessage::default());
        }
        ctx.delay(grace, move |agent, _| agent.launcher.destroy(&container));
    }

    fn told_to_shut_down_executor(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: ShutdownExecutorMessage,
    ) {
        if self.obeys(from) {
            let framework = &message.framework_id.value;
            self.shut_down_executor(ctx, framework, &message.executor_id.value);
        }
    }

    fn told_to_shut_down_framework(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: ShutdownFrameworkMessage,
    ) {
        if self.obeys(from) {
            self.shut_down_framework(ctx, &message.framework_id.value);
        }
    }

    pub(super) fn shut_down_framework(&mut self, ctx: &mut Context<Self>, framework: &str) {
        // Nobody is left to acknowledge what happened to its tasks.
        self.updates.forget(framework);
        let Some(known) = self.frameworks.get_mut(framework) else {
            return;
        };
        known.is_terminating = true;
        for executor in known.executors.values_mut() {
            executor.terminated.clear();
        }
        let executors: Vec<String> = known.executors.keys().cloned().collect();
        for executor in executors {
            self.shut_down_executor(ctx, framework, &executor);
        }
        self.tidy_up(ctx, framework);
    }

    /// Nothing of an executor runs any more: so neither do its tasks.
    fn executor_ended(&mut self, ctx: &mut Context<Self>, container: &str, exit: Exit) {
        let Some((framework, executor)) = self.in_container(container) else {
            return;
        };
        let (framework, executor) = (framework.as_str(), executor.as_str());
        let Some(known) = self.frameworks.get_mut(framework) else {
            return;
        };
        let is_terminating = known.is_terminating;
        let framework_info = known.info.clone();
        let Some(known) = known.executors.get_mut(executor) else {
            return;
        };
        log::info!(
            "executor {executor} of framework {framework} ended ({})",
            exit.status
        );
        known.state = State::Terminated;
        known.deadline.take().map(|deadline| deadline.cancel());
        for queued in known.queued.split_off(0) {
            let record = task(&queued, &framework_info, TaskState::TASK_STAGING);
            known.launched.insert(queued.task_id.value.clone(), record);
        }
        let cause = known
            .cause
            .clone()
            .unwrap_or_else(Cause::executor_terminated);
        let (info, is_generated) = (known.info.clone(), known.is_generated);
        let lost: Vec<String> = known.launched.keys().cloned().collect();
        if is_terminating {
            known.launched.clear();
            known.terminated.clear();
        } else {
            for task in lost {
                self.report(ctx, framework, Some(executor), &task, cause.clone());
            }
        }
        if !is_generated {
            self.tell_exited(ctx, framework, &info, exit.status);
        }
        self.tidy_up(ctx, framework);
    }

    fn message_to_executor(
        &mut self,
        ctx: &mut Context<Self>,
        message: FrameworkToExecutorMessage,
    ) {
        let id = &message.framework_id.value;
        let known = self
            .frameworks
            .get(id)
            .filter(|known| !known.is_terminating);
        let executor = known
            .and_then(|known| known.executors.get(&message.executor_id.value))
            .filter(|executor| executor.state == State::Running);
        let pid = executor.and_then(|executor| executor.pid.clone());
        match pid.filter(|_| self.registration.is_registered()) {
            Some(pid) => {
                self.metrics.valid_framework_messages.increment();
                ctx.send_protobuf(&pid, &message);
            }
            None => self.metrics.invalid_framework_messages.increment(),
        }
    }

    /// Goes straight to the scheduler where it has a pid, else by way of the master.
    fn message_to_framework(
        &mut self,
        ctx: &mut Context<Self>,
        message: ExecutorToFrameworkMessage,
    ) {
        let known = self.frameworks.get(&message.framework_id.value);
        let known = known.filter(|known| !known.is_terminating);
        let Some(known) = known.filter(|_| self.registration.is_registered()) else {
            self.metrics.invalid_framework_messages.increment();
            return;
        };
        match &known.pid {
            Some(pid) => ctx.send_protobuf(pid, &message),
            None => self.tell_master(ctx, &message),
        }
        self.metrics.valid_framework_messages.increment();
    }

    /// The executors that the master has to know of.
    pub(super) fn known_executors(&self) -> Vec<ExecutorInfo> {
        let executors = self
            .frameworks
            .values()
            .flat_map(|known| known.executors.values());
        let known = executors
            .filter(|executor| !executor.is_generated && executor.state != State::Terminated);
        known.map(|executor| executor.info.clone()).collect()
    }

    /// The tasks that the master has to know of, in whatever state.
    pub(super) fn known_tasks(&self) -> Vec<Task> {
        self.frameworks
            .values()
            .flat_map(Framework::tasks)
            .collect()
    }
}

/// What the launcher needs to know of an executor.
fn container(
    config: &Config,
    slave: &SlaveInfo,
    agent: &Upid,
    framework: &FrameworkInfo,
    info: &ExecutorInfo,
    id: String,
) -> Container {
    let slave = &slave.id.value;
    let ids = [slave, &framework.id.value, &info.executor_id.value, &id];
    let directory = sandbox(&config.work_dir, ids);
    let environment = variables(config, agent, slave, framework, info, &directory);
    Container {
        id,
        directory,
        command: (*info.command).clone(),
        environment,
    }
}

/// Of an executor that nobody saw end.
const UNKNOWN: Exit = Exit { status: -1 };
