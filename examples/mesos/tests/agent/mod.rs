//! Behaviour tests of the agent, against a master and executors that are played by the test.

mod a_task_goes_through_its_executor;
mod an_agent_registers_until_it_is_answered;
mod endpoints_tell_what_runs;
mod executors_end;
mod frameworks_and_agents_end;
mod tasks_are_killed_wherever_they_are;
mod updates_are_sent_until_acknowledged;

use bytes::Bytes;
use libprocess::future::{Future, Promise};
use libprocess::primitive::sync::{Arc, Mutex};
use libprocess::process::Pid;
use libprocess::protobuf::Message;
use mesos::agent::{self, Agent, Config, Container, Exit, LaunchError, Launcher};
use mesos::detector::Fixed;
use mesos::messages::internal::{
    ExecutorRegisteredMessage, ExecutorToFrameworkMessage, ExitedExecutorMessage,
    FrameworkToExecutorMessage, KillTaskMessage, PongSlaveMessage, RegisterExecutorMessage,
    RegisterSlaveMessage, ReregisterSlaveMessage, RunTaskMessage, ShutdownExecutorMessage,
    SlaveRegisteredMessage, StatusUpdate, StatusUpdateAcknowledgementMessage, StatusUpdateMessage,
    UnregisterSlaveMessage, UpdateSlaveMessage,
};
use mesos::messages::{
    CommandInfo, ExecutorID, ExecutorInfo, FrameworkID, FrameworkInfo, SlaveID, TaskID, TaskInfo,
    TaskState, TaskStatus,
};
use mesos::resources::Resources;

use crate::support::{Node, Peer};

/// Starts nothing, and remembers what it was asked for.
#[derive(Clone, Default)]
struct Stage(Arc<Mutex<Vec<Actor>>>);

struct Actor {
    container: Container,
    /// Kept while it runs.
    exit: Option<Promise<Exit>>,
}

impl Stage {
    /// The container that was started last.
    fn last(&self) -> Container {
        self.0.lock().last().unwrap().container.clone()
    }

    /// How many were started, and how many of them run.
    fn count(&self) -> (usize, usize) {
        let actors = self.0.lock();
        (
            actors.len(),
            actors.iter().filter(|actor| actor.exit.is_some()).count(),
        )
    }

    /// Ends the container that was started last.
    fn end(&self, node: &Node, status: i32) {
        let exit = self.0.lock().last_mut().unwrap().exit.take();
        exit.unwrap().set(Exit { status });
        node.settle();
    }
}

impl Launcher for Stage {
    fn launch(&mut self, container: &Container) -> Result<Future<Exit>, LaunchError> {
        if container.command.value.as_deref() == Some("nonsense") {
            return Err(LaunchError("no such program".to_owned()));
        }
        let (promise, future) = Promise::new();
        self.0.lock().push(Actor {
            container: container.clone(),
            exit: Some(promise),
        });
        Ok(future)
    }

    fn destroy(&mut self, id: &str) {
        let mut actors = self.0.lock();
        let actor = actors
            .iter_mut()
            .find(|actor| actor.container.id == id)
            .unwrap();
        let exit = actor.exit.take();
        drop(actors);
        if let Some(exit) = exit {
            exit.set(Exit { status: 9 });
        }
    }
}

/// An agent, its master, and the stage that its executors are on.
struct World<'a> {
    node: &'a Node,
    agent: Pid<Agent>,
    master: Peer<'a>,
    stage: Stage,
}

/// What masters hear of agents.
const MASTER: &[&str] = &[
    RegisterSlaveMessage::NAME,
    ReregisterSlaveMessage::NAME,
    UnregisterSlaveMessage::NAME,
    UpdateSlaveMessage::NAME,
    PongSlaveMessage::NAME,
    StatusUpdateMessage::NAME,
    ExitedExecutorMessage::NAME,
    ExecutorToFrameworkMessage::NAME,
];

/// What executors hear of agents.
const EXECUTOR: &[&str] = &[
    ExecutorRegisteredMessage::NAME,
    RunTaskMessage::NAME,
    KillTaskMessage::NAME,
    StatusUpdateAcknowledgementMessage::NAME,
    ShutdownExecutorMessage::NAME,
    FrameworkToExecutorMessage::NAME,
];

impl<'a> World<'a> {
    /// An agent that the master has not answered.
    fn new(node: &'a Node) -> Self {
        let master = node.peer("master", MASTER);
        let stage = Stage::default();
        let config = Config {
            hostname: "host".to_owned(),
            resources: Resources::parse("cpus:4;mem:1024", "*").unwrap(),
            work_dir: "/work_dir".into(),
            command_executor: agent::executor_command(Some("/launcher".as_ref())),
            ..Config::default()
        };
        let agent = Agent::new(config, Fixed::new(master.upid()), stage.clone());
        let agent = node.manager.spawn_as(agent::ID, agent).unwrap();
        Self {
            node,
            agent,
            master,
            stage,
        }
    }

