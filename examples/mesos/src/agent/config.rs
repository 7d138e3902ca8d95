//! What an agent is told about itself.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use libprocess::time::{mins, secs};

use crate::messages::CommandInfo;
use crate::resources::Resources;

/// What an agent is, and how patient. The defaults are the original's.
#[derive(Debug, Clone)]
pub struct Config {
    /// What to call the machine.
    pub hostname: String,
    /// What the agent has to offer.
    pub resources: Resources,
    /// Where sandboxes are made.
    pub work_dir: PathBuf,
    /// What runs a task that brings a command and no executor.
    pub command_executor: CommandInfo,
    /// What it was told, for who asks it.
    pub flags: BTreeMap<String, String>,
    /// Variables that every executor gets, but for those that its command sets.
    pub environment: Vec<(String, String)>,
    /// How long to wait at most before the first attempt to register; later ones wait longer.
    pub registration_backoff: Duration,
    /// How long an executor may take to register.
    pub executor_registration_timeout: Duration,
    /// How long an executor may take to shut down.
    pub executor_shutdown_grace_period: Duration,
    /// How long to wait before an update is sent for the second time.
    pub update_retry: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            hostname: "localhost".to_owned(),
            resources: Resources::default(),
            work_dir: PathBuf::from("/"),
            command_executor: CommandInfo::default(),
            flags: BTreeMap::new(),
            environment: Vec::new(),
            registration_backoff: secs(1),
            executor_registration_timeout: mins(1),
            executor_shutdown_grace_period: secs(5),
            update_retry: secs(10),
        }
    }
}
