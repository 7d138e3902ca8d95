//! The agent: runs the tasks that a master sends, by executors, and tells how they fare.
//!
//! # Life
//!
//! An agent registers with the master and gets an id; from then on the master pings it. An agent
//! that hears no ping for long, or sees the link to the master break, registers again, with all
//! that it runs. It goes on running tasks meanwhile; only their updates wait.
//!
//! # A task
//!
//! ```text
//! master --RunTask--> agent --launch--> executor (an OS process)
//!                     agent <--RegisterExecutor-- executor
//!                     agent --ExecutorRegistered, RunTask--> executor
//! master <--StatusUpdate-- agent <--StatusUpdate-- executor
//!                     agent --Acknowledgement--> executor
//! master --Acknowledgement (of the scheduler)--> agent
//! ```
//!
//! Each task belongs to an executor. A task that brings a command alone gets one made up for it,
//! under its own id, which the master does not know. Tasks wait in the agent until their executor
//! has registered. Whatever ends an executor, each of its tasks gets a last update: from the
//! executor, or from the agent in its place.
//!
//! # What is kept
//!
//! An update is acknowledged to its executor as soon as the agent has it, and kept by the agent
//! until the scheduler has it (see `updates`). A task is remembered until its last update is
//! through, an executor until its last task is. Nothing is on disk: an agent that dies takes its
//! executors with it, for they end themselves when the link breaks.
//!
//! Where executors run is behind a [`Launcher`]: OS processes in [`sandboxes`](Sandboxes), or
//! processes on the same node of a simulation.

mod config;
mod endpoints;
mod environment;
mod executors;
mod frameworks;
mod launcher;
mod metrics;
mod registration;
mod sandboxes;
mod statuses;
mod tasks;
mod updates;

use std::collections::BTreeMap;
use std::mem;

use libprocess::address::Upid;
use libprocess::clock::Timer;
use libprocess::future::{Promise, Shared};
use libprocess::primitive::random::Random;
use libprocess::process::{Context, Process};
use libprocess::time::Time;

pub use config::Config;
pub use environment::executor_command;
pub use launcher::{Container, Exit, LaunchError, Launcher};
pub use sandboxes::Sandboxes;

use self::frameworks::{Executor, Framework};
use self::metrics::Metrics;
use self::registration::Registration;
use self::updates::Updates;
use crate::detector::Detector;
use crate::messages::{SlaveID, SlaveInfo};

/// The process of an agent, to be spawned as [`ID`].
#[doc(alias = "Slave")]
pub struct Agent {
    config: Config,
    info: SlaveInfo,
    registration: Registration,
    launcher: Box<dyn Launcher>,
    frameworks: BTreeMap<String, Framework>,
    updates: Updates,
    /// When `updates` are looked at next.
    forwarding: Option<(Time, Timer)>,
    /// It ends when its executors have.
    is_terminating: bool,
    random: Random,
    started: Time,
    metrics: Metrics,
    end: Option<Promise<()>>,
    over: Shared<()>,
}

/// The name of an agent's process, as the original's.
pub const ID: &str = "slave(1)";

impl Agent {
    /// An agent that registers with the master that `detector` names.
    #[must_use]
    pub fn new(config: Config, detector: impl Detector, launcher: impl Launcher) -> Self {
        let (end, over) = Promise::new();
        Self {
            info: SlaveInfo {
                hostname: config.hostname.clone(),
                resources: config.resources.to_messages(),
                checkpoint: Some(true),
                ..Default::default()
            },
            registration: Registration::new(Box::new(detector), &config),
            launcher: Box::new(launcher),
            frameworks: BTreeMap::new(),
            updates: Updates::paused(config.update_retry),
            forwarding: None,
            is_terminating: false,
            random: Random::new(0),
            started: Time::EPOCH,
            metrics: Metrics::default(),
            end: Some(end),
            over: over.shared(),
            config,
        }
    }

    /// Ends the agent for good: it tells the master, shuts its executors down, and ends when they
    /// have.
    pub fn shut_down(&mut self, ctx: &mut Context<Self>) {
        if mem::replace(&mut self.is_terminating, true) {
            return;
        }
        self.unregister(ctx);
        if self.frameworks.is_empty() {
            ctx.terminate();
        }
        let ids: Vec<String> = self.frameworks.keys().cloned().collect();
        for id in ids {
            self.shut_down_framework(ctx, &id);
        }
    }

    /// Completes when the agent is gone, however it went.
    pub fn over(&self) -> Shared<()> {
        self.over.clone()
    }

    /// The id that the master gave; none before it did.
    #[must_use]
    pub fn id(&self) -> Option<&SlaveID> {
        self.info.id.as_option()
    }

    fn slave_id(&self) -> SlaveID {
        self.info.id.as_option().cloned().unwrap_or_default()
    }

    fn executor(&mut self, framework: &str, executor: &str) -> Option<&mut Executor> {
        self.frameworks
            .get_mut(framework)?
            .executors
            .get_mut(executor)
    }

    /// Forgets executors, and frameworks, of which nothing is left to say.
    fn tidy_up(&mut self, ctx: &mut Context<Self>, framework: &str) {
        let Some(known) = self.frameworks.get_mut(framework) else {
            return;
        };
        known.executors.retain(|_, executor| !executor.is_over());
        if known.executors.is_empty() {
            self.frameworks.remove(framework);
        }
        if self.is_terminating && self.frameworks.is_empty() {
            log::info!("the agent ends, since its executors have");
            ctx.terminate();
        }
    }
}

impl Process for Agent {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        self.random = ctx.manager().random();
        self.started = ctx.now();
        self.add_metrics(ctx);
        self.info.port = Some(i32::from(ctx.upid().address().port()));
        self.install_registration(ctx);
        self.install_tasks(ctx);
        self.install_executors(ctx);
        self.install_statuses(ctx);
        self.install_endpoints(ctx);
        self.detect(ctx);
    }

    fn finalize(&mut self, _ctx: &mut Context<Self>) {
        if let Some(end) = self.end.take() {
            end.set(());
        }
    }

    fn exited(&mut self, ctx: &mut Context<Self>, pid: &Upid) {
        // Of an executor the launcher tells more. And while not registered, the next attempt is on
        // its way and links anew.
        if self.registration.is_registered() && self.registration.master() == Some(pid) {
            log::warn!("lost the master at {pid}");
            self.lose_master(ctx);
        }
    }
}
