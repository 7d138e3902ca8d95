//! A master and two agents on three nodes, and a framework whose launches are under way while
//! the link to one of the agents is cut.

use std::collections::BTreeSet;
use std::time::Duration;

use libprocess::future::{Future, Promise};
use libprocess::primitive::random::Random;
use libprocess::primitive::sync::{Arc, Mutex};
use libprocess::process::ProcessManager;
use libprocess::testing::Simulation;
use libprocess::time::{millis, secs};
use mesos::agent::{self, Agent, Config, Container, Exit, LaunchError, Launcher};
use mesos::demonstration::{Demonstration, Plan};
use mesos::detector::Fixed;
use mesos::executor::{Environment, Executor, ExecutorDriver};
use mesos::master::{self, Master, Settings};
use mesos::messages::{TaskID, TaskInfo, TaskState, TaskStatus};
use mesos::resources::Resources;

/// How a run went.
pub(crate) struct Run {
    /// What happened, event by event and frame by frame.
    pub(crate) trace: String,
    /// Tasks that ran on an agent and whose end the framework has not heard of.
    pub(crate) forgotten: BTreeSet<String>,
}

/// Runs the cluster of this seed. Agents that hear no acknowledgement send an update again after
/// `update_retry`.
pub(crate) fn run(seed: u64, update_retry: Duration) -> Run {
    let mut world = Simulation::seed(seed);
    let master = world.node("master");
    let master = master.spawn_as(master::ID, Master::new(Settings::default()));
    let master = master.unwrap().upid().clone();
    let ran = Ran::default();
    for name in AGENTS {
        let node = world.node(name);
        let config = Config {
            hostname: name.to_owned(),
            resources: resources("cpus:2;mem:512"),
            update_retry,
            ..Config::default()
        };
        let stage = Stage::new(node.manager(), &ran);
        let agent = Agent::new(config, Fixed::new(master.clone()), stage);
        node.spawn_as(agent::ID, agent).unwrap();
    }
    let plan = Plan {
        tasks: 6,
        command: "true".to_owned(),
        resources: resources("cpus:1;mem:32"),
        user: "nobody".to_owned(),
    };
    let manager = world.node("framework").manager().clone();
    let demonstration = Demonstration::start(&manager, master, plan, |_| ());
    cut_once(&mut world);
    world.run_for(secs(40));

    let table = demonstration.table();
    let ran = ran.0.lock();
    Run {
        trace: world.trace(),
        forgotten: ran
            .iter()
            .filter(|task| !table.is_over(task))
            .cloned()
            .collect(),
    }
}

/// Cuts one of the agents off for some seconds, of which its connections may or may not hear.
fn cut_once(world: &mut Simulation) {
    let mut chance = world.random().fork();
    let agent = AGENTS[chance.below(AGENTS.len())];
    world.run_for(millis(500 + chance.below(4000) as u64));
    if chance.below(3) == 0 {
        world.sever("master", agent);
    } else {
        world.partition("master", agent);
    }
    world.run_for(millis(100 + chance.below(5000) as u64));
    world.heal("master", agent);
}

const AGENTS: [&str; 2] = ["one", "two"];

/// The tasks that an executor was given.
#[derive(Clone, Default)]
struct Ran(Arc<Mutex<BTreeSet<String>>>);

/// Starts executors as processes on the node of their agent: no file, no process of the OS.
struct Stage {
    manager: Arc<ProcessManager>,
    random: Random,
    ran: Ran,
    running: Vec<(String, ExecutorDriver, Option<Promise<Exit>>)>,
}

impl Stage {
    fn new(manager: &Arc<ProcessManager>, ran: &Ran) -> Self {
        Self {
            manager: manager.clone(),
            random: manager.random(),
            ran: ran.clone(),
            running: Vec::new(),
        }
    }
}

impl Launcher for Stage {
    fn launch(&mut self, container: &Container) -> Result<Future<Exit>, LaunchError> {
        let environment = Environment::read(|name| container.environment.get(name).cloned());
        let environment = environment.map_err(|error| LaunchError(error.to_string()))?;
        let sleeper = Sleeper {
            manager: self.manager.clone(),
            random: self.random.fork(),
            ran: self.ran.clone(),
        };
        let driver = ExecutorDriver::builder(environment).build(&self.manager, sleeper);
        driver.start();
        let (exit, exited) = Promise::new();
        self.running
            .push((container.id.clone(), driver, Some(exit)));
        Ok(exited)
    }

    fn destroy(&mut self, id: &str) {
        let running = self.running.iter_mut().find(|(running, ..)| running == id);
        if let Some((_, driver, exit)) = running {
            driver.stop();
            if let Some(exit) = exit.take() {
                exit.set(Exit { status: 9 });
            }
        }
    }
}

/// Runs every task for a while, which the seed chooses.
struct Sleeper {
    manager: Arc<ProcessManager>,
    random: Random,
    ran: Ran,
}

impl Executor for Sleeper {
    fn launch_task(&mut self, driver: &ExecutorDriver, task: TaskInfo) {
        self.ran.0.lock().insert(task.task_id.value.clone());
        driver.send_status_update(status(&task.task_id, TaskState::TASK_RUNNING));
        let (driver, id) = (driver.clone(), (*task.task_id).clone());
        let duration = millis(self.random.below(3000) as u64);
        self.manager.clock().timer(duration, move || {
            driver.send_status_update(status(&id, TaskState::TASK_FINISHED));
        });
    }

    fn kill_task(&mut self, driver: &ExecutorDriver, task: &TaskID) {
        driver.send_status_update(status(task, TaskState::TASK_KILLED));
    }
}

fn status(task: &TaskID, state: TaskState) -> TaskStatus {
    TaskStatus {
        task_id: task.clone().into(),
        state,
        ..Default::default()
    }
}

fn resources(text: &str) -> Resources {
    Resources::parse(text, "*").unwrap()
}
