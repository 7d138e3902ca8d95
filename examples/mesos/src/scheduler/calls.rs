//! What a scheduler asks for, as calls to the master.

use bytes::Bytes;
use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext;

use super::process::SchedulerProcess;
use crate::messages::framework_info::capability;
use crate::messages::internal::FrameworkToExecutorMessage;
use crate::messages::offer::Operation;
use crate::messages::scheduler::call;
use crate::messages::task_status::{Reason, Source};
use crate::messages::{
    ExecutorID, Filters, OfferID, Request, SlaveID, TaskID, TaskInfo, TaskState, TaskStatus,
};

impl SchedulerProcess {
    pub(super) fn accept(
        &mut self,
        ctx: &mut Context<Self>,
        offers: Vec<OfferID>,
        operations: Vec<Operation>,
        filters: Filters,
    ) {
        if !self.connected {
            let tasks =
                operations
                    .into_iter()
                    .flat_map(|operation| match operation.launch.into_option() {
                        Some(launch) => launch.task_infos,
                        None => Vec::new(),
                    });
            for task in tasks {
                self.report_lost(ctx, task);
            }
            return;
        }
        for offer in &offers {
            match self.offered.remove(&offer.value) {
                Some((agent, pid)) => drop(self.agents.insert(agent, pid)),
                None => log::warn!("accepting an offer that is not known: {}", offer.value),
            }
        }
        let accept = call::Accept {
            offer_ids: offers,
            operations,
            filters: filters.into(),
            ..Default::default()
        };
        self.call(ctx, call::Type::ACCEPT, |call| call.accept = accept.into());
    }

    pub(super) fn decline(&mut self, ctx: &mut Context<Self>, offer: OfferID, filters: Filters) {
        if !self.may_call("declining an offer") {
            return;
        }
        if self.offered.remove(&offer.value).is_none() {
            log::warn!("declining an offer that is not known: {}", offer.value);
        }
        let decline = call::Decline {
            offer_ids: vec![offer],
            filters: filters.into(),
            ..Default::default()
        };
        self.call(ctx, call::Type::DECLINE, |call| {
            call.decline = decline.into();
        });
    }

    pub(super) fn kill(&mut self, ctx: &mut Context<Self>, task: TaskID) {
        if self.may_call("killing a task") {
            let kill = call::Kill {
                task_id: task.into(),
                ..Default::default()
            };
            self.call(ctx, call::Type::KILL, |call| call.kill = kill.into());
        }
    }

    /// Wants offers of `roles` again; of all if there are none.
    pub(super) fn revive(&mut self, ctx: &mut Context<Self>, roles: Vec<String>) {
        if roles.is_empty() {
            self.suppressed_roles.clear();
        }
        for role in &roles {
            self.suppressed_roles.remove(role);
        }
        if !self.connected {
            self.update_framework = true;
            return;
        }
        let revive = call::Revive {
            roles,
            ..Default::default()
        };
        self.call(ctx, call::Type::REVIVE, |call| call.revive = revive.into());
    }

    /// Wants no offers of `roles`; of none if there are none.
    pub(super) fn suppress(&mut self, ctx: &mut Context<Self>, roles: Vec<String>) {
        if roles.is_empty() {
            self.suppressed_roles.extend(self.roles());
        }
        self.suppressed_roles.extend(roles.iter().cloned());
        if !self.connected {
            self.update_framework = true;
            return;
        }
        let suppress = call::Suppress {
            roles,
            ..Default::default()
        };
        self.call(ctx, call::Type::SUPPRESS, |call| {
            call.suppress = suppress.into();
        });
    }

    /// Tells a new master what was said of roles while none listened.
    pub(super) fn update_framework_now(&self, ctx: &mut Context<Self>) {
        let update = call::UpdateFramework {
            framework_info: self.framework.clone().into(),
            suppressed_roles: self.suppressed_roles.iter().cloned().collect(),
            ..Default::default()
        };
        self.call(ctx, call::Type::UPDATE_FRAMEWORK, |call| {
            call.update_framework = update.into();
        });
    }

