//! Between a C++ framework and a C++ agent stand only our master and our command executor.

use super::Native;
use crate::program::{Program, free_port};

#[test]
fn five_commands_finish() {
    let Some(native) = Native::find() else { return };
    let (_master, _agent, port) = cluster(&native);
    let mut framework = native.framework(port, &["--tasks", "5", "--command", "exit 0"]);
    let (status, seen) = framework.ends();
    assert!(status.success(), "{status}: {}", seen.join("\n"));
    assert!(
        seen.iter().any(|line| line == "finished 5 of 5"),
        "{}",
        seen.join("\n")
    );
}

#[test]
fn a_command_that_fails_says_how() {
    let Some(native) = Native::find() else { return };
    let (_master, _agent, port) = cluster(&native);
    let mut framework = native.framework(port, &["--command", "false"]);
    framework.says("update task-0 TASK_FAILED Command exited with status 1");
}

/// Our master with a C++ agent.
fn cluster(native: &Native) -> (Program, Program, u16) {
    let port = free_port();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mesos-master"));
    let mut master = Program::start(command.args(["--port", &port.to_string()]));
    master.says("started on");
    let agent = native.agent(port, env!("CARGO_BIN_EXE_mesos-executor"));
    master.says("registered agent");
    (master, agent, port)
}
