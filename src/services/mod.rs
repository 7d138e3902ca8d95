//! Ordinary processes that a runtime starts beside the user's: what it tells of itself.
//!
//! | process | answers |
//! | --- | --- |
//! | `help` | `/help`, `/help/<id>`, `/help/<id>/<endpoint>`: the endpoints of all processes |
//! | `metrics` | `/metrics/snapshot`, `/metrics/prometheus`: every counter, gauge and timer |
//! | `logging` | `/logging/toggle`: more of the log for a while |
//! | `system` | `/system/stats.json`, and the gauges `system/*`: load, processors, memory |
//! | `__processes__` | `/__processes__`: the processes, and the events that wait for each |
//!
//! They use what every process can use, and the runtime works without them: [`Services`] says
//! which are started.

mod help;
mod logging;
mod metrics;
mod page;
mod processes;
mod system;

use std::time::Duration;

use crate::primitive::sync::Arc;
use crate::process::{Process, ProcessManager, RouteOptions};

/// Which processes of our own a runtime starts; all, unless told otherwise.
///
/// ```
/// use libprocess::runtime::Runtime;
/// use libprocess::services::Services;
///
/// let quiet = Services::none().metrics(true);
/// let runtime = Runtime::builder().services(quiet).start()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Services {
    help: bool,
    logging: bool,
    metrics: bool,
    system: bool,
    processes: bool,
    metrics_spacing: Duration,
}

impl Services {
    /// All of them.
    pub fn all() -> Self {
        Self {
            help: true,
            logging: true,
            metrics: true,
            system: true,
            processes: true,
            metrics_spacing: metrics::SPACING,
        }
    }

    /// None of them.
    pub fn none() -> Self {
        Self {
            help: false,
            logging: false,
            metrics: false,
            system: false,
            processes: false,
            metrics_spacing: metrics::SPACING,
        }
    }

    /// Whether `/help` is there.
    #[must_use]
    pub fn help(mut self, there: bool) -> Self {
        self.help = there;
        self
    }

    /// Whether `/logging/toggle` is there.
    #[must_use]
    pub fn logging(mut self, there: bool) -> Self {
        self.logging = there;
        self
    }

    /// Whether `/metrics/snapshot` is there. The metrics themselves always are.
    #[must_use]
    pub fn metrics(mut self, there: bool) -> Self {
        self.metrics = there;
        self
    }

    /// How far apart snapshots of the metrics are told: each asks every process that has gauges.
    /// Who asks sooner waits for their turn. Otherwise half a second; with zero nobody waits.
    #[doc(alias = "LIBPROCESS_METRICS_SNAPSHOT_ENDPOINT_RATE_LIMIT")]
    #[must_use]
    pub fn metrics_spacing(mut self, spacing: Duration) -> Self {
        self.metrics_spacing = spacing;
        self
    }

    /// Whether `/system/stats.json` and the gauges `system/*` are there.
    #[must_use]
    pub fn system(mut self, there: bool) -> Self {
        self.system = there;
        self
    }

    /// Whether `/__processes__` is there.
    #[must_use]
    pub fn processes(mut self, there: bool) -> Self {
        self.processes = there;
        self
    }

    /// Spawns them, in the order in which libprocess does.
    pub(crate) fn spawn(
        self,
        manager: &Arc<ProcessManager>,
        delegate: Option<&str>,
        realms: &Realms,
    ) {
        let realms = || realms.clone();
        if self.help {
            let help = help::Help::new(delegate, realms());
            spawn(manager, help::Help::ID, help);
        }
        if self.metrics {
            let metrics = metrics::Metrics::new(realms(), self.metrics_spacing);
            spawn(manager, metrics::Metrics::ID, metrics);
        }
        if self.logging {
            let logging = logging::Logging::new(realms());
            spawn(manager, logging::Logging::ID, logging);
        }
        if self.system {
            spawn(manager, system::System::ID, system::System::new(realms()));
        }
        if self.processes {
            let processes = processes::Processes::new(realms());
            spawn(manager, processes::Processes::ID, processes);
        }
    }
}

/// The realms of our own endpoints, if they have any: one for those that only tell, one for those
/// that change something.
///
/// All of them belong to one or the other. A realm of which only one is named stands for both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Realms {
    pub(crate) read_only: Option<Arc<str>>,
    pub(crate) read_write: Option<Arc<str>>,
}

impl Realms {
    fn read(&self) -> RouteOptions {
        guard(self.read_only.as_ref().or(self.read_write.as_ref()))
    }

    fn write(&self) -> RouteOptions {
        guard(self.read_write.as_ref().or(self.read_only.as_ref()))
    }
}

fn guard(realm: Option<&Arc<str>>) -> RouteOptions {
    match realm {
        Some(realm) => RouteOptions::new().realm(Arc::clone(realm)),
        None => RouteOptions::new(),
    }
}

impl Default for Services {
    fn default() -> Self {
        Self::all()
    }
}

fn spawn<P: Process>(manager: &Arc<ProcessManager>, id: &str, process: P) {
    let spawned = manager.spawn_as(id, process);
    spawned.expect("a new runtime has no other process of this id");
}