    pub(super) fn request(&mut self, ctx: &mut Context<Self>, requests: Vec<Request>) {
        if self.may_call("requesting resources") {
            let request = call::Request {
                requests,
                ..Default::default()
            };
            self.call(ctx, call::Type::REQUEST, |call| {
                call.request = request.into();
            });
        }
    }

    pub(super) fn acknowledge_explicitly(&mut self, ctx: &mut Context<Self>, status: &TaskStatus) {
        if self.implicit_acknowledgements {
            log::error!("this driver acknowledges updates itself; the scheduler must not");
            return;
        }
        if self.may_call("acknowledging an update") {
            self.acknowledge(ctx, status);
        }
    }

    /// Ends the agent's resending of `status`; updates of master and driver need none of this.
    pub(super) fn acknowledge(&self, ctx: &mut Context<Self>, status: &TaskStatus) {
        let (Some(uuid), true) = (&status.uuid, status.slave_id.is_set()) else {
            return;
        };
        let acknowledge = call::Acknowledge {
            slave_id: status.slave_id.clone(),
            task_id: status.task_id.clone(),
            uuid: uuid.clone(),
            ..Default::default()
        };
        self.call(ctx, call::Type::ACKNOWLEDGE, |call| {
            call.acknowledge = acknowledge.into();
        });
    }

    /// Goes straight to the agent where that is known, else by way of the master.
    pub(super) fn message(
        &mut self,
        ctx: &mut Context<Self>,
        executor: ExecutorID,
        slave: SlaveID,
        data: Bytes,
    ) {
        if !self.may_call("sending a framework message") {
            return;
        }
        if let Some(agent) = self.agents.get(&slave.value) {
            let message = FrameworkToExecutorMessage {
                slave_id: slave.into(),
                framework_id: self.framework.id.clone(),
                executor_id: executor.into(),
                data,
                ..Default::default()
            };
            ctx.send_protobuf(agent, &message);
            return;
        }
        let message = call::Message {
            slave_id: slave.into(),
            executor_id: executor.into(),
            data,
            ..Default::default()
        };
        self.call(ctx, call::Type::MESSAGE, |call| {
            call.message = message.into();
        });
    }

    pub(super) fn reconcile(&mut self, ctx: &mut Context<Self>, statuses: Vec<TaskStatus>) {
        if !self.may_call("reconciling tasks") {
            return;
        }
        let tasks = statuses.into_iter().map(|status| call::reconcile::Task {
            task_id: status.task_id,
            slave_id: status.slave_id,
            ..Default::default()
        });
        let reconcile = call::Reconcile {
            tasks: tasks.collect(),
            ..Default::default()
        };
        self.call(ctx, call::Type::RECONCILE, |call| {
            call.reconcile = reconcile.into();
        });
    }

    fn may_call(&self, what: &str) -> bool {
        if !self.connected {
            log::info!("not connected to a master, hence not {what}");
        }
        self.connected
    }

    /// A task that no master heard of did not run.
    fn report_lost(&mut self, ctx: &mut Context<Self>, task: TaskInfo) {
        if !self.driver.is_running() {
            return;
        }
        let state = if self.is_partition_aware() {
            TaskState::TASK_DROPPED
        } else {
            TaskState::TASK_LOST
        };
        let status = TaskStatus {
            task_id: task.task_id,
            slave_id: task.slave_id,
            state,
            source: Some(Source::SOURCE_MASTER),
            reason: Some(Reason::REASON_MASTER_DISCONNECTED),
            message: Some("Master disconnected".to_owned()),
            timestamp: Some(ctx.now().as_secs_f64()),
            ..Default::default()
        };
        self.scheduler.status_update(&self.driver, &status);
    }

    fn is_partition_aware(&self) -> bool {
        let aware = capability::Type::PARTITION_AWARE;
        self.framework
            .capabilities
            .iter()
            .any(|capability| capability.r#type == Some(aware))
    }

    fn roles(&self) -> Vec<String> {
        if self.framework.roles.is_empty() {
            vec![
                self.framework
                    .role
                    .clone()
                    .unwrap_or_else(|| "*".to_owned()),
            ]
        } else {
            self.framework.roles.clone()
        }
    }
}
