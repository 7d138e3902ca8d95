//! From the master by way of an executor and back.

use bytes::Bytes;
use libprocess::protobuf::Message;
use mesos::messages::internal::{
    ExecutorRegisteredMessage, ExecutorToFrameworkMessage, ExitedExecutorMessage,
    FrameworkToExecutorMessage, RunTaskMessage, ShutdownExecutorMessage,
    StatusUpdateAcknowledgementMessage, StatusUpdateMessage,
};
use mesos::messages::task_status::{Reason, Source};
use mesos::messages::{
    DurationInfo, Environment, ExecutorID, FrameworkID, KillPolicy, SlaveID, TaskInfo, TaskState,
    environment,
};

use super::{World, acknowledge, command_task, executor_task, run_task, update};
use crate::support::Node;

#[test]
fn a_command_gets_an_executor_of_its_own() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(run_task(command_task("T", "true"), true));
    let container = world.stage.last();
    let runs = "/work_dir/slaves/S/frameworks/F/executors/T/runs";
    assert_eq!(
        container.directory.display().to_string(),
        format!("{runs}/{}", container.id)
    );
    assert_eq!(
        container.command.value.as_deref(),
        Some("/launcher/mesos-executor")
    );
    assert_eq!(
        container.command.arguments,
        ["mesos-executor", "--launcher_dir=/launcher"]
    );

    let executor = world.executor("T");
    let (_, message) = executor.heard::<ExecutorRegisteredMessage>();
    assert_eq!(message.framework_info.name, "test");
    assert_eq!(message.slave_info.id.value, "S");
    let name = "Command Executor (Task: T) (Command: sh -c 'true')";
    assert_eq!(message.executor_info.name.as_deref(), Some(name));
    let (_, message) = executor.heard::<RunTaskMessage>();
    assert_eq!(message.task.command.value.as_deref(), Some("true"));
    assert_eq!(message.pid.as_deref(), Some("scheduler@127.0.0.1:5050"));
}

#[test]
fn an_executor_is_told_all_by_its_environment() {
    let node = Node::new();
    let world = World::registered(&node);
    let variable = environment::Variable {
        name: "MINE".into(),
        value: Some("1".into()),
        ..Default::default()
    };
    let mut task = command_task("T", "true");
    task.command.get_or_insert_default().environment = Environment {
        variables: vec![variable],
        ..Default::default()
    }
    .into();
    let grace = DurationInfo {
        nanoseconds: 7_000_000_000,
        ..Default::default()
    };
    task.kill_policy = KillPolicy {
        grace_period: grace.into(),
        ..Default::default()
    }
    .into();
    world.say(run_task(task, true));
    let container = world.stage.last();
    let directory = container.directory.display().to_string();
    for (name, value) in [
        ("LIBPROCESS_IP", "127.0.0.1"),
        ("LIBPROCESS_PORT", "0"),
        ("MESOS_AGENT_ENDPOINT", "127.0.0.1:5050"),
        ("MESOS_CHECKPOINT", "0"),
        ("MESOS_DIRECTORY", &directory),
        ("MESOS_EXECUTOR_ID", "T"),
        ("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", "9secs"),
        ("MESOS_FRAMEWORK_ID", "F"),
        ("MESOS_HTTP_COMMAND_EXECUTOR", "0"),
        ("MESOS_SANDBOX", &directory),
        ("MESOS_SLAVE_ID", "S"),
        ("MESOS_SLAVE_PID", "slave(1)@127.0.0.1:5050"),
        ("MINE", "1"),
        (
            "PATH",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ),
    ] {
        assert_eq!(
            container.environment.get(name).map(String::as_str),
            Some(value),
            "{name}"
        );
    }
}

#[test]
fn updates_are_acknowledged_to_the_executor_and_enriched_for_the_master() {
    let node = Node::new();
    let world = World::registered(&node);
    let executor = world.running();
    executor.say(
        world.agent.upid(),
        update("T", "T", TaskState::TASK_RUNNING, 1),
    );
    let (_, message) = executor.heard::<StatusUpdateAcknowledgementMessage>();
    assert_eq!(message.uuid, vec![1; 16]);
    assert_eq!(message.task_id.value, "T");

    let (from, message) = world.master.heard::<StatusUpdateMessage>();
    assert_eq!(message.pid, Some(from.to_string()));
    assert_eq!(message.update.latest_state, Some(TaskState::TASK_RUNNING));
    let status = &message.update.status;
    assert_eq!(status.source, Some(Source::SOURCE_EXECUTOR));
    assert_eq!(status.slave_id.value, "S");
    assert_eq!(status.executor_id.value, "T");
    assert_eq!(status.uuid, message.update.uuid);
    assert_eq!(
        status.container_status.container_id.value,
        world.stage.last().id
    );
    let address = &status.container_status.network_infos[0].ip_addresses[0];
    assert_eq!(address.ip_address.as_deref(), Some("127.0.0.1"));
    message.encode().expect("complete");
}

