//! How frameworks go: for a while, by choice, or for good.

use std::time::Duration;

use libprocess::address::Upid;
use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext as _;

use super::Master;
use super::updates::Change;
use crate::messages::internal::{
    DeactivateFrameworkMessage, ShutdownFrameworkMessage, UnregisterFrameworkMessage,
};
use crate::messages::task_status::Reason;
use crate::messages::{FrameworkID, TaskState};
use crate::validation;

impl Master {
    /// The connection to a framework broke. Its tasks run on; it may come back for so long as it
    /// said it might.
    pub(super) fn framework_exited(&mut self, ctx: &mut Context<Self>, id: &str) {
        let Some(framework) = self.frameworks.get(id) else {
            return;
        };
        log::info!("framework {framework} disconnected");
        // In case only one direction broke.
        Self::refuse(ctx, &framework.pid, "Framework disconnected".to_owned());
        let timeout = validation::failover_timeout(&framework.info).unwrap_or_default();
        let absence = framework.subscriptions;
        self.deactivate(ctx, id);
        if let Some(framework) = self.frameworks.get_mut(id) {
            framework.is_connected = false;
            log::info!("giving framework {framework} {timeout:?} to come back");
        }
        self.remove_framework_in(ctx, id.to_owned(), timeout, absence);
    }

    fn remove_framework_in(
        &self,
        ctx: &mut Context<Self>,
        id: String,
        timeout: Duration,
        absence: u64,
    ) {
        ctx.delay(timeout, move |master, ctx| {
            let framework = master.frameworks.get(&id);
            if framework.is_some_and(|it| !it.is_connected && it.subscriptions == absence) {
                log::info!("framework {id} did not come back in time");
                master.remove_framework(ctx, &id);
            }
        });
    }

    /// A driver was aborted: the framework stays, but wants no offers. It is counted before
    /// anything is looked at.
    pub(super) fn deactivate_framework(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: DeactivateFrameworkMessage,
    ) {
        self.metrics.messages_deactivate_framework.increment();
        let id = &message.framework_id.value;
        match self.frameworks.get(id) {
            None => log::warn!("ignored the deactivation of {id}, which nobody is"),
            Some(framework) if framework.pid != *from => {
                log::warn!("ignored the deactivation of framework {framework} by {from}");
            }
            Some(framework) if !framework.is_connected => {
                log::info!("ignored the deactivation of framework {framework}: it is disconnected");
            }
            Some(_) => self.deactivate(ctx, id),
        }
    }

    fn deactivate(&mut self, ctx: &mut Context<Self>, id: &str) {
        let Some(framework) = self.frameworks.get_mut(id).filter(|it| it.is_active) else {
            return;
        };
        log::info!("deactivating framework {framework}");
        framework.is_active = false;
        self.allocator.set_framework_active(id, false);
        self.take_offers_back(ctx, id, true);
    }

    pub(super) fn unregister_framework(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: UnregisterFrameworkMessage,
    ) {
        self.metrics.messages_unregister_framework.increment();
        let id = &message.framework_id.value;
        match self.frameworks.get(id) {
            Some(framework) if framework.pid == *from => self.remove_framework(ctx, id),
            _ => log::warn!("ignored that {from} unregisters framework {id}, which it is not"),
        }
    }

    /// Ends a framework and all that it runs.
    pub(super) fn remove_framework(&mut self, ctx: &mut Context<Self>, id: &str) {
        let Some(framework) = self.frameworks.get_mut(id) else {
            return;
        };
        log::info!("removing framework {framework}");
        framework.is_active = false;
        self.take_offers_back(ctx, id, false);
        self.shut_down_framework(ctx, id);
        self.remove_tasks_of(ctx, id);
        self.remove_executors_of(id);
        self.allocator.remove_framework(id);
        if let Some(mut framework) = self.frameworks.remove(id) {
            framework.is_connected = false;
            framework.unregistered = Some(ctx.now());
            self.completed.push(framework);
        }
    }

    fn shut_down_framework(&self, ctx: &Context<Self>, id: &str) {
        for agent in self.agents.values() {
            Self::shut_down_framework_on(ctx, &agent.pid, &FrameworkID::from(id));
        }
    }

    /// Ends what an agent runs of a framework that is gone.
    pub(super) fn shut_down_framework_on(ctx: &Context<Self>, agent: &Upid, id: &FrameworkID) {
        let framework_id = id.clone().into();
        ctx.send_protobuf(
            agent,
            &ShutdownFrameworkMessage {
                framework_id,
                ..Default::default()
            },
        );
    }

    fn remove_tasks_of(&mut self, ctx: &Context<Self>, id: &str) {
        let Some(framework) = self.frameworks.get_mut(id) else {
            return;
        };
        let unreachable: Vec<_> = framework.unreachable.drain().collect();
        let tasks: Vec<_> = framework.tasks.keys().cloned().collect();
        let change = Change {
            state: TaskState::TASK_KILLED,
            reason: Reason::REASON_FRAMEWORK_REMOVED,
            message: format!("Framework {id} removed"),
        };
        for task in tasks {
            self.change_task(ctx, id, &task, &change);
            self.complete_task(id, &task);
        }
        let Some(framework) = self.frameworks.get_mut(id) else {
            return;
        };
        for mut task in unreachable {
            task.state = TaskState::TASK_KILLED;
            framework.completed.push(task);
        }
    }

    fn remove_executors_of(&mut self, framework: &str) {
        let agents: Vec<_> = self.agents.keys().cloned().collect();
        for agent in agents {
            self.remove_executors(&agent, framework);
        }
    }
}
