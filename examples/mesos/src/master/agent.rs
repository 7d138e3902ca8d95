//! What the master knows about an agent.

use std::collections::{BTreeMap, BTreeSet};

use libprocess::address::Upid;
use libprocess::process::Pid;
use libprocess::time::Time;

use super::observer::Observer;
use crate::messages::slave_info::capability::Type as Capability;
use crate::messages::{ExecutorInfo, SlaveID, SlaveInfo};
use crate::resources::Resources;

/// An agent that is registered.
pub(super) struct Agent {
    /// What it says about itself, and the id that it was given.
    pub(super) info: SlaveInfo,
    pub(super) pid: Upid,
    pub(super) version: String,
    pub(super) capabilities: Vec<Capability>,
    /// What it has.
    pub(super) total: Resources,
    pub(super) is_connected: bool,
    pub(super) registered: Time,
    pub(super) reregistered: Option<Time>,
    /// How often it came: a timer of an earlier absence finds another number.
    pub(super) registrations: u64,
    /// Asks it whether it lives.
    pub(super) observer: Pid<Observer>,
    /// Its tasks that are not over, or whose end is not acknowledged, as framework and task.
    pub(super) tasks: BTreeSet<(String, String)>,
    /// Executors other than those that the agent brings itself, by framework and executor.
    pub(super) executors: BTreeMap<(String, String), ExecutorInfo>,
    /// Tasks that are to be killed, as framework and task.
    pub(super) killed: BTreeSet<(String, String)>,
}

impl Agent {
    pub(super) fn id(&self) -> &str {
        &self.info.id.value
    }

    pub(super) fn agent_id(&self) -> SlaveID {
        (*self.info.id).clone()
    }

    pub(super) fn is(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// What the executors of a framework, or of all, use.
    pub(super) fn used_by_executors(&self, framework: Option<&str>) -> Resources {
        let mut sum = Resources::default();
        for ((owner, _), executor) in &self.executors {
            if framework.is_none_or(|framework| framework == owner) {
                sum += &resources_of(executor);
            }
        }
        sum
    }
}

impl std::fmt::Display for Agent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {} ({})", self.id(), self.pid, self.info.hostname)
    }
}

/// What an executor was launched with.
pub(super) fn resources_of(executor: &ExecutorInfo) -> Resources {
    // They were checked when its first task was launched.
    Resources::from_messages(&executor.resources).unwrap_or_default()
}
