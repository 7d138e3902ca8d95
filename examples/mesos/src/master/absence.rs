//! How agents go: for a while, or for good.
//!
//! A broken connection says little: the agent is likely to be there, or back soon. It is offered no
//! longer, and told by the next ping to register again. Frameworks without checkpoints lose what
//! they have on it, since their executors end with their agent. An agent that is silent for too
//! long, or stays away, is unreachable, and so are its tasks.

use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext as _;

use super::Master;
use super::agent::resources_of;
use super::framework::Framework;
use super::updates::Change;
use crate::messages::framework_info::capability::Type as Capability;
use crate::messages::internal::LostSlaveMessage;
use crate::messages::task_status::Reason;
use crate::messages::{TaskState, TimeInfo};
use crate::states::is_over;

/// Why an agent is removed.
pub(super) struct Removal {
    /// What its tasks become.
    pub(super) fate: Fate,
    pub(super) message: String,
}

/// What becomes of the tasks of an agent that is removed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// They are lost.
    Lost,
    /// They may come back with the agent; frameworks that know no such state take them for lost.
    Unreachable,
}

impl Master {
    /// The connection to an agent broke.
    pub(super) fn agent_exited(&mut self, ctx: &mut Context<Self>, id: &str) {
        let Some(agent) = self.agents.get_mut(id) else {
            return;
        };
        log::info!("agent {agent} disconnected");
        agent.is_connected = false;
        agent.observer.tell(|observer, _| observer.disconnect());
        let (hostname, absence) = (agent.info.hostname.clone(), agent.registrations);
        self.allocator.set_agent_active(id, false);
        self.rescind_offers_of_agent(ctx, id);
        self.lose_what_is_not_checkpointed(ctx, id, &hostname);
        let (id, timeout) = (id.to_owned(), self.settings.agent_reregister_timeout);
        ctx.delay(timeout, move |master, ctx| {
            let agent = master.agents.get(&id);
            if agent.is_some_and(|it| !it.is_connected && it.registrations == absence) {
                let timeout = libprocess::time::format_duration(timeout);
                let why = format!("agent did not reregister within {timeout} after disconnecting");
                master.mark_unreachable(ctx, &id, why);
            }
        });
    }

    fn lose_what_is_not_checkpointed(&mut self, ctx: &Context<Self>, id: &str, hostname: &str) {
        let Some(agent) = self.agents.get(id) else {
            return;
        };
        let change = Change {
            state: TaskState::TASK_LOST,
            reason: Reason::REASON_SLAVE_DISCONNECTED,
            message: format!("Agent {hostname} disconnected"),
        };
        let is_bound = |framework: &str| {
            let framework = self.frameworks.get(framework);
            framework.is_some_and(|it| !it.info.checkpoint.unwrap_or_default())
        };
        let mut tasks: Vec<_> = agent.tasks.iter().cloned().collect();
        tasks.retain(|(framework, _)| is_bound(framework));
        let mut owners: Vec<_> = agent
            .executors
            .keys()
            .map(|(owner, _)| owner.clone())
            .collect();
        owners.retain(|owner| is_bound(owner));
        for (framework, task) in tasks {
            self.change_and_tell(ctx, &framework, &task, &change);
            self.complete_task(&framework, &task);
        }
        for owner in owners {
            self.remove_executors(id, &owner);
        }
    }

    /// An agent has failed to answer for too long.
    pub(super) fn agent_is_silent(&mut self, ctx: &mut Context<Self>, id: &str) {
        self.mark_unreachable(ctx, id, "health check timed out".to_owned());
    }

    fn mark_unreachable(&mut self, ctx: &mut Context<Self>, id: &str, message: String) {
        if !self.agents.contains_key(id) {
            return;
        }
        log::info!("marking agent {id} unreachable: {message}");
        self.metrics.slave_unreachable_scheduled.increment();
        self.metrics.slave_unreachable_completed.increment();
        self.metrics.slave_removals_reason_unhealthy.increment();
        self.unreachable.insert(id.to_owned(), ctx.now());
        self.remove_agent(
            ctx,
            id,
            &Removal {
                fate: Fate::Unreachable,
                message,
            },
        );
    }

    /// Forgets an agent and what ran there, and tells every framework.
    pub(super) fn remove_agent(&mut self, ctx: &mut Context<Self>, id: &str, removal: &Removal) {
        self.metrics.slave_removals.increment();
        self.allocator.set_agent_active(id, false);
        self.rescind_offers_of_agent(ctx, id);
        let Some(agent) = self.agents.get(id) else {
            return;
        };
        log::info!("removing agent {agent}: {}", removal.message);
        let (slave_id, observer) = (agent.agent_id(), agent.observer.clone());
        let tasks: Vec<_> = agent.tasks.iter().cloned().collect();
        let owners: Vec<_> = agent
            .executors
            .keys()
            .map(|(owner, _)| owner.clone())
            .collect();
        for (framework, task) in tasks {
            self.end_with_agent(ctx, &framework, &task, removal);
        }
        for owner in owners {
            self.remove_executors(id, &owner);
        }
        observer.terminate();
        self.agents.remove(id);
        self.allocator.remove_agent(id);
        let message = LostSlaveMessage {
            slave_id: slave_id.into(),
            ..Default::default()
        };
        for framework in self.frameworks.values().filter(|it| it.is_connected) {
            ctx.send_protobuf(&framework.pid, &message);
        }
    }

    fn end_with_agent(
        &mut self,
        ctx: &Context<Self>,
        framework_id: &str,
        task_id: &str,
        removal: &Removal,
    ) {
        let Some(framework) = self.frameworks.get(framework_id) else {
            return;
        };
        let was_over = framework
            .tasks
            .get(task_id)
            .is_none_or(|task| is_over(task.state));
        let change = Change {
            state: removal.fate.state_for(framework),
            reason: Reason::REASON_SLAVE_REMOVED,
            message: removal.message.clone(),
        };
        if was_over {
            return self.complete_task(framework_id, task_id);
        }
        if let Some(mut update) = self.change_task(ctx, framework_id, task_id, &change) {
            if removal.fate == Fate::Unreachable {
                let nanoseconds = i64::try_from(ctx.now().as_nanos()).unwrap_or(i64::MAX);
                let time = TimeInfo {
                    nanoseconds,
                    ..TimeInfo::default()
                };
                update.status.get_or_insert_default().unreachable_time = time.into();
            }
            self.tell_update(ctx, framework_id, update);
        }
        match removal.fate {
            Fate::Lost => self.complete_task(framework_id, task_id),
            Fate::Unreachable => self.shelve_task(framework_id, task_id),
        }
    }

    /// Forgets the executors of a framework on an agent.
    pub(super) fn remove_executors(&mut self, agent_id: &str, framework: &str) {
        let Some(agent) = self.agents.get_mut(agent_id) else {
            return;
        };
        let (gone, kept) = std::mem::take(&mut agent.executors)
            .into_iter()
            .partition(|((owner, _), _)| owner == framework);
        agent.executors = kept;
        let gone: std::collections::BTreeMap<_, _> = gone;
        for executor in gone.values() {
            self.allocator
                .recover(framework, agent_id, &resources_of(executor));
        }
    }
}

impl Fate {
    fn state_for(self, framework: &Framework) -> TaskState {
        match self {
            Self::Unreachable if framework.is(Capability::PARTITION_AWARE) => {
                TaskState::TASK_UNREACHABLE
            }
            Self::Lost | Self::Unreachable => TaskState::TASK_LOST,
        }
    }
}
