//! Registering with the master, and noticing that it is gone.

use std::time::Duration;

use libprocess::address::Upid;
use libprocess::clock::Timer;
use libprocess::future::Error;
use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext;
use libprocess::time::{format_duration, mins, secs};

use super::{Agent, Config};
use crate::backoff::{self, Backoff};
use crate::detector::Detector;
use crate::messages::internal::{
    MasterSlaveConnection, PingSlaveMessage, PongSlaveMessage, RegisterSlaveMessage,
    ReregisterSlaveMessage, ShutdownMessage, SlaveRegisteredMessage, SlaveReregisteredMessage,
    UnregisterSlaveMessage, UpdateSlaveMessage, update_slave_message,
};
use crate::messages::slave_info::{Capability, capability};
use crate::messages::task_status::Reason;
use crate::messages::{SlaveID, TaskStatus, UUID};
use crate::uuid;
use crate::version::VERSION;

/// Where an agent stands with its master.
pub(super) struct Registration {
    detector: Box<dyn Detector>,
    master: Option<Upid>,
    is_registered: bool,
    first_backoff: Duration,
    backoff: Backoff,
    retry: Option<Timer>,
    /// Rings when no ping came for too long.
    silence: Option<Timer>,
    ping_timeout: Duration,
    /// Names what the agent had to offer when it started: the master repeats it.
    resource_version: Option<UUID>,
}

impl Registration {
    pub(super) fn new(detector: Box<dyn Detector>, config: &Config) -> Self {
        Self {
            detector,
            master: None,
            is_registered: false,
            first_backoff: config.registration_backoff,
            backoff: retries(config.registration_backoff),
            retry: None,
            silence: None,
            ping_timeout: DEFAULT_PING_TIMEOUT,
            resource_version: None,
        }
    }

    pub(super) fn master(&self) -> Option<&Upid> {
        self.master.as_ref()
    }

    pub(super) fn is_registered(&self) -> bool {
        self.is_registered
    }
}

impl Agent {
    pub(super) fn install_registration(&mut self, ctx: &mut Context<Self>) {
        let version = UUID {
            value: uuid::bytes(&mut self.random),
            ..Default::default()
        };
        self.registration.resource_version = Some(version);
        ctx.install_protobuf(Self::registered);
        ctx.install_protobuf(Self::reregistered);
        ctx.install_protobuf(Self::pinged);
        ctx.install_protobuf(Self::told_to_shut_down);
    }

    pub(super) fn detect(&mut self, ctx: &mut Context<Self>) {
        let leader = self
            .registration
            .detector
            .detect(self.registration.master.as_ref());
        ctx.finally(leader, Self::detected);
    }

    fn detected(&mut self, ctx: &mut Context<Self>, leader: Result<Option<Upid>, Error>) {
        let leader = match leader {
            Ok(leader) => leader,
            Err(error) => return log::error!("cannot detect the master any more: {error}"),
        };
        match &leader {
            Some(leader) => log::info!("new master detected at {leader}"),
            None => log::info!("lost the leading master"),
        }
        self.registration.master = leader;
        self.lose_master(ctx);
        self.detect(ctx);
    }

    /// Whatever the master knew of us, it has to be told anew.
    pub(super) fn lose_master(&mut self, ctx: &mut Context<Self>) {
        self.registration.is_registered = false;
        self.updates.pause();
        for timer in [
            self.registration.retry.take(),
            self.registration.silence.take(),
        ] {
            timer.map(|timer| timer.cancel());
        }
        if self.is_terminating || self.registration.master.is_none() {
            return;
        }
        self.registration.backoff = retries(self.registration.first_backoff);
        let delay = backoff::up_to(self.registration.first_backoff, &mut self.random);
        self.registration.retry = Some(ctx.delay(delay, Self::register));
    }

    /// Whether the word of `from` counts: that of the leading master does.
    pub(super) fn obeys(&self, from: &Upid) -> bool {
        let obeys = self.registration.master.as_ref() == Some(from);
        if !obeys {
            log::warn!("ignored a message of {from}, which is not the leading master");
        }
        obeys
    }

    /// Sends `message` to the master, if there is one.
    pub(super) fn tell_master<M: libprocess::protobuf::Message>(
        &self,
        ctx: &mut Context<Self>,
        message: &M,
    ) {
        if let Some(master) = &self.registration.master {
            ctx.send_protobuf(master, message);
        }
    }

    pub(super) fn unregister(&mut self, ctx: &mut Context<Self>) {
        if let (true, Some(id)) = (self.registration.is_registered, self.id().cloned()) {
            let message = UnregisterSlaveMessage {
                slave_id: id.into(),
                ..Default::default()
            };
            self.tell_master(ctx, &message);
        }
    }

    fn register(&mut self, ctx: &mut Context<Self>) {
        if self.registration.is_registered || self.is_terminating {
            return;
        }
        let Some(master) = self.registration.master.clone() else {
            return;
        };
        ctx.link(&master);
        let version = Some(VERSION.to_owned());
        let resource_version_uuid = self.registration.resource_version.clone().into();
        let agent_capabilities = capabilities();
        if self.id().is_some() {
            let message = ReregisterSlaveMessage {
                slave: self.info.clone().into(),
                executor_infos: self.known_executors(),
                tasks: self.known_tasks(),
                frameworks: self
                    .frameworks
                    .values()
                    .map(|known| known.info.clone())
                    .collect(),
                version,
                agent_capabilities,
                resource_version_uuid,
                ..Default::default()
            };
            ctx.send_protobuf(&master, &message);
        } else {
            let message = RegisterSlaveMessage {
                slave: self.info.clone().into(),
                version,
                agent_capabilities,
                resource_version_uuid,
                ..Default::default()
            };
            ctx.send_protobuf(&master, &message);
        }
        let delay = self.registration.backoff.delay(&mut self.random);
        self.registration.retry = Some(ctx.delay(delay, Self::register));
    }

