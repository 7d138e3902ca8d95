//! The process that runs the command.

use std::process::ExitStatus;
use std::time::Duration;

use libprocess::clock::Timer;
use libprocess::os::{Reaper, Subprocess};
use libprocess::process::{Context, Process};
use libprocess::time::{Time, secs};

use super::outcome::describe;
use crate::commands::command;
use crate::durations;
use crate::executor::ExecutorDriver;
use crate::messages::framework_info::capability;
use crate::messages::{FrameworkInfo, KillPolicy, TaskID, TaskInfo, TaskState, TaskStatus};
use crate::states::is_capable;

pub(super) struct CommandExecutor {
    reaper: Reaper,
    shutdown_grace_period: Duration,
    /// The framework wants to know of `TASK_KILLING`.
    tells_killing: bool,
    /// The agent wants this to end, or is gone: nobody waits for long.
    is_shutting_down: bool,
    task: Option<Task>,
}

/// The one task.
struct Task {
    info: TaskInfo,
    driver: ExecutorDriver,
    /// What runs, until it has ended.
    child: Option<Subprocess>,
    kill: Option<Kill>,
}

/// A kill that is under way.
struct Kill {
    since: Time,
    /// When patience ends.
    deadline: Time,
    timer: Timer,
}

impl CommandExecutor {
    pub(super) fn new(reaper: Reaper, shutdown_grace_period: Duration) -> Self {
        Self {
            reaper,
            shutdown_grace_period,
            tells_killing: false,
            is_shutting_down: false,
            task: None,
        }
    }

    pub(super) fn registered(&mut self, framework: &FrameworkInfo) {
        self.tells_killing = is_capable(framework, capability::Type::TASK_KILLING_STATE);
    }

    pub(super) fn launch(
        &mut self,
        ctx: &mut Context<Self>,
        driver: ExecutorDriver,
        info: TaskInfo,
    ) {
        let id = info.task_id.clone();
        if self.task.is_some() {
            let why = "Attempted to run multiple tasks using a \"command\" executor";
            send(&driver, &id, TaskState::TASK_FAILED, Some(why.to_owned()));
            return;
        }
        println!("Starting task {}", id.value);
        send(&driver, &id, TaskState::TASK_STARTING, None);
        // In our session: see the module.
        let started = command(&info.command)
            .own_session(false)
            .spawn(&self.reaper);
        let mut task = Task {
            info,
            driver: driver.clone(),
            child: None,
            kill: None,
        };
        match started {
            Ok(child) => {
                println!("Forked command at {}", child.pid());
                child.status().finally(ctx.defer_tell(Self::ended));
                task.child = Some(child);
                self.task = Some(task);
                send(&driver, &id, TaskState::TASK_RUNNING, None);
            }
            Err(error) => {
                // As a shell ends that cannot execute what it is told to.
                let message = format!("Command exited with status 127: {error}");
                eprintln!("{message}");
                self.task = Some(task);
                send(&driver, &id, TaskState::TASK_FAILED, Some(message));
                self.leave(ctx, &driver);
            }
        }
    }

    pub(super) fn kill(
        &mut self,
        ctx: &mut Context<Self>,
        task_id: &TaskID,
        policy: Option<&KillPolicy>,
    ) {
        let Some(task) = &self.task else {
            log::warn!(
                "ignored the kill of task {}, which was not launched",
                task_id.value
            );
            return;
        };
        let of_task = task.info.kill_policy.as_option();
        let period =
            |policy: &KillPolicy| policy.grace_period.as_option().map(durations::from_info);
        let grace = policy.and_then(period).or_else(|| of_task.and_then(period));
        self.kill_within(ctx, grace.unwrap_or(DEFAULT_GRACE));
    }

    /// Ends the task, and then the executor.
    pub(super) fn shut_down(&mut self, ctx: &mut Context<Self>, driver: ExecutorDriver) {
        println!("Shutting down");
        self.is_shutting_down = true;
        if self.task.as_ref().is_some_and(|task| task.child.is_some()) {
            // The rest of the time is for seeing the end and telling it.
            self.kill_within(ctx, self.shutdown_grace_period.saturating_sub(LEEWAY));
        } else {
            self.leave(ctx, &driver);
        }
    }

    fn kill_within(&mut self, ctx: &mut Context<Self>, grace: Duration) {
        let tells_killing = self.tells_killing;
        let Some(task) = &mut self.task else { return };
        let Some(child) = &task.child else { return };
        let now = ctx.now();
        if let Some(kill) = &mut task.kill {
            let deadline = kill.since + grace;
            if deadline < kill.deadline {
                kill.timer.cancel();
                kill.deadline = deadline;
                kill.timer = ctx.delay(deadline - now, |executor, _| executor.escalate());
            }
            return;
        }
        if tells_killing {
            send(
                &task.driver,
                &task.info.task_id,
                TaskState::TASK_KILLING,
                None,
            );
        }
        println!("Sending SIGTERM to process tree at pid {}", child.pid());
        signal(child, SIGTERM);
        let timer = ctx.delay(grace, |executor, _| executor.escalate());
        task.kill = Some(Kill {
            since: now,
            deadline: now + grace,
            timer,
        });
    }

    fn escalate(&mut self) {
        if let Some(child) = self.task.as_ref().and_then(|task| task.child.as_ref()) {
            println!("Sending SIGKILL to process tree at pid {}", child.pid());
            signal(child, SIGKILL);
        }
    }

    fn ended(
        &mut self,
        ctx: &mut Context<Self>,
        status: Result<ExitStatus, libprocess::future::Error>,
    ) {
        let Some(task) = &mut self.task else { return };
        task.child = None;
        let was_killed = task.kill.take().map(|kill| kill.timer.cancel()).is_some();
        let (succeeded, message) = match status {
            Ok(status) => (status.success(), describe(status)),
            Err(error) => (
                false,
                format!("Command ended, and nobody knows how: {error}"),
            ),
        };
        println!("{message}");
        let state = match (was_killed, succeeded) {
            (true, _) => TaskState::TASK_KILLED,
            (false, true) => TaskState::TASK_FINISHED,
            (false, false) => TaskState::TASK_FAILED,
        };
        let driver = task.driver.clone();
        send(&driver, &task.info.task_id, state, Some(message));
        self.leave(ctx, &driver);
    }

    /// Ends the driver once the agent has every update, or will not have it.
    fn leave(&mut self, ctx: &mut Context<Self>, driver: &ExecutorDriver) {
        let patience = if self.is_shutting_down {
            secs(1)
        } else {
            secs(60)
        };
        let last = driver.clone();
        driver.acknowledged().finally(move |_| {
            last.stop();
        });
        let last = driver.clone();
        ctx.delay(patience, move |_, _| {
            last.stop();
        });
    }
}

impl Process for CommandExecutor {}

fn send(driver: &ExecutorDriver, task: &TaskID, state: TaskState, message: Option<String>) {
    let status = TaskStatus {
        task_id: task.clone().into(),
        state,
        message,
        ..Default::default()
    };
    driver.send_status_update(status);
}

fn signal(child: &Subprocess, signal: i32) {
    if let Err(error) = child.kill_tree(signal) {
        log::error!("cannot signal the task: {error}");
    }
}

const DEFAULT_GRACE: Duration = secs(3);
/// The part of a shutdown that is not the task's.
const LEEWAY: Duration = secs(2);
const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;
