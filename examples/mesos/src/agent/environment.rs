//! What executors are told by their environment, and the executor that we make up for a command.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use libprocess::address::Upid;
use libprocess::time::{format_duration, secs};

use super::Config;
use crate::durations;
use crate::messages::{
    CommandInfo, DurationInfo, ExecutorID, ExecutorInfo, FrameworkID, FrameworkInfo, Resource,
    TaskInfo, value,
};

/// What runs a task that brings a command alone: `mesos-executor` of a folder, or else this very
/// program in that role.
#[must_use]
pub fn executor_command(launcher_dir: Option<&Path>) -> CommandInfo {
    let (value, arguments) = match launcher_dir {
        Some(directory) => {
            let launcher_dir = format!("--launcher_dir={}", directory.display());
            (
                directory.join(ROLE).display().to_string(),
                vec![ROLE.to_owned(), launcher_dir],
            )
        }
        None => ("/proc/self/exe".to_owned(), vec![ROLE.to_owned()]),
    };
    CommandInfo {
        shell: Some(false),
        value: Some(value),
        arguments,
        ..Default::default()
    }
}

/// Where an executor runs: a folder of its own for each start, by the ids of agent, framework,
/// executor and container.
pub(super) fn sandbox(work_dir: &Path, ids: [&String; 4]) -> PathBuf {
    let mut path = work_dir.to_owned();
    for (kind, id) in ["slaves", "frameworks", "executors", "runs"]
        .into_iter()
        .zip(ids)
    {
        path.push(kind);
        path.push(id);
    }
    path
}

/// Every variable of an executor. What its command sets wins, then what Mesos says.
pub(super) fn variables(
    config: &Config,
    agent: &Upid,
    slave: &str,
    framework: &FrameworkInfo,
    executor: &ExecutorInfo,
    directory: &Path,
) -> BTreeMap<String, String> {
    let grace = executor
        .shutdown_grace_period
        .as_option()
        .map(durations::from_info);
    let grace = grace.unwrap_or(config.executor_shutdown_grace_period);
    let directory = directory.display().to_string();
    let address = agent.address();
    let mut variables: BTreeMap<String, String> = config.environment.iter().cloned().collect();
    variables
        .entry("PATH".to_owned())
        .or_insert_with(|| DEFAULT_PATH.to_owned());
    variables.extend(
        [
            ("LIBPROCESS_IP", address.ip().to_string()),
            ("LIBPROCESS_PORT", "0".to_owned()),
            ("MESOS_AGENT_ENDPOINT", address.to_string()),
            // Nothing is on disk, so an executor does not outlive its agent.
            ("MESOS_CHECKPOINT", "0".to_owned()),
            ("MESOS_CONTAINER_IP", address.ip().to_string()),
            ("MESOS_DIRECTORY", directory.clone()),
            ("MESOS_EXECUTOR_ID", executor.executor_id.value.clone()),
            (
                "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD",
                format_duration(grace),
            ),
            ("MESOS_FRAMEWORK_ID", framework.id.value.clone()),
            ("MESOS_HTTP_COMMAND_EXECUTOR", "0".to_owned()),
            ("MESOS_SANDBOX", directory),
            ("MESOS_SLAVE_ID", slave.to_owned()),
            ("MESOS_SLAVE_PID", agent.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    for variable in &executor.command.environment.variables {
        variables.insert(
            variable.name.clone(),
            variable.value.clone().unwrap_or_default(),
        );
    }
    variables
}

/// The executor of a task that brings a command alone.
pub(super) fn executor_for(config: &Config, task: &TaskInfo, framework: &str) -> ExecutorInfo {
    let id = task.task_id.value.clone();
    // What the executor's own files and variables are: those that the task asks for.
    let command = CommandInfo {
        uris: task.command.uris.clone(),
        environment: task.command.environment.clone(),
        user: task.command.user.clone(),
        ..config.command_executor.clone()
    };
    let grace = task
        .kill_policy
        .grace_period
        .as_option()
        .map(durations::from_info);
    let grace = grace.map(|grace| DurationInfo {
        nanoseconds: i64::try_from((grace + LEEWAY).as_nanos()).unwrap_or(i64::MAX),
        ..Default::default()
    });
    ExecutorInfo {
        executor_id: ExecutorID {
            value: id.clone(),
            ..Default::default()
        }
        .into(),
        framework_id: FrameworkID {
            value: framework.to_owned(),
            ..Default::default()
        }
        .into(),
        name: Some(format!(
            "Command Executor (Task: {id}) (Command: {})",
            shown(&task.command)
        )),
        source: Some(id),
        command: command.into(),
        container: task.container.clone(),
        shutdown_grace_period: grace.into(),
        resources: vec![scalar("cpus", 0.1), scalar("mem", 32.0)],
        ..Default::default()
    }
}

/// The beginning of a command.
fn shown(command: &CommandInfo) -> String {
    let value = if command.shell.unwrap_or(true) {
        command.value.clone().unwrap_or_default()
    } else {
        command.arguments.join(" ")
    };
    let cut = if value.chars().count() > 15 {
        value.chars().take(12).chain("...".chars()).collect()
    } else {
        value
    };
    if command.shell.unwrap_or(true) {
        format!("sh -c '{cut}'")
    } else {
        format!("'{cut}'")
    }
}

fn scalar(name: &str, value: f64) -> Resource {
    Resource {
        name: name.to_owned(),
        r#type: value::Type::SCALAR,
        scalar: value::Scalar {
            value,
            ..Default::default()
        }
        .into(),
        ..Default::default()
    }
}

/// What command executors are started as.
const ROLE: &str = "mesos-executor";
/// What a command executor needs beyond the grace period of its task, to see the task's end.
const LEEWAY: std::time::Duration = secs(2);
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
