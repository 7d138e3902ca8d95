//! Ordinary processes that a runtime starts beside the user's: what it tells of itself.
//!
//! | process | answers |
//! | --- | --- |
//! | `help` | `/help`, `/help/<id>`, `/help/<id>/<endpoint>`: the endpoints of all processes |
//! | `metrics` | `/metrics/snapshot`: every counter, gauge and timer |
//! | `system` | `/system/stats.json`, and the gauges `system/*`: load, processors, memory |
//! | `__processes__` | `/__processes__`: the processes, and the events that wait for each |
//!
//! They use what every process can use, and the runtime works without them: [`Services`] says
//! which are started.

mod help;
mod metrics;
mod page;
mod processes;
mod system;

use crate::primitive::sync::Arc;
use crate::process::{Process, ProcessManager};

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
    metrics: bool,
    system: bool,
    processes: bool,
}

impl Services {
    /// All of them.
    pub fn all() -> Self {
        Self {
            help: true,
            metrics: true,
            system: true,
            processes: true,
        }
    }

    /// None of them.
    pub fn none() -> Self {
        Self {
            help: false,
            metrics: false,
            system: false,
            processes: false,
        }
    }

    /// Whether `/help` is there.
    #[must_use]
    pub fn help(mut self, there: bool) -> Self {
        self.help = there;
        self
    }

    /// Whether `/metrics/snapshot` is there. The metrics themselves always are.
    #[must_use]
    pub fn metrics(mut self, there: bool) -> Self {
        self.metrics = there;
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
    pub(crate) fn spawn(self, manager: &Arc<ProcessManager>, delegate: Option<&str>) {
        if self.help {
            spawn(manager, help::Help::ID, help::Help::new(delegate));
        }
        if self.metrics {
            spawn(manager, metrics::Metrics::ID, metrics::Metrics);
        }
        if self.system {
            spawn(manager, system::System::ID, system::System);
        }
        if self.processes {
            spawn(manager, processes::Processes::ID, processes::Processes);
        }
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
