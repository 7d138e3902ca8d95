//! How agents come, and come back.

use libprocess::address::Upid;
use libprocess::process::{Context, Pid};
use libprocess::protobuf::ProtobufContext as _;

use super::Master;
use super::absence::{Fate, Removal};
use super::agent::Agent;
use super::observer::{Observer, State};
use super::updates::{Change, update_of};
use crate::messages::internal::{
    KillTaskMessage, MasterSlaveConnection, ReconcileTasksMessage, RegisterSlaveMessage,
    ReregisterSlaveMessage, ShutdownMessage, SlaveRegisteredMessage, SlaveReregisteredMessage,
    UnregisterSlaveMessage, UpdateFrameworkMessage, UpdateSlaveMessage,
};
use crate::messages::slave_info::Capability;
use crate::messages::task_status::Reason;
use crate::messages::{FrameworkID, SlaveID, SlaveInfo, TaskID};
use crate::resources::Resources;

impl Master {
    pub(super) fn install_registration(ctx: &mut Context<Self>) {
        ctx.install_protobuf(Self::register_agent);
        ctx.install_protobuf(Self::reregister_agent);
        ctx.install_protobuf(Self::unregister_agent);
        ctx.install_protobuf(Self::update_agent);
    }

    /// An agent that has no id wants one.
    fn register_agent(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: RegisterSlaveMessage,
    ) {
        self.metrics.messages_register_slave.increment();
        let info = message.slave.into_option().unwrap_or_default();
        log::info!(
            "received register agent message from {from} ({})",
            info.hostname
        );
        let version = message.version.unwrap_or_default();
        let total = match check_agent(&info, &version) {
            Ok(total) => total,
            Err(why) => return log::warn!("ignored the registration of agent at {from}: {why}"),
        };
        let known = self.agents.values().find(|it| it.pid == *from);
        if let Some(known) = known {
            let id = known.id().to_owned();
            if known.is_connected {
                log::info!("agent {known} asks once more");
                return self.confirm_agent(ctx, from, &id);
            }
            self.metrics.slave_removals_reason_registered.increment();
            let message = "a new agent registered at the same address".to_owned();
            self.remove_agent(
                ctx,
                &id,
                &Removal {
                    fate: Fate::Lost,
                    message,
                },
            );
        }
        let id = format!("{}-S{}", self.info.id, self.made.agents);
        self.made.agents += 1;
        let info = SlaveInfo {
            id: SlaveID::from(id.as_str()).into(),
            ..info
        };
        self.add_agent(ctx, from, info, total, version, &message.agent_capabilities);
        self.metrics.slave_registrations.increment();
        self.confirm_agent(ctx, from, &id);
    }

    fn add_agent(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        info: SlaveInfo,
        total: Resources,
        version: String,
        capabilities: &[Capability],
    ) {
        let id = info.id.value.clone();
        let Some(observer) = self.observe(ctx, from, &id) else {
            return;
        };
        let agent = Agent {
            info,
            pid: from.clone(),
            version,
            capabilities: capabilities.iter().filter_map(|it| it.r#type).collect(),
            total,
            is_connected: true,
            registered: ctx.now(),
            reregistered: None,
            registrations: 1,
            observer,
            tasks: Default::default(),
            executors: Default::default(),
            killed: Default::default(),
        };
        log::info!("registered agent {agent} with {}", agent.total);
        self.allocator
            .add_agent(&id, agent.total.clone(), agent.capabilities.clone());
        self.unreachable.remove(&id);
        self.agents.insert(id, agent);
        ctx.link(from);
        self.allocate_soon(ctx);
    }

    fn observe(&self, ctx: &Context<Self>, agent: &Upid, id: &str) -> Option<Pid<Observer>> {
        let observer = Observer {
            master: ctx.pid(),
            agent: agent.clone(),
            agent_id: id.to_owned(),
            interval: self.settings.agent_ping_timeout,
            most_timeouts: self.settings.max_agent_ping_timeouts,
            state: State::default(),
        };
        ctx.spawn(observer)
            .map_err(|error| log::error!("agent {id} is not observed: {error}"))
            .ok()
    }

    fn confirm_agent(&self, ctx: &Context<Self>, to: &Upid, id: &str) {
        let message = SlaveRegisteredMessage {
            slave_id: SlaveID::from(id).into(),
            connection: self.connection().into(),
            ..Default::default()
        };
        ctx.send_protobuf(to, &message);
    }

    fn connection(&self) -> MasterSlaveConnection {
        let silence = self.settings.agent_ping_timeout * self.settings.max_agent_ping_timeouts;
        let total_ping_timeout_seconds = Some(silence.as_secs_f64());
        MasterSlaveConnection {
            total_ping_timeout_seconds,
            ..Default::default()
        }
    }

    /// An agent that has an id was away.
    fn reregister_agent(
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
        let Some(agent) = self.agents.get(&info.id.value) else {
            return log::warn!(
                "ignored the reregistration of agent {} at {from}",
                info.id.value
            );
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
        match check_agent(info, message.version.as_deref().unwrap_or_default()) {
            Ok(total) => self.take_agent_back(ctx, from, &message, total),
            Err(why) => log::warn!("ignored the reregistration of agent at {from}: {why}"),
        }
    }

    fn take_agent_back(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: &ReregisterSlaveMessage,
        total: Resources,
    ) {
        self.metrics.slave_reregistrations.increment();
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
        let missing = self.tasks_missing_on(ctx, &id, message);
        let answer = SlaveReregisteredMessage {
            slave_id: SlaveID::from(id.as_str()).into(),
            reconciliations: missing,
            connection: self.connection().into(),
            ..Default::default()
        };
        ctx.send_protobuf(from, &answer);
        self.repeat_kills(ctx, &id);
        self.introduce_frameworks(ctx, from, message);
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
            if let Some(framework) = self.frameworks.get(&info.id.value) {
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

    /// An agent leaves for good.
    fn unregister_agent(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: UnregisterSlaveMessage,
    ) {
        self.metrics.messages_unregister_slave.increment();
        let id = &message.slave_id.value;
        let Some(agent) = self.agents.get(id).filter(|agent| agent.pid == *from) else {
            return log::warn!("ignored that {from} unregisters agent {id}, which it is not");
        };
        let hostname = &agent.info.hostname;
        let message = format!("Agent {hostname} removed: the agent unregistered");
        self.metrics.slave_removals_reason_unregistered.increment();
        self.remove_agent(
            ctx,
            id,
            &Removal {
                fate: Fate::Lost,
                message,
            },
        );
    }

    /// Says what resource providers and oversubscription changed, of which there are none here.
    fn update_agent(&mut self, _ctx: &mut Context<Self>, _from: &Upid, _: UpdateSlaveMessage) {
        self.metrics.messages_update_slave.increment();
    }
}

/// What an agent has, if what it says about itself makes sense.
fn check_agent(info: &SlaveInfo, version: &str) -> Result<Resources, String> {
    let mut numbers = version.split(['.', '-', '+']);
    match numbers.next().and_then(|major| major.parse::<u32>().ok()) {
        None => return Err(format!("its version '{version}' is none")),
        Some(0) => return Err(format!("its version {version} is older than 1.0.0")),
        Some(_) => {}
    }
    if info.hostname.is_empty() {
        return Err("it has no hostname".to_owned());
    }
    Resources::from_messages(&info.resources).map_err(|why| why.to_string())
}