#[test]
fn a_second_end_of_a_task_is_acknowledged_and_dropped() {
    let node = Node::new();
    let world = World::registered(&node);
    let executor = world.running();
    executor.say(
        world.agent.upid(),
        update("T", "T", TaskState::TASK_FINISHED, 1),
    );
    executor.heard::<StatusUpdateAcknowledgementMessage>();
    executor.say(
        world.agent.upid(),
        update("T", "T", TaskState::TASK_FAILED, 2),
    );
    executor.heard::<StatusUpdateAcknowledgementMessage>();
    assert_eq!(world.update().status.state, TaskState::TASK_FINISHED);
    world.master.heard_nothing();
}

#[test]
fn an_executor_takes_one_task_after_another() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(run_task(executor_task("1", "run"), true));
    world.say(run_task(executor_task("2", "run"), false));
    assert_eq!(world.stage.count(), (1, 1));
    let executor = world.executor("E");
    executor.heard::<ExecutorRegisteredMessage>();
    for id in ["1", "2"] {
        let (_, message) = executor.heard::<RunTaskMessage>();
        assert_eq!(message.task.task_id.value, id);
    }
    world.say(run_task(executor_task("3", "run"), false));
    executor.heard::<RunTaskMessage>();
}

#[test]
fn master_and_agent_have_to_agree_on_executors() {
    let node = Node::new();
    let world = World::registered(&node);
    let refused = |task: TaskInfo, launch: bool, message: &str| {
        world.say(run_task(task, launch));
        if launch {
            let (_, message) = world.master.heard_one_of::<ExitedExecutorMessage>();
            assert_eq!(message.status, -1);
        }
        let update = world.update();
        assert_eq!(update.status.state, TaskState::TASK_LOST);
        assert_eq!(update.status.source, Some(Source::SOURCE_SLAVE));
        assert_eq!(update.status.message.as_deref(), Some(message));
        update.status.reason
    };
    let none = "No executor is expected to launch and there is no executor running";
    let reason = refused(executor_task("1", "run"), false, none);
    assert_eq!(reason, Some(Reason::REASON_EXECUTOR_TERMINATED));

    world.say(run_task(executor_task("1", "run"), true));
    let one = "Master wants to launch executor, but one already exists";
    refused(executor_task("2", "run"), true, one);

    world.say(run_task(command_task("T", "true"), true));
    let same = "Executor of the task's id exists already";
    let reason = refused(command_task("T", "true"), true, same);
    assert_eq!(reason, Some(Reason::REASON_TASK_INVALID));
}

#[test]
fn tasks_of_other_agents_and_other_masters_are_ignored() {
    let node = Node::new();
    let world = World::registered(&node);
    let task = TaskInfo {
        slave_id: SlaveID::from("Z").into(),
        ..command_task("T", "true")
    };
    world.say(run_task(task, true));
    let usurper = node.peer("usurper", super::MASTER);
    usurper.say(
        world.agent.upid(),
        run_task(command_task("T", "true"), true),
    );
    assert_eq!(world.stage.count(), (0, 0));
}

#[test]
fn executors_that_nobody_waits_for_are_shut_down() {
    let node = Node::new();
    let world = World::registered(&node);
    world.executor("unknown").heard::<ShutdownExecutorMessage>();
    world.running();
    let again = world.node.peer("again", super::EXECUTOR);
    let message = mesos::messages::internal::RegisterExecutorMessage {
        framework_id: FrameworkID::from("F").into(),
        executor_id: ExecutorID::from("T").into(),
        ..Default::default()
    };
    again.say(world.agent.upid(), message);
    again.heard::<ShutdownExecutorMessage>();
}

#[test]
fn messages_pass_between_scheduler_and_executor() {
    let node = Node::new();
    let world = World::registered(&node);
    let scheduler = node.peer("scheduler", super::MASTER);
    let executor = world.running();
    let data = Bytes::from_static(b"x");
    let down = FrameworkToExecutorMessage {
        slave_id: SlaveID::from("S").into(),
        framework_id: FrameworkID::from("F").into(),
        executor_id: ExecutorID::from("T").into(),
        data: data.clone(),
        ..Default::default()
    };
    scheduler.say(world.agent.upid(), down);
    assert_eq!(executor.heard::<FrameworkToExecutorMessage>().1.data, data);
    let up = ExecutorToFrameworkMessage {
        slave_id: SlaveID::from("S").into(),
        framework_id: FrameworkID::from("F").into(),
        executor_id: ExecutorID::from("T").into(),
        data: data.clone(),
        ..Default::default()
    };
    executor.say(world.agent.upid(), up);
    assert_eq!(scheduler.heard::<ExecutorToFrameworkMessage>().1.data, data);
}

#[test]
fn a_task_is_forgotten_when_its_end_is_known() {
    let node = Node::new();
    let world = World::registered(&node);
    let executor = world.running();
    executor.say(
        world.agent.upid(),
        update("T", "T", TaskState::TASK_FINISHED, 1),
    );
    let (_, message) = world.master.heard::<StatusUpdateMessage>();
    world.stage.end(&node, 0);
    world.say(acknowledge(&message));
    // The same id may come again.
    executor.die();
    world.running();
    assert_eq!(world.stage.count(), (2, 1));
}
