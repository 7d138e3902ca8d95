//! How agents come, and leave by choice.

use libprocess::address::Upid;
use libprocess::process::{Context, Pid};
use libprocess::protobuf::ProtobufContext as _;

use super::Master;
use super::absence::{Fate, Removal};
use super::agent::Agent;
use super::observer::{Observer, State};
use crate::messages::internal::{
    MasterSlaveConnection, RegisterSlaveMessage, SlaveRegisteredMessage, UnregisterSlaveMessage,
    UpdateSlaveMessage,
};
use crate::messages::slave_info::Capability;
use crate::messages::{SlaveID, SlaveInfo};
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
        let id = self.unused_agent_id();
        let info = SlaveInfo {
            id: SlaveID::from(id.as_str()).into(),
            ..info
        };
        self.add_agent(ctx, from, info, total, version, &message.agent_capabilities);
        self.metrics.slave_registrations.increment();
        self.confirm_agent(ctx, from, &id);
    }

    /// The next id, but for those that agents brought along.
    fn unused_agent_id(&mut self) -> String {
        loop {
            let id = format!("{}-S{}", self.info.id, self.made.agents);
            self.made.agents += 1;
            if !self.agents.contains_key(&id) {
                return id;
            }
        }
    }

    pub(super) fn add_agent(
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

    pub(super) fn connection(&self) -> MasterSlaveConnection {
        let silence = self.settings.agent_ping_timeout * self.settings.max_agent_ping_timeouts;
        let total_ping_timeout_seconds = Some(silence.as_secs_f64());
        MasterSlaveConnection {
            total_ping_timeout_seconds,
            ..Default::default()
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
pub(super) fn check_agent(info: &SlaveInfo, version: &str) -> Result<Resources, String> {
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
