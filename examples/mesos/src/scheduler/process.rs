//! The process behind a driver: finding the master and registering with it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use libprocess::address::Upid;
use libprocess::clock::Timer;
use libprocess::future::Error;
use libprocess::primitive::random::Random;
use libprocess::process::{Context, Process};
use libprocess::protobuf::ProtobufContext;

use super::Scheduler;
use super::driver::{Builder, SchedulerDriver};
use crate::backoff::Backoff;
use crate::detector::Detector;
use crate::driver::Over;
use crate::messages::FrameworkInfo;
use crate::messages::internal::DeactivateFrameworkMessage;
use crate::messages::scheduler::{Call, call};
use crate::metrics::Added;

pub(super) struct SchedulerProcess {
    pub(super) scheduler: Box<dyn Scheduler>,
    pub(super) driver: SchedulerDriver,
    pub(super) framework: FrameworkInfo,
    pub(super) suppressed_roles: BTreeSet<String>,
    pub(super) implicit_acknowledgements: bool,
    pub(super) connected: bool,
    pub(super) master: Option<Upid>,
    /// Something was said of roles while no master listened.
    pub(super) update_framework: bool,
    /// Who holds what was offered, by offer and agent.
    pub(super) offered: BTreeMap<String, (String, Upid)>,
    /// Agents that run tasks of ours, to send framework messages to.
    pub(super) agents: BTreeMap<String, Upid>,
    detector: Box<dyn Detector>,
    /// Take over from whoever has our id: only until a master knew us once.
    failover: bool,
    backoff: Backoff,
    retry: Option<Timer>,
    random: Random,
    over: Option<Over>,
    metrics: Added,
}

impl SchedulerProcess {
    pub(super) fn new(
        builder: Builder,
        scheduler: Box<dyn Scheduler>,
        driver: SchedulerDriver,
        random: Random,
        over: Over,
    ) -> Self {
        let framework = builder.framework;
        Self {
            scheduler,
            driver,
            failover: !framework.id.value.is_empty(),
            backoff: backoff(&framework),
            framework,
            suppressed_roles: builder.suppressed_roles.into_iter().collect(),
            implicit_acknowledgements: builder.implicit_acknowledgements,
            connected: false,
            master: None,
            update_framework: false,
            offered: BTreeMap::new(),
            agents: BTreeMap::new(),
            detector: builder.detector,
            retry: None,
            random,
            over: Some(over),
            metrics: Added::default(),
        }
    }

    pub(super) fn stop(&mut self, ctx: &mut Context<Self>, failover: bool) {
        if self.connected && !failover {
            self.call(ctx, call::Type::TEARDOWN, |_| ());
        }
        self.over.take();
        ctx.terminate();
    }

    pub(super) fn abort(&mut self, ctx: &mut Context<Self>) {
        if self.connected
            && let Some(master) = &self.master
        {
            let message = DeactivateFrameworkMessage {
                framework_id: self.framework.id.clone(),
                ..Default::default()
            };
            ctx.send_protobuf(master, &message);
        }
        self.over.take();
    }

    /// Sends the master a call of this framework.
    pub(super) fn call(
        &self,
        ctx: &mut Context<Self>,
        kind: call::Type,
        fill: impl FnOnce(&mut Call),
    ) {
        let Some(master) = &self.master else { return };
        let mut call = Call {
            r#type: Some(kind),
            framework_id: self.framework.id.clone(),
            ..Default::default()
        };
        fill(&mut call);
        ctx.send_protobuf(master, &call);
    }

    /// The master knows us now; says what it missed.
    pub(super) fn connect(&mut self, ctx: &mut Context<Self>) {
        self.connected = true;
        self.failover = false;
        self.cancel_retry();
        if std::mem::take(&mut self.update_framework) {
            self.update_framework_now(ctx);
        }
    }

    /// Whether `from` leads and we are registered with it, so that its word counts.
    pub(super) fn listens_to(&self, from: &Upid) -> bool {
        if !self.driver.is_running() {
            return false;
        }
        let listens = self.connected && self.master.as_ref() == Some(from);
        if !listens {
            log::warn!("dropped a message of {from}, which is not our leading master");
        }
        listens
    }

    fn detect(&mut self, ctx: &mut Context<Self>) {
        let leader = self.detector.detect(self.master.as_ref());
        ctx.finally(leader, Self::detected);
    }

    fn detected(&mut self, ctx: &mut Context<Self>, leader: Result<Option<Upid>, Error>) {
        let leader = match leader {
            Ok(leader) => leader,
            Err(error) => return log::error!("cannot detect the master any more: {error}"),
        };
        self.disconnect();
        match &leader {
            Some(leader) => log::info!("new master detected at {leader}"),
            None => log::info!("no master detected"),
        }
        self.master = leader;
        self.register(ctx);
        self.detect(ctx);
    }

    /// The connection to the master means nothing any more.
    fn disconnect(&mut self) {
        self.cancel_retry();
        self.backoff = backoff(&self.framework);
        if std::mem::take(&mut self.connected) && self.driver.is_running() {
            self.scheduler.disconnected(&self.driver);
        }
    }

    /// Subscribes, and again after a while unless the master answered.
    fn register(&mut self, ctx: &mut Context<Self>) {
        if self.connected || !self.driver.is_running() {
            return;
        }
        let Some(master) = self.master.clone() else {
            return;
        };
        ctx.link(&master);
        let subscribe = call::Subscribe {
            framework_info: self.framework.clone().into(),
            suppressed_roles: self.suppressed_roles.iter().cloned().collect(),
            force: self.framework.id.is_set().then_some(self.failover),
            ..Default::default()
        };
        self.call(ctx, call::Type::SUBSCRIBE, |call| {
            call.subscribe = subscribe.into();
        });
        let delay = self.backoff.delay(&mut self.random);
        self.retry = Some(ctx.delay(delay, Self::register));
    }

    fn cancel_retry(&mut self) {
        if let Some(retry) = self.retry.take() {
            retry.cancel();
        }
    }
}

impl Process for SchedulerProcess {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install_protobuf(Self::registered);
        ctx.install_protobuf(Self::reregistered);
        ctx.install_protobuf(Self::resource_offers);
        ctx.install_protobuf(Self::rescind_offer);
        ctx.install_protobuf(Self::status_update);
        ctx.install_protobuf(Self::framework_message);
        ctx.install_protobuf(Self::lost_slave);
        ctx.install_protobuf(Self::exited_executor);
        ctx.install_protobuf(Self::framework_error);
        self.metrics = Added::to(ctx);
        self.metrics.add_event_queue(ctx, "scheduler");
        self.detect(ctx);
    }

    fn exited(&mut self, ctx: &mut Context<Self>, pid: &Upid) {
        // While not connected, the next attempt is on its way and links anew.
        if self.connected && self.master.as_ref() == Some(pid) {
            log::info!("lost the master at {pid}");
            self.disconnect();
            self.register(ctx);
        }
    }
}

/// How long to wait between attempts to register. A framework that fails over soon tries often.
fn backoff(framework: &FrameworkInfo) -> Backoff {
    let failover = framework.failover_timeout.unwrap_or_default() / 10.0;
    let cap = match Duration::try_from_secs_f64(failover) {
        Ok(tenth) if !tenth.is_zero() => tenth.min(LONGEST_BACKOFF),
        _ => LONGEST_BACKOFF,
    };
    Backoff::new(FIRST_BACKOFF, cap)
}

/// The original's `registration_backoff_factor`.
const FIRST_BACKOFF: Duration = Duration::from_secs(2);
const LONGEST_BACKOFF: Duration = Duration::from_secs(60);
