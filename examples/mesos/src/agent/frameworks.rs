//! What an agent knows of the frameworks whose executors it runs: values, and questions to them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use libprocess::address::Upid;
use libprocess::clock::Timer;

use crate::durations::from_info as duration;
use crate::messages::task_status::Reason;
use crate::messages::{
    ExecutorInfo, FrameworkInfo, Resource, Task, TaskInfo, TaskState, TaskStatus,
};
use crate::states::is_terminal;

/// A framework with executors on this agent.
pub(super) struct Framework {
    pub(super) info: FrameworkInfo,
    /// Where its scheduler is; nowhere if it speaks HTTP to the master.
    pub(super) pid: Option<Upid>,
    /// It was shut down: nobody wants to hear of its tasks.
    pub(super) is_terminating: bool,
    pub(super) executors: BTreeMap<String, Executor>,
}

impl Framework {
    pub(super) fn new(info: FrameworkInfo) -> Self {
        Self {
            info,
            pid: None,
            is_terminating: false,
            executors: BTreeMap::new(),
        }
    }

    /// Every task of which the scheduler does not know the end.
    pub(super) fn tasks(&self) -> Vec<Task> {
        let of = |executor: &Executor| {
            let queued = executor.queued.iter();
            let queued = queued.map(|info| task(info, &self.info, TaskState::TASK_STAGING));
            let known = executor
                .launched
                .values()
                .chain(executor.terminated.values());
            queued.chain(known.cloned()).collect::<Vec<_>>()
        };
        self.executors.values().flat_map(of).collect()
    }

    /// The executor that has this task, in whatever state.
    pub(super) fn executor_of(&mut self, task: &str) -> Option<&mut Executor> {
        self.executors
            .values_mut()
            .find(|executor| executor.has(task))
    }
}

/// An executor, from its start until nothing of it is left to report.
pub(super) struct Executor {
    pub(super) info: ExecutorInfo,
    /// We made it up for a task that brought a command alone; the master does not know it.
    pub(super) is_generated: bool,
    pub(super) state: State,
    pub(super) container: String,
    pub(super) directory: PathBuf,
    pub(super) pid: Option<Upid>,
    /// Tasks that it has not been given yet, in order.
    pub(super) queued: Vec<TaskInfo>,
    /// Tasks that run, as far as we know.
    pub(super) launched: BTreeMap<String, Task>,
    /// Tasks that are over, whose last update the scheduler does not have yet.
    pub(super) terminated: BTreeMap<String, Task>,
    pub(super) completed: Vec<Task>,
    /// What to say of its tasks when it ends, if we know better than that it ended.
    pub(super) cause: Option<Cause>,
    /// Ends an executor that takes too long to register.
    pub(super) deadline: Option<Timer>,
}

/// Where an executor is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It was started, and has not been heard of.
    Registering,
    /// It takes tasks.
    Running,
    /// It was told to end, or is being killed.
    Terminating,
    /// It is gone; some updates are not through.
    Terminated,
}

/// Why an executor's tasks ended with it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cause {
    pub(super) state: TaskState,
    pub(super) reason: Reason,
    pub(super) message: String,
}

impl Cause {
    /// All that there is to say of an executor that ended by itself.
    pub(super) fn executor_terminated() -> Self {
        Self {
            state: TaskState::TASK_FAILED,
            reason: Reason::REASON_EXECUTOR_TERMINATED,
            message: "Executor terminated".to_owned(),
        }
    }
}

impl Executor {
    pub(super) fn new(
        info: ExecutorInfo,
        is_generated: bool,
        container: String,
        directory: PathBuf,
    ) -> Self {
        Self {
            info,
            is_generated,
            state: State::Registering,
            container,
            directory,
            pid: None,
            queued: Vec::new(),
            launched: BTreeMap::new(),
            terminated: BTreeMap::new(),
            completed: Vec::new(),
            cause: None,
            deadline: None,
        }
    }

    /// How long it may take to shut down, where that differs from others.
    pub(super) fn shutdown_grace_period(&self) -> Option<Duration> {
        self.info.shutdown_grace_period.as_option().map(duration)
    }

    pub(super) fn has(&self, task: &str) -> bool {
        self.launched.contains_key(task)
            || self.terminated.contains_key(task)
            || self
                .queued
                .iter()
                .any(|queued| queued.task_id.value == task)
    }

    /// Nothing is left for it to do, and it was never given anything.
    pub(super) fn is_useless(&self) -> bool {
        self.queued.is_empty()
            && self.launched.is_empty()
            && self.terminated.is_empty()
            && self.completed.is_empty()
    }

    /// It is gone, and so is everything that was to be said of its tasks.
    pub(super) fn is_over(&self) -> bool {
        self.state == State::Terminated
            && self.queued.is_empty()
            && self.launched.is_empty()
            && self.terminated.is_empty()
    }

    pub(super) fn unqueue(&mut self, task: &str) -> Option<TaskInfo> {
        let index = self
            .queued
            .iter()
            .position(|queued| queued.task_id.value == task)?;
        Some(self.queued.remove(index))
    }

    /// Notes what a task of it is doing. False if the task is over already.
    pub(super) fn note(&mut self, status: &TaskStatus) -> bool {
        let id = &status.task_id.value;
        if self.terminated.contains_key(id) {
            return false;
        }
        let Some(task) = self.launched.get_mut(id) else {
            return true;
        };
        record(task, status);
        if is_terminal(status.state)
            && let Some(task) = self.launched.remove(id)
        {
            self.terminated.insert(id.clone(), task);
        }
        true
    }

    /// The scheduler has the last update of this task.
    pub(super) fn complete(&mut self, task: &str) {
        self.completed.extend(self.terminated.remove(task));
        let surplus = self.completed.len().saturating_sub(MAX_COMPLETED_TASKS);
        self.completed.drain(..surplus);
    }

    /// Every task that still holds resources, and its own.
    pub(super) fn resources(&self) -> impl Iterator<Item = &Resource> {
        let queued = self.queued.iter().flat_map(|task| &task.resources);
        let launched = self.launched.values().flat_map(|task| &task.resources);
        self.info.resources.iter().chain(queued).chain(launched)
    }
}

/// The record of a task, from what the framework asked for.
pub(super) fn task(info: &TaskInfo, framework: &FrameworkInfo, state: TaskState) -> Task {
    let executor_id = info
        .executor
        .as_option()
        .map(|executor| executor.executor_id.clone());
    Task {
        name: info.name.clone(),
        task_id: info.task_id.clone(),
        framework_id: framework.id.clone(),
        executor_id: executor_id.unwrap_or_default(),
        slave_id: info.slave_id.clone(),
        state,
        resources: info.resources.clone(),
        labels: info.labels.clone(),
        discovery: info.discovery.clone(),
        container: info.container.clone(),
        user: info.command.user.clone(),
        ..Default::default()
    }
}

/// Adds a status to a task's history, where it takes the place of one that says the same.
fn record(task: &mut Task, status: &TaskStatus) {
    task.state = status.state;
    let mut entry = status.clone();
    entry.data = None;
    match task.statuses.last_mut() {
        Some(last) if last.state == status.state => *last = entry,
        _ => task.statuses.push(entry),
    }
}

const MAX_COMPLETED_TASKS: usize = 200;
