//! How agents come back.
//!
//! An agent brings its id, and says what it runs. One that is known here was disconnected, and is
//! asked what became of tasks that it does not list. One that is not known was out of reach for too
//! long, or served another master: it is admitted under its id. Either way, tasks and executors
//! that only the agent knows are taken over as they are; a framework that nobody here knows is
//! recovered from what the agent says of it, and waits for its scheduler.

use libprocess::address::Upid;
use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext as _;

use super::Master;
use super::agent::resources_of as resources_of_executor;
use super::framework::{Framework, resources_of};
use super::registration::check_agent;
use super::updates::{Change, update_of};
use crate::ids;
use crate::messages::internal::{
    KillTaskMessage, ReconcileTasksMessage, ReregisterSlaveMessage, ShutdownMessage,
    SlaveReregisteredMessage, UpdateFrameworkMessage,
};
use crate::messages::task_status::Reason;
use crate::messages::{ExecutorInfo, FrameworkID, FrameworkInfo, SlaveID, Task, TaskID};
use crate::resources::{self, Resources};
use crate::states::is_over;

impl Master {
    /// An agent that has an id was away.
    pub(super) fn reregister_agent(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: ReregisterSlaveMessage,
    ) {
        self.metrics.messages_reregister_slave.increment();
        let info = &message.slave;
        log::info!(
            "received reregister agent message from {from} ({})",
            info.id.value
        );
        let total = match check_agent(info, message.version.as_deref().unwrap_or_default()) {
            Ok(total) => total,
            Err(why) => {
                return log::warn!("ignored the reregistration of agent at {from}: {why}");
            }
        };
        let Some(agent) = self.agents.get(&info.id.value) else {
            return self.readmit_agent(ctx, from, message, total);
        };
        let has_moved = agent.pid.address().ip() != from.address().ip();
        if has_moved || agent.info.hostname != info.hostname {
            let text = "Agent attempted to reregister with different IP / hostname".to_owned();
            log::warn!(
                "agent {agent} came back as {from} ({}): {text}",
                info.hostname
            );
            let message = ShutdownMessage {
                message: Some(text),
                ..Default::default()
            };
            return ctx.send_protobuf(from, &message);
        }
        self.take_agent_back(ctx, from, &message, total);
    }

    /// Admits an agent under the id that it brings.
    fn readmit_agent(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: ReregisterSlaveMessage,
        total: Resources,
    ) {
        let info = (*message.slave).clone();
        let id = info.id.value.clone();
        if let Err(why) = ids::check(&id) {
            return log::warn!("ignored the reregistration of agent at {from}: {why}");
        }
        let why = match self.unreachable.contains_key(&id) {
            // The spelling is theirs.
            true => "Unreachable agent re-reregistered",
            false => "Unknown agent reregistered",
        };
        log::info!(
            "agent {id} at {from} is taken over with {} tasks",
            message.tasks.len()
        );
        let version = message.version.clone().unwrap_or_default();
        self.add_agent(ctx, from, info, total, version, &message.agent_capabilities);
        if let Some(agent) = self.agents.get_mut(&id) {
            agent.reregistered = Some(ctx.now());
        }
        self.adopt(ctx, &id, &message, why);
        self.welcome_back(ctx, from, &message, Vec::new());
    }

