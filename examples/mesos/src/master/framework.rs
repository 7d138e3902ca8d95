//! What the master knows about a framework.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use libprocess::address::Upid;
use libprocess::time::Time;

use super::Settings;
use crate::messages::framework_info::capability::Type as Capability;
use crate::messages::{FrameworkID, FrameworkInfo, Task};
use crate::resources::Resources;
use crate::states::{is_capable, is_over};
use crate::validation;

/// A framework that is, or was, registered.
#[derive(Debug)]
pub(super) struct Framework {
    /// What it says about itself, and the id that it was given.
    pub(super) info: FrameworkInfo,
    /// Where its scheduler is.
    pub(super) pid: Upid,
    pub(super) is_connected: bool,
    /// Whether it is only known from agents: its scheduler has not come.
    pub(super) is_recovered: bool,
    /// Whether it is to be offered anything.
    pub(super) is_active: bool,
    pub(super) registered: Time,
    pub(super) reregistered: Time,
    pub(super) unregistered: Option<Time>,
    /// How often it came: a timer of an earlier absence finds another number.
    pub(super) subscriptions: u64,
    /// Tasks by id, until the end of each is acknowledged.
    pub(super) tasks: BTreeMap<String, Task>,
    /// Tasks whose agent is gone, and may come back.
    pub(super) unreachable: Bounded<Task>,
    pub(super) completed: Bounded<Task>,
}

impl Framework {
    /// A framework whose scheduler is at `pid`.
    pub(super) fn new(info: FrameworkInfo, pid: Upid, now: Time, settings: &Settings) -> Self {
        Self {
            info,
            pid,
            is_connected: true,
            is_recovered: false,
            is_active: true,
            registered: now,
            reregistered: now,
            unregistered: None,
            subscriptions: 1,
            tasks: BTreeMap::new(),
            unreachable: Bounded::new(settings.max_unreachable_tasks_per_framework),
            completed: Bounded::new(settings.max_completed_tasks_per_framework),
        }
    }

    /// A framework whose scheduler has not come.
    pub(super) fn recovered(info: FrameworkInfo, now: Time, settings: &Settings) -> Self {
        let (is_connected, is_recovered, is_active) = (false, true, false);
        let nobody = Self::new(info, Upid::default(), now, settings);
        Self {
            is_connected,
            is_recovered,
            is_active,
            ..nobody
        }
    }

    pub(super) fn id(&self) -> &str {
        &self.info.id.value
    }

    pub(super) fn framework_id(&self) -> FrameworkID {
        (*self.info.id).clone()
    }

    pub(super) fn roles(&self) -> BTreeSet<String> {
        validation::roles_of(&self.info)
    }

    pub(super) fn is(&self, capability: Capability) -> bool {
        is_capable(&self.info, capability)
    }

    pub(super) fn capabilities(&self) -> Vec<Capability> {
        self.info
            .capabilities
            .iter()
            .filter_map(|capability| capability.r#type)
            .collect()
    }

    /// What its tasks on an agent, or on all, use.
    pub(super) fn used(&self, agent: Option<&str>) -> Resources {
        let tasks = self.tasks.values().filter(|task| {
            !is_over(task.state) && agent.is_none_or(|agent| agent == task.slave_id.value)
        });
        tasks.fold(Resources::default(), |mut sum, task| {
            sum += &resources_of(task);
            sum
        })
    }
}

impl std::fmt::Display for Framework {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}) at {}", self.id(), self.info.name, self.pid)
    }
}

/// What a task was launched with.
pub(super) fn resources_of(task: &Task) -> Resources {
    // They were checked when the task was launched.
    Resources::from_messages(&task.resources).unwrap_or_default()
}

/// The last so many things.
#[derive(Debug)]
pub(super) struct Bounded<T> {
    items: VecDeque<T>,
    most: usize,
}

impl<T> Bounded<T> {
    pub(super) fn new(most: usize) -> Self {
        Self {
            items: VecDeque::new(),
            most,
        }
    }

    pub(super) fn push(&mut self, item: T) {
        self.items.push_back(item);
        while self.items.len() > self.most {
            self.items.pop_front();
        }
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.items.iter()
    }

    /// Removes the first item that is meant.
    pub(super) fn remove(&mut self, is_meant: impl Fn(&T) -> bool) {
        if let Some(index) = self.items.iter().position(is_meant) {
            self.items.remove(index);
        }
    }

    pub(super) fn drain(&mut self) -> impl Iterator<Item = T> {
        std::mem::take(&mut self.items).into_iter()
    }
}
