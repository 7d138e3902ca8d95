//! What frameworks ask for.
//!
//! Current drivers say everything in one message, `mesos.scheduler.Call`. Drivers before 0.24 have
//! a message for each; those become the same calls here. Two things every driver says in a message
//! of its own: that it was aborted, and what an executor is to hear (to the agent, if it knows it).
//!
//! All but SUBSCRIBE is for a framework that is registered, from where that is.

use libprocess::address::Upid;
use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext as _;

use super::Master;
use crate::messages::internal::{
    FrameworkToExecutorMessage, KillTaskMessage, LaunchTasksMessage, ReconcileTasksMessage,
    RegisterFrameworkMessage, ReregisterFrameworkMessage, ResourceRequestMessage,
    ReviveOffersMessage, StatusUpdateAcknowledgementMessage, SubmitSchedulerRequest,
    SubmitSchedulerResponse,
};
use crate::messages::offer::operation::{Launch, Type as OperationType};
use crate::messages::scheduler::{Call, call};
use crate::messages::{FrameworkID, TaskStatus, offer};

impl Master {
    pub(super) fn install_calls(ctx: &mut Context<Self>) {
        ctx.install_protobuf(Self::call);
        ctx.install_protobuf(Self::deactivate_framework);
        ctx.install_protobuf(Self::unregister_framework);
        ctx.install_protobuf(Self::register_framework);
        ctx.install_protobuf(Self::reregister_framework);
        ctx.install_protobuf(Self::launch_tasks);
        ctx.install_protobuf(Self::kill_task);
        ctx.install_protobuf(Self::acknowledge_update);
        ctx.install_protobuf(Self::revive_offers);
        ctx.install_protobuf(Self::reconcile_tasks);
        ctx.install_protobuf(Self::request_resources);
        ctx.install_protobuf(Self::message_executor);
        ctx.install_protobuf(Self::submit_scheduler);
    }