    fn registered(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: SlaveRegisteredMessage,
    ) {
        if !self.obeys(from) || !self.accept_id(ctx, &message.slave_id) {
            return;
        }
        log::info!(
            "registered with master {from}; given agent id {}",
            message.slave_id.value
        );
        self.begin_service(ctx, &message.connection);
    }

    fn reregistered(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: SlaveReregisteredMessage,
    ) {
        if !self.obeys(from) || !self.accept_id(ctx, &message.slave_id) {
            return;
        }
        log::info!("reregistered with master {from}");
        self.begin_service(ctx, &message.connection);
        // The master lists tasks that it misses on our side.
        for reconciliation in message.reconciliations {
            let framework = &reconciliation.framework_id.value;
            for status in &reconciliation.statuses {
                self.answer_for_unknown(ctx, framework, status);
            }
        }
    }

    fn answer_for_unknown(
        &mut self,
        ctx: &mut Context<Self>,
        framework: &str,
        status: &TaskStatus,
    ) {
        let task = &status.task_id.value;
        let known = self
            .frameworks
            .get_mut(framework)
            .and_then(|known| known.executor_of(task));
        if known.is_none() {
            let reason = Reason::REASON_RECONCILIATION;
            let message = "Reconciliation: task unknown to the agent";
            self.report_dropped(ctx, framework, task, reason, message);
        }
    }

    /// False if the master gave an agent that has an id another one, which is fatal.
    fn accept_id(&mut self, ctx: &mut Context<Self>, id: &SlaveID) -> bool {
        if self.id().is_some_and(|ours| ours.value != id.value) {
            log::error!(
                "the master calls this agent {}, which has another id",
                id.value
            );
            self.shut_down(ctx);
            return false;
        }
        self.info.id = id.clone().into();
        !self.is_terminating
    }

    fn begin_service(&mut self, ctx: &mut Context<Self>, connection: &MasterSlaveConnection) {
        let timeout = connection.total_ping_timeout_seconds.unwrap_or_default();
        self.registration.ping_timeout = Duration::try_from_secs_f64(timeout)
            .ok()
            .filter(|timeout| !timeout.is_zero())
            .unwrap_or(DEFAULT_PING_TIMEOUT);
        self.await_ping(ctx);
        if self.registration.is_registered {
            return; // The master repeats itself.
        }
        self.registration.is_registered = true;
        self.registration.retry.take().map(|retry| retry.cancel());
        let update = UpdateSlaveMessage {
            slave_id: self.info.id.clone(),
            update_oversubscribed_resources: Some(false),
            resource_version_uuid: self.registration.resource_version.clone().into(),
            operations: update_slave_message::Operations::default().into(),
            resource_providers: update_slave_message::ResourceProviders::default().into(),
            ..Default::default()
        };
        self.tell_master(ctx, &update);
        self.updates.resume(ctx.now());
        self.forward(ctx);
    }

    /// Answered in whatever state: the master wants to know that we are there.
    fn pinged(&mut self, ctx: &mut Context<Self>, from: &Upid, message: PingSlaveMessage) {
        ctx.send_protobuf(from, &PongSlaveMessage::default());
        if self.registration.is_registered && !message.connected {
            log::warn!("the master saw the link to this agent break");
            self.lose_master(ctx);
        } else if self.registration.is_registered {
            self.await_ping(ctx);
        }
    }

    fn await_ping(&mut self, ctx: &mut Context<Self>) {
        let timeout = self.registration.ping_timeout;
        let silence = ctx.delay(timeout, move |agent, ctx| {
            log::warn!("no ping of the master within {}", format_duration(timeout));
            agent.lose_master(ctx);
        });
        self.registration
            .silence
            .replace(silence)
            .map(|silence| silence.cancel());
    }

    fn told_to_shut_down(
        &mut self,
        ctx: &mut Context<Self>,
        from: &Upid,
        message: ShutdownMessage,
    ) {
        if self.obeys(from) {
            let why = message.message.as_deref().unwrap_or("no reason given");
            log::info!("asked by {from} to shut down: {why}");
            self.shut_down(ctx);
        }
    }
}

/// The first retry waits for up to twice as long as the first attempt.
fn retries(first: Duration) -> Backoff {
    Backoff::new(first * 2, LONGEST_BACKOFF)
}

pub(super) fn capabilities() -> Vec<Capability> {
    use capability::Type;
    let types = [
        Type::MULTI_ROLE,
        Type::HIERARCHICAL_ROLE,
        Type::RESERVATION_REFINEMENT,
        Type::RESOURCE_PROVIDER,
    ];
    let capability = |kind| Capability {
        r#type: Some(kind),
        ..Default::default()
    };
    types.map(capability).into()
}

const DEFAULT_PING_TIMEOUT: Duration = secs(75);
const LONGEST_BACKOFF: Duration = mins(1);
