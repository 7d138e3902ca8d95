//! How frameworks come, and come back.

use std::collections::BTreeSet;

use libprocess::address::Upid;
use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext as _;

use super::Master;
use super::framework::Framework;
use crate::messages::internal::{
    FrameworkRegisteredMessage, FrameworkReregisteredMessage, UpdateFrameworkMessage,
};
use crate::messages::scheduler::call::Subscribe;
use crate::messages::{FrameworkID, FrameworkInfo};
use crate::validation;

impl Master {
    /// A scheduler wants to be a framework: a new one if it has no id, else the one of that id.
    pub(super) fn subscribe(&mut self, ctx: &mut Context<Self>, from: &Upid, call: Subscribe) {
        let info = call.framework_info.into_option().unwrap_or_default();
        let is_new = info.id.value.is_empty();
        match is_new {
            true => self.metrics.messages_register_framework.increment(),
            false => self.metrics.messages_reregister_framework.increment(),
        }
        log::info!(
            "received SUBSCRIBE call for framework '{}' at {from}",
            info.name
        );
        let suppressed = call.suppressed_roles.into_iter().collect();
        if let Err(why) = self.check_subscription(&info, &suppressed) {
            return Self::refuse(ctx, from, why);
        }
        if is_new {
            self.subscribe_new(ctx, from, info, suppressed);
        } else {
            let force = call.force.unwrap_or_default();
            self.subscribe_again(ctx, from, info, suppressed, force);
        }
    }

    fn check_subscription(
        &self,
        info: &FrameworkInfo,
        suppressed: &BTreeSet<String>,
    ) -> Result<(), String> {
        validation::check_framework(info)?;
        let roles = validation::roles_of(info);
        if let Some(role) = suppressed.difference(&roles).next() {
            return Err(format!(
                "Suppressed role '{role}' is not contained in the list of roles"
            ));
        }
        if self.completed.iter().any(|gone| gone.id() == info.id.value) {
            return Err("Framework has been removed".to_owned());
        }
        let known = self.frameworks.get(&info.id.value);
        if known.is_some_and(|known| known.info.principal != info.principal) {
            return Err("Changing framework's principal is not allowed.".to_owned());
        }
        Ok(())
    }

    fn subscribe_new(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        mut info: FrameworkInfo,
        suppressed: BTreeSet<String>,
    ) {
        let known = self
            .frameworks
            .values()
            .find(|it| it.is_connected && it.pid == *from);
        if let Some(known) = known {
            log::info!("framework {known} asks once more");
            return self.confirm(ctx, from, known.framework_id());
        }
        info.id = FrameworkID::from(self.unused_framework_id()).into();
        self.add_framework(ctx, from, info, suppressed);
    }

    /// The next id, but for those that frameworks brought along.
    fn unused_framework_id(&mut self) -> String {
        loop {
            let id = format!("{}-{:04}", self.info.id, self.made.frameworks);
            self.made.frameworks += 1;
            if !self.frameworks.contains_key(&id) {
                return id;
            }
        }
    }

    fn subscribe_again(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        info: FrameworkInfo,
        suppressed: BTreeSet<String>,
        force: bool,
    ) {
        let id = info.id.value.clone();
        let mut others = self.frameworks.values().filter(|it| it.id() != id);
        if others.any(|other| other.is_connected && other.pid == *from) {
            return log::error!("ignored SUBSCRIBE of {id}: another framework is at {from}");
        }
        let Some(known) = self.frameworks.get(&id) else {
            // Another master knew it.
            return self.add_framework(ctx, from, info, suppressed);
        };
        let (old, was_connected) = (known.pid.clone(), known.is_connected);
        let has_moved = old != *from;
        let was_recovered = known.is_recovered;
        if has_moved && !force && !was_recovered {
            return Self::refuse(ctx, from, "Framework failed over".to_owned());
        }
        if has_moved && was_connected {
            Self::refuse(ctx, &old, "Framework failed over".to_owned());
        }
        self.take_offers_back(ctx, &id, !force);
        self.update_framework(ctx, from, info, suppressed);
        if force || was_recovered {
            self.confirm(ctx, from, FrameworkID::from(id));
        } else {
            let message = FrameworkReregisteredMessage {
                framework_id: FrameworkID::from(id).into(),
                master_info: self.info.clone().into(),
                ..Default::default()
            };
            ctx.send_protobuf(from, &message);
        }
    }

    fn add_framework(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        info: FrameworkInfo,
        suppressed: BTreeSet<String>,
    ) {
        let framework = Framework::new(info, from.clone(), ctx.now(), &self.settings);
        log::info!("adding framework {framework}");
        let id = framework.id().to_owned();
        let (roles, capabilities) = (framework.roles(), framework.capabilities());
        self.allocator
            .put_framework(&id, roles, suppressed, capabilities);
        self.allocator.set_framework_active(&id, true);
        // First the link: what is sent before goes over a connection of its own, and offers could
        // overtake the confirmation.
        ctx.link(from);
        self.confirm(ctx, from, framework.framework_id());
        self.frameworks.insert(id, framework);
        self.allocate_soon(ctx);
    }

    /// Takes over what a framework says about itself now, but for what may not change, and where
    /// it is.
    fn update_framework(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        mut info: FrameworkInfo,
        suppressed: BTreeSet<String>,
    ) {
        let id = info.id.value.clone();
        let Some(framework) = self.frameworks.get_mut(&id) else {
            return;
        };
        info.user = framework.info.user.clone();
        info.checkpoint = framework.info.checkpoint;
        framework.info = info;
        framework.pid = from.clone();
        framework.is_connected = true;
        framework.is_recovered = false;
        framework.is_active = true;
        framework.reregistered = ctx.now();
        framework.subscriptions += 1;
        log::info!("framework {framework} is back");
        let (roles, capabilities) = (framework.roles(), framework.capabilities());
        self.allocator
            .put_framework(&id, roles, suppressed, capabilities);
        self.allocator.set_framework_active(&id, true);
        ctx.reconnect(from);
        let message = UpdateFrameworkMessage {
            framework_id: framework.framework_id().into(),
            pid: Some(from.to_string()),
            framework_info: framework.info.clone().into(),
            ..Default::default()
        };
        for agent in self.agents.values() {
            ctx.send_protobuf(&agent.pid, &message);
        }
        self.allocate_soon(ctx);
    }

    fn confirm(&self, ctx: &Context<Self>, to: &Upid, framework_id: FrameworkID) {
        let message = FrameworkRegisteredMessage {
            framework_id: framework_id.into(),
            master_info: self.info.clone().into(),
            ..Default::default()
        };
        ctx.send_protobuf(to, &message);
    }
}