    fn call(&mut self, ctx: &mut Context<Self>, from: &Upid, call: Call) {
        if let Err(why) = check_call(&call) {
            self.count_invalid(&call);
            return log::warn!("dropped a call of {from}: {why}");
        }
        if call.r#type == Some(call::Type::SUBSCRIBE) {
            return self.subscribe(ctx, from, call.subscribe.into_option().unwrap_or_default());
        }
        if let Some(framework) = self.caller(ctx, from, &call.framework_id) {
            self.serve(ctx, &framework, call);
        }
    }

    /// The framework that calls, if it may.
    fn caller(&self, ctx: &Context<Self>, from: &Upid, id: &FrameworkID) -> Option<String> {
        match self.frameworks.get(&id.value) {
            None => log::warn!("dropped a call for framework {id}, which nobody is"),
            Some(framework) if framework.pid != *from => {
                log::warn!("dropped a call of {from} for framework {framework}");
            }
            Some(framework) if !framework.is_connected => {
                Self::refuse(ctx, from, "Framework disconnected".to_owned());
            }
            Some(_) => return Some(id.value.clone()),
        }
        None
    }

    fn serve(&mut self, ctx: &mut Context<Self>, framework: &str, call: Call) {
        match call.r#type.unwrap_or_default() {
            call::Type::TEARDOWN => {
                self.metrics.messages_unregister_framework.increment();
                self.remove_framework(ctx, framework);
            }
            call::Type::ACCEPT => {
                self.accept(
                    ctx,
                    framework,
                    call.accept.into_option().unwrap_or_default(),
                );
            }
            call::Type::DECLINE => {
                self.decline(
                    ctx,
                    framework,
                    &call.decline.offer_ids,
                    &call.decline.filters,
                );
            }
            call::Type::REVIVE => self.revive(ctx, framework, &call.revive.roles),
            call::Type::SUPPRESS => self.suppress(framework, &call.suppress.roles),
            call::Type::KILL => {
                self.kill(ctx, framework, call.kill.into_option().unwrap_or_default());
            }
            call::Type::ACKNOWLEDGE => {
                let it = &call.acknowledge;
                self.acknowledge(ctx, framework, &it.slave_id, &it.task_id, &it.uuid);
            }
            call::Type::RECONCILE => {
                let tasks = call.reconcile.into_option().unwrap_or_default().tasks;
                let statuses = tasks.into_iter().map(|task| TaskStatus {
                    task_id: task.task_id,
                    slave_id: task.slave_id,
                    ..TaskStatus::default()
                });
                self.reconcile(ctx, framework, &statuses.collect::<Vec<_>>());
            }
            call::Type::MESSAGE => {
                let message = call.message.into_option().unwrap_or_default();
                self.framework_to_executor(ctx, framework, message);
            }
            call::Type::SHUTDOWN => {
                let shutdown = call.shutdown.into_option().unwrap_or_default();
                self.shut_down_executor(ctx, framework, shutdown);
            }
            call::Type::REQUEST => self.metrics.messages_resource_request.increment(),
            other => log::warn!("framework {framework} calls {other:?}, which is not supported"),
        }
    }

    fn reconcile(&mut self, ctx: &Context<Self>, framework: &str, statuses: &[TaskStatus]) {
        self.metrics.messages_reconcile_tasks.increment();
        match statuses {
            [] => self.reconcile_implicitly(ctx, framework),
            statuses => self.reconcile_explicitly(ctx, framework, statuses),
        }
    }

    fn count_invalid(&self, call: &Call) {
        match call.r#type {
            Some(call::Type::ACKNOWLEDGE) => {
                self.metrics
                    .invalid_status_update_acknowledgements
                    .increment();
            }
            Some(call::Type::MESSAGE) => {
                self.metrics
                    .invalid_framework_to_executor_messages
                    .increment();
            }
            _ => {}
        }
    }

    fn register_framework(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: RegisterFrameworkMessage,
    ) {
        if !message.framework.id.value.is_empty() {
            let message = "Registering with 'id' already set".to_owned();
            return Self::refuse(ctx, from, message);
        }
        let framework_info = message.framework;
        self.subscribe(
            ctx,
            from,
            call::Subscribe {
                framework_info,
                ..Default::default()
            },
        );
    }

    fn reregister_framework(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: ReregisterFrameworkMessage,
    ) {
        if message.framework.id.value.is_empty() {
            let message = "Re-registering without an 'id'".to_owned();
            return Self::refuse(ctx, from, message);
        }
        let (framework_info, force) = (message.framework, Some(message.failover));
        self.subscribe(
            ctx,
            from,
            call::Subscribe {
                framework_info,
                force,
                ..Default::default()
            },
        );
    }

    fn launch_tasks(&mut self, ctx: &mut Context<Self>, from: &Upid, message: LaunchTasksMessage) {
        let Some(framework) = self.caller(ctx, from, &message.framework_id) else {
            return;
        };
        if message.tasks.is_empty() {
            return self.decline(ctx, &framework, &message.offer_ids, &message.filters);
        }
        let launch = Launch {
            task_infos: message.tasks,
            ..Default::default()
        };
        let operation = offer::Operation {
            r#type: Some(OperationType::LAUNCH),
            launch: launch.into(),
            ..Default::default()
        };
        let accept = call::Accept {
            offer_ids: message.offer_ids,
            operations: vec![operation],
            filters: message.filters,
            ..Default::default()
        };
        self.accept(ctx, &framework, accept);
    }

    fn kill_task(&mut self, ctx: &mut Context<Self>, from: &Upid, message: KillTaskMessage) {
        if let Some(framework) = self.caller(ctx, from, &message.framework_id) {
            let kill = call::Kill {
                task_id: message.task_id,
                ..Default::default()
            };
            self.kill(ctx, &framework, kill);
        }
    }

    fn acknowledge_update(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: StatusUpdateAcknowledgementMessage,
    ) {
        if let Some(framework) = self.caller(ctx, from, &message.framework_id) {
            let StatusUpdateAcknowledgementMessage {
                slave_id,
                task_id,
                uuid,
                ..
            } = &message;
            self.acknowledge(ctx, &framework, slave_id, task_id, uuid);
        }
    }

    fn revive_offers(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: ReviveOffersMessage,
    ) {
        if let Some(framework) = self.caller(ctx, from, &message.framework_id) {
            self.revive(ctx, &framework, &message.roles);
        }
    }

    fn reconcile_tasks(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: ReconcileTasksMessage,
    ) {
        if let Some(framework) = self.caller(ctx, from, &message.framework_id) {
            self.reconcile(ctx, &framework, &message.statuses);
        }
    }

    fn request_resources(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: ResourceRequestMessage,
    ) {
        if self.caller(ctx, from, &message.framework_id).is_some() {
            self.metrics.messages_resource_request.increment();
        }
    }

    fn message_executor(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: FrameworkToExecutorMessage,
    ) {
        if let Some(framework) = self.caller(ctx, from, &message.framework_id) {
            let FrameworkToExecutorMessage {
                slave_id,
                executor_id,
                data,
                ..
            } = message;
            let message = call::Message {
                slave_id,
                executor_id,
                data,
                ..Default::default()
            };
            self.framework_to_executor(ctx, &framework, message);
        }
    }

    /// Nobody can submit a scheduler: Mesos never could.
    fn submit_scheduler(&mut self, ctx: &mut Context<Self>, _: SubmitSchedulerRequest) {
        ctx.reply_protobuf(&SubmitSchedulerResponse {
            okay: false,
            ..Default::default()
        });
    }
}

/// Refuses a call that lacks something.
fn check_call(call: &Call) -> Result<(), String> {
    let Some(kind) = call.r#type else {
        return Err("Expecting 'type' to be present".to_owned());
    };
    if kind == call::Type::SUBSCRIBE {
        let Some(subscribe) = call.subscribe.as_option() else {
            return Err("Expecting 'subscribe' to be present".to_owned());
        };
        return match call.framework_id.value == subscribe.framework_info.id.value {
            true => Ok(()),
            false => Err("'framework_id' differs from 'subscribe.framework_info.id'".to_owned()),
        };
    }
    if call.framework_id.is_unset() {
        return Err("Expecting 'framework_id' to be present".to_owned());
    }
    let (is_there, what) = payload(kind, call);
    if !is_there {
        return Err(format!("Expecting '{what}' to be present"));
    }
    if kind == call::Type::ACKNOWLEDGE && call.acknowledge.uuid.len() != 16 {
        return Err("Not a valid UUID".to_owned());
    }
    Ok(())
}

/// Whether a call has what its type is about, and how that is called.
fn payload(kind: call::Type, call: &Call) -> (bool, &'static str) {
    match kind {
        call::Type::ACCEPT => (call.accept.is_set(), "accept"),
        call::Type::DECLINE => (call.decline.is_set(), "decline"),
        call::Type::KILL => (call.kill.is_set(), "kill"),
        call::Type::SHUTDOWN => (call.shutdown.is_set(), "shutdown"),
        call::Type::ACKNOWLEDGE => (call.acknowledge.is_set(), "acknowledge"),
        call::Type::RECONCILE => (call.reconcile.is_set(), "reconcile"),
        call::Type::MESSAGE => (call.message.is_set(), "message"),
        call::Type::REQUEST => (call.request.is_set(), "request"),
        _ => (true, ""),
    }
}