    /// An agent that is registered as `S`.
    fn registered(node: &'a Node) -> Self {
        let world = Self::new(node);
        node.advance(libprocess::time::secs(1));
        world.master.heard_at_least::<RegisterSlaveMessage>();
        world.say(registered("S"));
        world.master.heard::<UpdateSlaveMessage>();
        world
    }

    /// The master says something to the agent.
    fn say<M: Message + Sync>(&self, message: M) {
        self.master.say(self.agent.upid(), message);
    }

    /// The executor of the container that was started last, of these ids.
    fn executor(&self, id: &str) -> Peer<'a> {
        let executor = self.node.peer(&format!("executor-{id}"), EXECUTOR);
        let message = RegisterExecutorMessage {
            framework_id: FrameworkID::from("F").into(),
            executor_id: ExecutorID::from(id).into(),
            ..Default::default()
        };
        executor.say(self.agent.upid(), message);
        executor
    }

    /// Runs the task `T` as far as its executor, which has it.
    fn running(&self) -> Peer<'a> {
        self.say(run_task(command_task("T", "true"), true));
        let executor = self.executor("T");
        executor.heard::<ExecutorRegisteredMessage>();
        executor.heard::<RunTaskMessage>();
        executor
    }

    /// What the master hears of a task; acknowledged at once.
    fn update(&self) -> StatusUpdate {
        let (_, message) = self.master.heard::<StatusUpdateMessage>();
        self.say(acknowledge(&message));
        message.update.into_option().unwrap()
    }
}

fn registered(id: &str) -> SlaveRegisteredMessage {
    SlaveRegisteredMessage {
        slave_id: SlaveID::from(id).into(),
        ..Default::default()
    }
}

fn framework() -> FrameworkInfo {
    FrameworkInfo {
        user: "root".into(),
        name: "test".into(),
        id: FrameworkID::from("F").into(),
        ..Default::default()
    }
}

fn task(id: &str) -> TaskInfo {
    TaskInfo {
        name: id.to_owned(),
        task_id: TaskID::from(id).into(),
        slave_id: SlaveID::from("S").into(),
        resources: Resources::parse("cpus:1;mem:128", "*")
            .unwrap()
            .to_messages(),
        ..Default::default()
    }
}

/// A task that brings a command alone.
fn command_task(id: &str, command: &str) -> TaskInfo {
    let command = CommandInfo {
        value: Some(command.to_owned()),
        ..Default::default()
    };
    TaskInfo {
        command: command.into(),
        ..task(id)
    }
}

/// A task of the executor `E`, which begins by `command`.
fn executor_task(id: &str, command: &str) -> TaskInfo {
    let command = CommandInfo {
        value: Some(command.to_owned()),
        ..Default::default()
    };
    let executor = ExecutorInfo {
        executor_id: ExecutorID::from("E").into(),
        framework_id: FrameworkID::from("F").into(),
        command: command.into(),
        ..Default::default()
    };
    TaskInfo {
        executor: executor.into(),
        ..task(id)
    }
}

fn run_task(task: TaskInfo, launch_executor: bool) -> RunTaskMessage {
    RunTaskMessage {
        framework: framework().into(),
        task: task.into(),
        pid: Some("scheduler@127.0.0.1:5050".to_owned()),
        launch_executor: Some(launch_executor),
        ..Default::default()
    }
}

fn kill_task(id: &str) -> KillTaskMessage {
    KillTaskMessage {
        framework_id: FrameworkID::from("F").into(),
        task_id: TaskID::from(id).into(),
        ..Default::default()
    }
}

/// An update as an executor sends it; `uuid` tells it from others.
fn update(executor: &str, task: &str, state: TaskState, uuid: u8) -> StatusUpdateMessage {
    let uuid = Bytes::from(vec![uuid; 16]);
    let status = TaskStatus {
        task_id: TaskID::from(task).into(),
        state,
        uuid: Some(uuid.clone()),
        ..Default::default()
    };
    let update = StatusUpdate {
        framework_id: FrameworkID::from("F").into(),
        executor_id: ExecutorID::from(executor).into(),
        slave_id: SlaveID::from("S").into(),
        status: status.into(),
        timestamp: 1.0,
        uuid: Some(uuid),
        ..Default::default()
    };
    StatusUpdateMessage {
        update: update.into(),
        ..Default::default()
    }
}

fn acknowledge(message: &StatusUpdateMessage) -> StatusUpdateAcknowledgementMessage {
    StatusUpdateAcknowledgementMessage {
        slave_id: message.update.slave_id.clone(),
        framework_id: message.update.framework_id.clone(),
        task_id: message.update.status.task_id.clone(),
        uuid: message.update.uuid.clone().unwrap(),
        ..Default::default()
    }
}
