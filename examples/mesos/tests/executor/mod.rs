//! Behaviour tests of the executor driver, against an agent that is played by the test.

mod a_driver_ends_with_its_agent;
mod a_restarted_agent_gets_what_it_missed;
mod updates_are_kept_until_acknowledged;
mod what_an_agent_says_reaches_the_executor;

use bytes::Bytes;
use libprocess::address::Upid;
use libprocess::primitive::sync::{Arc, Mutex};
use libprocess::protobuf::Message;
use mesos::executor::{Environment, Executor, ExecutorDriver};
use mesos::messages::internal::{
    ExecutorRegisteredMessage, ExecutorToFrameworkMessage, RegisterExecutorMessage,
    ReregisterExecutorMessage, RunTaskMessage, StatusUpdateAcknowledgementMessage,
    StatusUpdateMessage,
};
use mesos::messages::{
    ExecutorID, ExecutorInfo, FrameworkID, FrameworkInfo, KillPolicy, SlaveID, SlaveInfo, TaskID,
    TaskInfo, TaskState, TaskStatus,
};

use crate::support::{Node, Peer};

/// What an executor was told, a line each.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock())
    }

    fn note(&self, line: impl Into<String>) {
        self.0.lock().push(line.into());
    }
}

/// Writes down what it is told.
struct Writer(Diary);

impl Executor for Writer {
    fn registered(
        &mut self,
        _: &ExecutorDriver,
        executor: &ExecutorInfo,
        framework: &FrameworkInfo,
        slave: &SlaveInfo,
    ) {
        let (id, name, host) = (&executor.executor_id, &framework.name, &slave.hostname);
        self.0
            .note(format!("registered {} of {name} at {host}", **id));
    }
    fn reregistered(&mut self, _: &ExecutorDriver, slave: &SlaveInfo) {
        self.0.note(format!("reregistered at {}", slave.hostname));
    }
    fn disconnected(&mut self, _: &ExecutorDriver) {
        self.0.note("disconnected");
    }
    fn launch_task(&mut self, _: &ExecutorDriver, task: TaskInfo) {
        self.0.note(format!("launch {}", *task.task_id));
    }
    fn kill_task(&mut self, _: &ExecutorDriver, task: &TaskID) {
        self.0.note(format!("kill {task}"));
    }
    fn kill_task_with_policy(
        &mut self,
        driver: &ExecutorDriver,
        task: &TaskID,
        policy: Option<&KillPolicy>,
    ) {
        match policy {
            Some(policy) => {
                let nanoseconds = policy.grace_period.nanoseconds;
                self.0.note(format!("kill {task} within {nanoseconds} ns"));
            }
            None => self.kill_task(driver, task),
        }
    }
    fn framework_message(&mut self, _: &ExecutorDriver, data: Bytes) {
        self.0.note(format!("message {data:?}"));
    }
    fn shutdown(&mut self, _: &ExecutorDriver) {
        self.0.note("shutdown");
    }
    fn error(&mut self, driver: &ExecutorDriver, message: &str) {
        self.0
            .note(format!("error {message}, {:?}", driver.status()));
    }
}

/// A driver, and the agent that it finds in its environment.
struct World<'a> {
    driver: ExecutorDriver,
    diary: Diary,
    agent: Peer<'a>,
    overstayed: Diary,
}

/// What agents hear of executors.
const HEARD: &[&str] = &[
    RegisterExecutorMessage::NAME,
    ReregisterExecutorMessage::NAME,
    StatusUpdateMessage::NAME,
    ExecutorToFrameworkMessage::NAME,
];

impl<'a> World<'a> {
    fn new(node: &'a Node, change: fn(&mut Environment)) -> Self {
        let agent = node.peer("slave(1)", HEARD);
        let slave = agent.upid().to_string();
        let mut environment = Environment::read(|name| variable(name, &slave)).unwrap();
        change(&mut environment);
        let (diary, overstayed) = (Diary::default(), Diary::default());
        let note = overstayed.clone();
        let driver = ExecutorDriver::builder(environment)
            .when_overstayed(move || note.note("killed"))
            .build(&node.manager, Writer(diary.clone()));
        Self {
            driver,
            diary,
            agent,
            overstayed,
        }
    }

    /// Starts the driver and registers it; gives its address.
    fn register(&self) -> Upid {
        self.driver.start();
        let (driver, message) = self.agent.heard::<RegisterExecutorMessage>();
        assert_eq!(message.framework_id.value, "F");
        assert_eq!(message.executor_id.value, "E");
        self.agent.say(&driver, registered());
        assert_eq!(self.diary.take(), ["registered E of test at host"]);
        driver
    }

    /// Has the driver send an update; gives what the agent hears of it.
    fn update(&self, task: &str, state: TaskState) -> StatusUpdateMessage {
        let status = TaskStatus {
            task_id: TaskID::from(task).into(),
            state,
            ..Default::default()
        };
        self.driver.send_status_update(status);
        self.agent.heard().1
    }
}

fn variable(name: &str, slave: &str) -> Option<String> {
    let value = match name {
        "MESOS_FRAMEWORK_ID" => "F",
        "MESOS_EXECUTOR_ID" => "E",
        "MESOS_SLAVE_ID" => "S",
        "MESOS_SLAVE_PID" => slave,
        "MESOS_DIRECTORY" => "/sandbox",
        _ => return None,
    };
    Some(value.to_owned())
}

fn registered() -> ExecutorRegisteredMessage {
    let framework = FrameworkInfo {
        user: "root".into(),
        name: "test".into(),
        ..Default::default()
    };
    ExecutorRegisteredMessage {
        executor_info: ExecutorInfo {
            executor_id: ExecutorID::from("E").into(),
            ..Default::default()
        }
        .into(),
        framework_id: FrameworkID::from("F").into(),
        framework_info: framework.into(),
        slave_id: SlaveID::from("S").into(),
        slave_info: slave_info().into(),
        ..Default::default()
    }
}

fn slave_info() -> SlaveInfo {
    SlaveInfo {
        hostname: "host".into(),
        ..Default::default()
    }
}

fn run_task(id: &str) -> RunTaskMessage {
    let task = TaskInfo {
        name: id.to_owned(),
        task_id: TaskID::from(id).into(),
        slave_id: SlaveID::from("S").into(),
        ..Default::default()
    };
    let framework = FrameworkInfo {
        user: "root".into(),
        name: "test".into(),
        ..Default::default()
    };
    RunTaskMessage {
        framework: framework.into(),
        task: task.into(),
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
