//! A framework of one task: it runs one command on a cluster, and ends as the task does.

use std::process::ExitCode;

use buffa::Enumeration as _;
use libprocess::address::Upid;
use libprocess::primitive::sync::{Arc, Mutex};
use libprocess::process::ProcessManager;

use crate::detector::Fixed;
use crate::messages::{
    CommandInfo, Filters, FrameworkID, FrameworkInfo, MasterInfo, Offer, SlaveID, TaskID, TaskInfo,
    TaskState, TaskStatus,
};
use crate::resources::Resources;
use crate::scheduler::{Scheduler, SchedulerDriver};
use crate::states::is_terminal;

/// A command to run, once.
#[derive(Debug, Clone)]
pub struct Job {
    /// What to call the task, and the framework.
    pub name: String,
    /// What a shell is to run.
    pub command: String,
    /// What the task needs.
    pub resources: Resources,
    /// Whom it runs as.
    pub user: String,
    /// Where it was asked for.
    pub hostname: String,
}

/// A job on its way.
pub struct Execution {
    driver: SchedulerDriver,
    end: Arc<Mutex<Option<TaskState>>>,
}

impl Execution {
    /// Begins to run `job` on the cluster of `master`; `say` gets what there is to tell, line by
    /// line.
    pub fn start(
        manager: &Arc<ProcessManager>,
        master: Upid,
        job: Job,
        say: impl FnMut(&str) + Send + 'static,
    ) -> Self {
        let framework = FrameworkInfo {
            user: job.user.clone(),
            name: job.name.clone(),
            hostname: Some(job.hostname.clone()),
            ..Default::default()
        };
        let end = Arc::new(Mutex::new(None));
        let scheduler = OneTask {
            job,
            say: Box::new(say),
            is_launched: false,
            largest: None,
            end: Arc::clone(&end),
        };
        let driver =
            SchedulerDriver::builder(framework, Fixed::new(master)).build(manager, scheduler);
        driver.start();
        Self { driver, end }
    }

    /// The driver, to wait for or to stop; stopping it before the end kills the task.
    #[must_use]
    pub fn driver(&self) -> &SchedulerDriver {
        &self.driver
    }

    /// The state in which the task ended; none while it has not.
    #[must_use]
    pub fn end(&self) -> Option<TaskState> {
        *self.end.lock()
    }

    /// Success if the task finished.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self.end() {
            Some(TaskState::TASK_FINISHED) => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}

struct OneTask {
    job: Job,
    say: Box<dyn FnMut(&str) + Send>,
    is_launched: bool,
    /// The largest offer that was too small.
    largest: Option<Resources>,
    end: Arc<Mutex<Option<TaskState>>>,
}

impl OneTask {
    fn task(&self, slave: &SlaveID) -> TaskInfo {
        let command = CommandInfo {
            value: Some(self.job.command.clone()),
            ..Default::default()
        };
        TaskInfo {
            name: self.job.name.clone(),
            task_id: TaskID::from(self.job.name.as_str()).into(),
            slave_id: slave.clone().into(),
            resources: self.job.resources.to_messages(),
            command: command.into(),
            ..Default::default()
        }
    }

    /// Says what is missing, whenever there is something larger to compare with.
    fn complain(&mut self, offered: Resources) {
        let is_larger = |largest: &Resources| offered.contains(largest) && offered != *largest;
        if self.largest.as_ref().is_none_or(is_larger) {
            let needs = &self.job.resources;
            let line =
                format!("The task needs {needs}; the largest offer so far is {offered}. Waiting");
            (self.say)(&line);
            self.largest = Some(offered);
        }
    }
}

impl Scheduler for OneTask {
    fn registered(
        &mut self,
        _driver: &SchedulerDriver,
        framework_id: &FrameworkID,
        _master: &MasterInfo,
    ) {
        (self.say)(&format!("Subscribed with ID {framework_id}"));
    }

    fn disconnected(&mut self, _driver: &SchedulerDriver) {
        (self.say)("Lost the master; looking for it");
    }

    fn resource_offers(&mut self, driver: &SchedulerDriver, offers: Vec<Offer>) {
        for offer in offers {
            let id = (*offer.id).clone();
            let offered = Resources::from_messages(&offer.resources).unwrap_or_default();
            if !self.is_launched && offered.contains(&self.job.resources) {
                let task = self.task(&offer.slave_id);
                let line = format!(
                    "Submitted task '{}' to agent '{}'",
                    task.name, *offer.slave_id
                );
                (self.say)(&line);
                driver.launch_tasks(vec![id], vec![task], Filters::default());
                self.is_launched = true;
            } else {
                if !self.is_launched {
                    self.complain(offered);
                }
                driver.decline_offer(id, Filters::default());
            }
        }
    }

    fn status_update(&mut self, driver: &SchedulerDriver, status: &TaskStatus) {
        let state = status.state;
        let mut line = format!(
            "Received status update {} for task '{}'",
            state.proto_name(),
            *status.task_id
        );
        if let Some(message) = &status.message {
            line += &format!("\n  message: '{message}'");
        }
        if let Some(source) = status.source {
            line += &format!("\n  source: {}", source.proto_name());
        }
        if let Some(reason) = status.reason {
            line += &format!("\n  reason: {}", reason.proto_name());
        }
        (self.say)(&line);
        if is_terminal(state) {
            *self.end.lock() = Some(state);
            driver.stop(false);
        }
    }

    fn error(&mut self, _driver: &SchedulerDriver, message: &str) {
        (self.say)(&format!("Refused: {message}"));
    }
}
