//! The master: it offers the resources of agents to frameworks, and brings their tasks there.
//!
//! It is one process, `master`, that keeps no thread waiting and no lock: everything that happens
//! is a message to it. Frameworks say what they want, agents report, and both are linked, so that
//! the master learns of a broken connection.
//!
//! # Who owns what
//!
//! A framework owns its tasks, and an agent knows which run on it. Resources have their book in the
//! allocator: what is offered or used is charged there, and recovered exactly once, when an offer
//! is gone, when a task is over (not when that is acknowledged) or unreachable, when an executor is
//! gone.
//!
//! # Time
//!
//! Timers are never cancelled here. Each knows which absence or offer it was set for, and finds,
//! when it goes off, whether that is still so.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use libprocess::address::Upid;
use libprocess::primitive::random::Random;
use libprocess::process::{Context, Process};
use libprocess::protobuf::{Message, ProtobufContext as _};
use libprocess::time::Time;

use self::agent::Agent;
use self::allocator::Allocator;
use self::framework::{Bounded, Framework};
use self::metrics::Metrics;
use self::offers::Outstanding;
use crate::messages::internal::FrameworkErrorMessage;
use crate::messages::{Address, MasterInfo};
use crate::uuid;
use crate::version::VERSION;

mod absence;
mod agent;
mod allocator;
mod calls;
mod executors;
mod framework;
mod http;
mod kill;
mod launch;
mod leaving;
mod metrics;
mod observer;
mod offers;
mod readmission;
mod reconcile;
mod registration;
mod state;
mod subscription;
mod updates;

/// What a master can be told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// What this machine is called.
    pub hostname: String,
    /// How often free resources are offered.
    pub allocation_interval: Duration,
    /// How often an agent is asked whether it lives.
    pub agent_ping_timeout: Duration,
    /// How many times it may fail to answer.
    pub max_agent_ping_timeouts: u32,
    /// How long an agent may be disconnected.
    pub agent_reregister_timeout: Duration,
    /// How many frameworks that are gone are remembered.
    pub max_completed_frameworks: usize,
    /// How many tasks of each framework that are over are remembered.
    pub max_completed_tasks_per_framework: usize,
    /// How many tasks of each framework that are unreachable are remembered.
    pub max_unreachable_tasks_per_framework: usize,
    /// What `/state` shows as flags.
    pub flags: BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hostname: "localhost".to_owned(),
            allocation_interval: Duration::from_secs(1),
            agent_ping_timeout: Duration::from_secs(15),
            max_agent_ping_timeouts: 5,
            agent_reregister_timeout: Duration::from_secs(600),
            max_completed_frameworks: 50,
            max_completed_tasks_per_framework: 1000,
            max_unreachable_tasks_per_framework: 1000,
            flags: BTreeMap::new(),
        }
    }
}

/// The master, to be spawned as [`ID`].
#[doc(alias = "mesos::internal::master::Master")]
pub struct Master {
    settings: Settings,
    info: MasterInfo,
    started: Time,
    random: Random,
    allocator: Allocator,
    /// Whether a run of the allocator is queued.
    will_allocate: bool,
    frameworks: BTreeMap<String, Framework>,
    completed: Bounded<Framework>,
    agents: BTreeMap<String, Agent>,
    /// Agents that were silent for too long, and since when.
    unreachable: BTreeMap<String, Time>,
    offers: BTreeMap<String, Outstanding>,
    made: Made,
    metrics: Metrics,
}

/// How many ids of each kind were given.
#[derive(Default)]
struct Made {
    frameworks: u64,
    offers: u64,
    agents: u64,
}

/// The id of the process.
pub const ID: &str = "master";

impl Master {
    /// A master that knows nobody yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            info: MasterInfo::default(),
            started: Time::EPOCH,
            random: Random::new(0),
            allocator: Allocator::default(),
            will_allocate: false,
            frameworks: BTreeMap::new(),
            completed: Bounded::new(settings.max_completed_frameworks),
            agents: BTreeMap::new(),
            unreachable: BTreeMap::new(),
            offers: BTreeMap::new(),
            made: Made::default(),
            metrics: Metrics::default(),
            settings,
        }
    }

    fn install_handlers(ctx: &mut Context<Self>) {
        Self::install_calls(ctx);
        Self::install_registration(ctx);
        ctx.install_protobuf(Self::status_update);
        ctx.install_protobuf(Self::executor_to_framework);
        ctx.install_protobuf(Self::exited_executor);
    }

    fn describe(&self, ctx: &Context<Self>, id: String) -> MasterInfo {
        let address = ctx.upid().address();
        let hostname = Some(self.settings.hostname.clone());
        MasterInfo {
            id,
            // Network order, read as the machine's own, as Mesos does it.
            ip: match address.ip() {
                IpAddr::V4(ip) => u32::from_ne_bytes(ip.octets()),
                IpAddr::V6(_) => 0,
            },
            port: address.port().into(),
            pid: Some(ctx.upid().to_string()),
            hostname: hostname.clone(),
            version: Some(VERSION.to_owned()),
            address: Address {
                hostname,
                ip: Some(address.ip().to_string()),
                port: address.port().into(),
                ..Address::default()
            }
            .into(),
            ..MasterInfo::default()
        }
    }

    /// Tells a framework something, if it is there.
    fn tell<M: Message>(&self, ctx: &Context<Self>, framework: &str, message: &M) {
        if let Some(framework) = self.frameworks.get(framework).filter(|it| it.is_connected) {
            ctx.send_protobuf(&framework.pid, message);
        }
    }

    /// Tells a scheduler that it is refused, which ends its driver.
    fn refuse(ctx: &Context<Self>, to: &Upid, message: String) {
        log::info!("refusing framework at {to}: {message}");
        ctx.send_protobuf(
            to,
            &FrameworkErrorMessage {
                message,
                ..Default::default()
            },
        );
    }
}

impl Process for Master {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        self.random = ctx.manager().random();
        self.started = ctx.now();
        let id = uuid::text(&mut self.random);
        self.info = self.describe(ctx, id);
        log::info!(
            "master {} ({}) started on {}",
            self.info.id,
            self.settings.hostname,
            ctx.upid()
        );
        Self::install_handlers(ctx);
        Self::add_routes(ctx);
        self.add_metrics(ctx);
        self.allocate_in_time(ctx);
    }

    fn exited(&mut self, ctx: &mut Context<Self>, pid: &Upid) {
        let framework = self
            .frameworks
            .values()
            .find(|it| it.is_connected && it.pid == *pid);
        if let Some(id) = framework.map(|it| it.id().to_owned()) {
            return self.framework_exited(ctx, &id);
        }
        let agent = self
            .agents
            .values()
            .find(|it| it.is_connected && it.pid == *pid);
        if let Some(id) = agent.map(|it| it.id().to_owned()) {
            self.agent_exited(ctx, &id);
        }
    }
}
