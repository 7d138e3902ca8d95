//! A framework that runs the same command some times, and shows how that goes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use buffa::Enumeration as _;
use libprocess::address::Upid;
use libprocess::primitive::sync::{Arc, Mutex};
use libprocess::process::ProcessManager;

use crate::detector::Fixed;
use crate::messages::{
    CommandInfo, Filters, FrameworkInfo, Offer, SlaveID, TaskID, TaskInfo, TaskState, TaskStatus,
};
use crate::resources::Resources;
use crate::scheduler::{Scheduler, SchedulerDriver};
use crate::states::is_terminal;

/// Tasks on their way.
pub struct Demonstration {
    driver: SchedulerDriver,
    table: Arc<Mutex<Table>>,
}

/// What to run, and how often.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many tasks.
    pub tasks: usize,
    /// What a shell is to run in each.
    pub command: String,
    /// What each needs.
    pub resources: Resources,
    /// Whom they run as.
    pub user: String,
}

impl Demonstration {
    /// Begins to run `plan` on the cluster of `master`; `say` gets the progress, line by line.
    pub fn start(
        manager: &Arc<ProcessManager>,
        master: Upid,
        plan: Plan,
        say: impl FnMut(&str) + Send + 'static,
    ) -> Self {
        let framework = FrameworkInfo {
            user: plan.user.clone(),
            name: "demonstration".to_owned(),
            ..Default::default()
        };
        let table = Arc::new(Mutex::new(Table::new(plan.tasks)));
        let scheduler = SameCommand {
            plan,
            launched: 0,
            table: Arc::clone(&table),
            say: Box::new(say),
        };
        let driver =
            SchedulerDriver::builder(framework, Fixed::new(master)).build(manager, scheduler);
        driver.start();
        Self { driver, table }
    }

    /// The driver, to wait for or to stop.
    #[must_use]
    pub fn driver(&self) -> &SchedulerDriver {
        &self.driver
    }

    /// The tasks as they are by now.
    #[must_use]
    pub fn table(&self) -> Table {
        self.table.lock().clone()
    }
}

/// Tasks, the agents that run them, and their states.
#[derive(Debug, Clone)]
pub struct Table {
    tasks: usize,
    rows: BTreeMap<usize, Row>,
}

#[derive(Debug, Clone)]
struct Row {
    agent: String,
    state: TaskState,
    message: String,
}

impl Table {
    fn new(tasks: usize) -> Self {
        Self {
            tasks,
            rows: BTreeMap::new(),
        }
    }

    /// How many tasks finished.
    #[must_use]
    pub fn finished(&self) -> usize {
        self.count(|state| state == TaskState::TASK_FINISHED)
    }

    /// Whether every task finished.
    #[must_use]
    pub fn all_finished(&self) -> bool {
        self.finished() == self.tasks
    }

    /// Whether the task of this id has ended, in whatever way.
    #[must_use]
    pub fn is_over(&self, task: &str) -> bool {
        let row = self.rows.iter().find(|(index, _)| task_id(**index) == task);
        row.is_some_and(|(_, row)| is_terminal(row.state))
    }

    fn over(&self) -> usize {
        self.count(is_terminal)
    }

    fn count(&self, counts: impl Fn(TaskState) -> bool) -> usize {
        self.rows.values().filter(|row| counts(row.state)).count()
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let agents = self.rows.values().map(|row| row.agent.len());
        let width = agents.max().unwrap_or_default().max("AGENT".len());
        write!(
            f,
            "{:<10} {:<16} {:<width$} MESSAGE",
            "TASK", "STATE", "AGENT"
        )?;
        for (
            index,
            Row {
                agent,
                state,
                message,
            },
        ) in &self.rows
        {
            let (task, state) = (task_id(*index), state.proto_name());
            write!(f, "\n{task:<10} {state:<16} {agent:<width$} {message}")?;
        }
        Ok(())
    }
}

struct SameCommand {
    plan: Plan,
    launched: usize,
    table: Arc<Mutex<Table>>,
    say: Box<dyn FnMut(&str) + Send>,
}

impl SameCommand {
    fn task(&self, index: usize, slave: &SlaveID) -> TaskInfo {
        let command = CommandInfo {
            value: Some(self.plan.command.clone()),
            ..Default::default()
        };
        TaskInfo {
            name: task_id(index),
            task_id: TaskID::from(task_id(index)).into(),
            slave_id: slave.clone().into(),
            resources: self.plan.resources.to_messages(),
            command: command.into(),
            ..Default::default()
        }
    }
}

impl Scheduler for SameCommand {
    fn resource_offers(&mut self, driver: &SchedulerDriver, offers: Vec<Offer>) {
        for offer in offers {
            let mut free = Resources::from_messages(&offer.resources).unwrap_or_default();
            let mut tasks = Vec::new();
            while self.launched < self.plan.tasks && free.contains(&self.plan.resources) {
                free -= &self.plan.resources;
                tasks.push(self.task(self.launched, &offer.slave_id));
                let agent = offer.slave_id.value.clone();
                let row = Row {
                    agent,
                    state: TaskState::TASK_STAGING,
                    message: String::new(),
                };
                self.table.lock().rows.insert(self.launched, row);
                self.launched += 1;
            }
            // What is left over may be offered again at once.
            let filters = Filters {
                refuse_seconds: Some(0.0),
                ..Default::default()
            };
            driver.launch_tasks(vec![(*offer.id).clone()], tasks, filters);
        }
        if self.launched == self.plan.tasks {
            driver.suppress_offers();
        }
    }

    fn status_update(&mut self, driver: &SchedulerDriver, status: &TaskStatus) {
        let mut table = self.table.lock();
        let Some(row) = index(&status.task_id).and_then(|index| table.rows.get_mut(&index)) else {
            return;
        };
        row.state = status.state;
        row.message = status.message.clone().unwrap_or_default();
        let (over, tasks) = (table.over(), table.tasks);
        drop(table);

        let mut line = format!(
            "[{over}/{tasks}] {} {}",
            *status.task_id,
            status.state.proto_name()
        );
        if let Some(message) = &status.message {
            // Writing to a string does not fail.
            let _ = write!(line, " ({message})");
        }
        (self.say)(&line);
        if over == tasks {
            driver.stop(false);
        }
    }

    fn error(&mut self, _driver: &SchedulerDriver, message: &str) {
        (self.say)(&format!("Refused: {message}"));
    }
}

fn task_id(index: usize) -> String {
    format!("task-{index}")
}

fn index(id: &TaskID) -> Option<usize> {
    id.value.strip_prefix("task-")?.parse().ok()
}