    fn take_agent_back(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: &ReregisterSlaveMessage,
        total: Resources,
    ) {
        let id = message.slave.id.value.clone();
        let now = ctx.now();
        let Some(agent) = self.agents.get_mut(&id) else {
            return;
        };
        log::info!("agent {agent} is back");
        let has_changed = agent.total != total;
        agent.info = (*message.slave).clone();
        agent.total = total.clone();
        agent.pid = from.clone();
        agent.is_connected = true;
        agent.reregistered = Some(now);
        agent.registrations += 1;
        agent.version = message.version.clone().unwrap_or_default();
        agent.capabilities = message
            .agent_capabilities
            .iter()
            .filter_map(|it| it.r#type)
            .collect();
        let pid = from.clone();
        agent
            .observer
            .tell(move |observer, _| observer.reconnect(pid));
        self.allocator.set_agent_active(&id, true);
        if has_changed {
            self.allocator.update_agent(&id, total);
            self.rescind_offers_of_agent(ctx, &id);
        }
        ctx.reconnect(from);
        self.forget_executors_missing_on(&id, message);
        self.adopt(ctx, &id, message, "Agent reregistered");
        let missing = self.tasks_missing_on(ctx, &id, message);
        self.welcome_back(ctx, from, message, missing);
        self.repeat_kills(ctx, &id);
    }

    fn welcome_back(
        &mut self,
        ctx: &mut Context<Self>,
        to: &Upid,
        message: &ReregisterSlaveMessage,
        reconciliations: Vec<ReconcileTasksMessage>,
    ) {
        self.metrics.slave_reregistrations.increment();
        let answer = SlaveReregisteredMessage {
            slave_id: SlaveID::from(message.slave.id.value.as_str()).into(),
            reconciliations,
            connection: self.connection().into(),
            ..Default::default()
        };
        ctx.send_protobuf(to, &answer);
        self.introduce_frameworks(ctx, to, message);
        self.allocate_soon(ctx);
    }

    /// Takes over what an agent runs and nobody here knows, and tells the frameworks why.
    fn adopt(
        &mut self,
        ctx: &Context<Self>,
        agent: &str,
        message: &ReregisterSlaveMessage,
        why: &str,
    ) {
        for info in &message.frameworks {
            self.recover_framework(ctx, info);
        }
        for executor in &message.executor_infos {
            self.adopt_executor(agent, executor.clone());
        }
        for task in &message.tasks {
            self.adopt_task(ctx, agent, task.clone(), why);
        }
    }

    /// Makes room for a framework that has not come yet.
    fn recover_framework(&mut self, ctx: &Context<Self>, info: &FrameworkInfo) {
        let id = &info.id.value;
        let is_gone = self.completed.iter().any(|gone| gone.id() == id);
        if ids::check(id).is_err() || is_gone || self.frameworks.contains_key(id) {
            return;
        }
        log::info!("recovering framework {id} ({})", info.name);
        let framework = Framework::recovered(info.clone(), ctx.now(), &self.settings);
        let (roles, capabilities) = (framework.roles(), framework.capabilities());
        self.allocator
            .put_framework(id, roles, Default::default(), capabilities);
        self.frameworks.insert(id.clone(), framework);
    }

    fn adopt_executor(&mut self, agent_id: &str, mut executor: ExecutorInfo) {
        let framework_id = executor.framework_id.value.clone();
        let Some(role) = self.role_of(&framework_id) else {
            return;
        };
        let Some(agent) = self.agents.get_mut(agent_id) else {
            return;
        };
        let key = (framework_id.clone(), executor.executor_id.value.clone());
        if agent.executors.contains_key(&key) {
            return;
        }
        resources::allocate(&mut executor.resources, &role);
        let used = resources_of_executor(&executor);
        agent.executors.insert(key, executor);
        self.allocator.charge(&framework_id, agent_id, &used);
    }

    fn adopt_task(&mut self, ctx: &Context<Self>, agent_id: &str, mut task: Task, why: &str) {
        let (framework_id, task_id) = (task.framework_id.value.clone(), task.task_id.value.clone());
        let Some(role) = self.role_of(&framework_id) else {
            return;
        };
        let Some(framework) = self.frameworks.get_mut(&framework_id) else {
            return;
        };
        if let Some(known) = framework.tasks.get(&task_id) {
            if known.slave_id.value != agent_id {
                log::error!("task {task_id} of framework {framework_id} runs on two agents");
            }
            return;
        }
        let is_same = |it: &Task| it.task_id.value == task_id && it.slave_id.value == agent_id;
        framework.unreachable.remove(is_same);
        framework.completed.remove(is_same);
        task.slave_id = SlaveID::from(agent_id).into();
        resources::allocate(&mut task.resources, &role);
        if !is_over(task.state) {
            self.allocator
                .charge(&framework_id, agent_id, &resources_of(&task));
        }
        if let Some(agent) = self.agents.get_mut(agent_id) {
            agent.tasks.insert((framework_id.clone(), task_id.clone()));
        }
        let (state, reason) = (task.state, Reason::REASON_SLAVE_REREGISTERED);
        let change = Change {
            state,
            reason,
            message: why.to_owned(),
        };
        let update = update_of(&task, &change, ctx.now());
        framework.tasks.insert(task_id, task);
        self.tell_update(ctx, &framework_id, update);
    }

    /// A role of a framework, for resources that say none.
    fn role_of(&self, framework: &str) -> Option<String> {
        self.frameworks.get(framework)?.roles().into_iter().next()
    }

    /// Forgets executors that the master has on an agent, and the agent has not.
    fn forget_executors_missing_on(&mut self, agent_id: &str, message: &ReregisterSlaveMessage) {
        let Some(agent) = self.agents.get_mut(agent_id) else {
            return;
        };
        agent.executors.retain(|(framework, id), executor| {
            let is_there = message
                .executor_infos
                .iter()
                .any(|it| it.framework_id.value == *framework && it.executor_id.value == *id);
            if !is_there {
                self.allocator
                    .recover(framework, agent_id, &resources_of_executor(executor));
            }
            is_there
        });
    }

    /// Tasks that the master has on an agent, and the agent has not.
    fn tasks_missing_on(
        &self,
        ctx: &Context<Self>,
        agent: &str,
        message: &ReregisterSlaveMessage,
    ) -> Vec<ReconcileTasksMessage> {
        let Some(agent) = self.agents.get(agent) else {
            return Vec::new();
        };
        let mut missing: Vec<ReconcileTasksMessage> = Vec::new();
        for (framework_id, task_id) in &agent.tasks {
            let is_there = message.tasks.iter().any(|task| {
                task.framework_id.value == *framework_id && task.task_id.value == *task_id
            });
            let framework = self.frameworks.get(framework_id);
            let task = framework
                .and_then(|it| it.tasks.get(task_id))
                .filter(|_| !is_there);
            let Some(task) = task else { continue };
            let change = Change {
                state: task.state,
                reason: Reason::REASON_RECONCILIATION,
                message: "Reconciliation: task unknown to the agent".to_owned(),
            };
            let status = update_of(task, &change, ctx.now()).status.into_option();
            match missing
                .last_mut()
                .filter(|it| it.framework_id.value == *framework_id)
            {
                Some(last) => last.statuses.extend(status),
                None => missing.push(ReconcileTasksMessage {
                    framework_id: FrameworkID::from(framework_id.as_str()).into(),
                    statuses: status.into_iter().collect(),
                    framework: framework.map(|it| it.info.clone()).into(),
                    ..Default::default()
                }),
            }
        }
        missing
    }

    /// Kills once more what was to be killed while the agent was away.
    fn repeat_kills(&self, ctx: &Context<Self>, agent: &str) {
        let Some(agent) = self.agents.get(agent) else {
            return;
        };
        for (framework, task) in &agent.killed {
            let message = KillTaskMessage {
                framework_id: FrameworkID::from(framework.as_str()).into(),
                task_id: TaskID::from(task.as_str()).into(),
                ..Default::default()
            };
            ctx.send_protobuf(&agent.pid, &message);
        }
    }

    /// Tells an agent where the frameworks are that it runs tasks of, and which are gone.
    fn introduce_frameworks(
        &self,
        ctx: &Context<Self>,
        to: &Upid,
        message: &ReregisterSlaveMessage,
    ) {
        for info in &message.frameworks {
            let framework = self.frameworks.get(&info.id.value);
            if let Some(framework) = framework.filter(|it| !it.is_recovered) {
                let message = UpdateFrameworkMessage {
                    framework_id: info.id.clone(),
                    pid: Some(framework.pid.to_string()),
                    framework_info: framework.info.clone().into(),
                    ..Default::default()
                };
                ctx.send_protobuf(to, &message);
            } else if self.completed.iter().any(|gone| gone.id() == info.id.value) {
                Self::shut_down_framework_on(ctx, to, &info.id);
            }
        }
    }
}
