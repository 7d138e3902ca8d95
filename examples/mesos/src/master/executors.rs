//! Executors: what they and their frameworks say to each other, and when they end.

use libprocess::address::Upid;
use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext as _;

use super::Master;
use super::agent::resources_of;
use crate::messages::FrameworkID;
use crate::messages::internal::{
    ExecutorToFrameworkMessage, ExitedExecutorMessage, FrameworkToExecutorMessage,
    ShutdownExecutorMessage,
};
use crate::messages::scheduler::call;

impl Master {
    /// A framework says something to an executor.
    pub(super) fn framework_to_executor(
        &mut self,
        ctx: &mut Context<Self>,
        framework: &str,
        message: call::Message,
    ) {
        self.metrics.messages_framework_to_executor.increment();
        let agent = self
            .agents
            .get(&message.slave_id.value)
            .filter(|it| it.is_connected);
        let Some(agent) = agent else {
            log::warn!(
                "dropped a message to an executor on agent {}",
                message.slave_id.value
            );
            return self
                .metrics
                .invalid_framework_to_executor_messages
                .increment();
        };
        let message = FrameworkToExecutorMessage {
            slave_id: message.slave_id,
            framework_id: FrameworkID::from(framework).into(),
            executor_id: message.executor_id,
            data: message.data,
            ..Default::default()
        };
        ctx.send_protobuf(&agent.pid, &message);
        self.metrics
            .valid_framework_to_executor_messages
            .increment();
    }

    /// An executor says something to its framework.
    pub(super) fn executor_to_framework(
        &mut self,
        ctx: &mut Context<Self>,
        message: ExecutorToFrameworkMessage,
    ) {
        self.metrics.messages_executor_to_framework.increment();
        let framework = &message.framework_id.value;
        let is_known = self.agents.contains_key(&message.slave_id.value);
        if is_known
            && self
                .frameworks
                .get(framework)
                .is_some_and(|it| it.is_connected)
        {
            self.tell(ctx, framework, &message);
            self.metrics
                .valid_executor_to_framework_messages
                .increment();
        } else {
            log::warn!("dropped a message of an executor to framework {framework}");
            self.metrics
                .invalid_executor_to_framework_messages
                .increment();
        }
    }

    /// A framework wants an executor to end.
    pub(super) fn shut_down_executor(
        &self,
        ctx: &mut Context<Self>,
        framework: &str,
        call: call::Shutdown,
    ) {
        let Some(agent) = self.agents.get(&call.slave_id.value) else {
            return log::warn!(
                "ignored the end of an executor on agent {}",
                call.slave_id.value
            );
        };
        let message = ShutdownExecutorMessage {
            executor_id: call.executor_id,
            framework_id: FrameworkID::from(framework).into(),
            ..Default::default()
        };
        ctx.send_protobuf(&agent.pid, &message);
    }

    /// An executor has ended. The agent tells what became of its tasks by itself.
    pub(super) fn exited_executor(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: ExitedExecutorMessage,
    ) {
        self.metrics.messages_exited_executor.increment();
        let (agent_id, framework) = (&message.slave_id.value, &message.framework_id.value);
        let key = (framework.clone(), message.executor_id.value.clone());
        let Some(agent) = self
            .agents
            .get_mut(agent_id)
            .filter(|agent| agent.pid == *from)
        else {
            return log::warn!("ignored the end of an executor, said by {from}");
        };
        let Some(executor) = agent.executors.remove(&key) else {
            return log::warn!("ignored the end of executor {}, which nobody knows", key.1);
        };
        log::info!(
            "executor {} of framework {framework} has ended on agent {agent}",
            key.1
        );
        self.allocator
            .recover(framework, agent_id, &resources_of(&executor));
        self.tell(ctx, framework, &message);
    }
}
