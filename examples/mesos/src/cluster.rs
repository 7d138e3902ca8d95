//! A whole cluster in one OS process: a master and agents, each on a runtime of its own.
//!
//! They speak to each other through sockets, as they would across machines; their tasks are OS
//! processes.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use libprocess::address::Upid;
use libprocess::process::Pid;
use libprocess::runtime::Runtime;
use libprocess::time::{millis, secs};

use crate::agent::{self, Agent, Config, Sandboxes};
use crate::detector::Fixed;
use crate::machine;
use crate::master::{self, Master, Settings};

/// A running cluster. Dropping it kills its tasks; [`stop`](Self::stop) lets them end well.
pub struct Cluster {
    // Dropped in this order, agents first.
    agents: Vec<(Pid<Agent>, Runtime)>,
    master: Upid,
    runtime: Runtime,
    /// Removed at the end.
    work_dir: PathBuf,
}

impl Cluster {
    /// Starts a master at `port` of the loopback address, or at any free one for 0, and `agents`.
    ///
    /// Each agent offers what this machine has, as if it were alone. Sandboxes are made in a folder
    /// of `temporary` that is gone after the end.
    ///
    /// # Errors
    ///
    /// If the port is taken, or the operating system refuses something else.
    pub fn start(port: u16, agents: usize, temporary: &Path) -> Result<Self, Box<dyn Error>> {
        let runtime = Runtime::builder().port(port).delegate(master::ID).start()?;
        let settings = Settings {
            hostname: machine::hostname(),
            ..Settings::default()
        };
        let master = runtime
            .spawn_as(master::ID, Master::new(settings))?
            .upid()
            .clone();
        let work_dir = temporary.join(format!("mesos-local-{}", std::process::id()));
        let mut cluster = Self {
            agents: Vec::new(),
            master,
            runtime,
            work_dir,
        };
        for index in 1..=agents {
            cluster.add_agent(index)?;
        }
        Ok(cluster)
    }

    /// The master.
    #[must_use]
    pub fn master(&self) -> &Upid {
        &self.master
    }

    /// Shuts the agents down, each with its executors, and then the master.
    ///
    /// # Errors
    ///
    /// If the folder of the sandboxes cannot be removed.
    pub fn stop(mut self) -> io::Result<()> {
        for (agent, _) in &self.agents {
            agent.tell(Agent::shut_down);
        }
        for (agent, _) in &self.agents {
            if agent.wait_for(PATIENCE).is_err() {
                log::warn!("killing the tasks of {}, which does not end", agent.upid());
            }
        }
        self.agents.clear();
        drop(self.runtime);
        match fs::remove_dir_all(&self.work_dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn add_agent(&mut self, index: usize) -> Result<(), Box<dyn Error>> {
        let work_dir = self.work_dir.join(format!("agent-{index}"));
        fs::create_dir_all(&work_dir)?;
        let config = Config {
            hostname: machine::hostname(),
            resources: machine::resources("", &work_dir)?,
            work_dir,
            command_executor: agent::executor_command(None),
            // They are few, and their master is near.
            registration_backoff: millis(50),
            ..Config::default()
        };
        let runtime = Runtime::builder().workers(1).delegate(agent::ID).start()?;
        let reaper = runtime.reaper().ok_or("this runtime starts no processes")?;
        let launcher = Sandboxes::new(reaper.clone());
        let agent = Agent::new(config, Fixed::new(self.master.clone()), launcher);
        let agent = runtime.spawn_as(agent::ID, agent)?;
        self.agents.push((agent, runtime));
        Ok(())
    }
}

/// Longer than any executor may take to end.
const PATIENCE: Duration = secs(15);
