//! The C++ framework finishes its tasks on our agent, by way of a C++ master.

use std::process::Command;

use super::Native;
use crate::program::{Program, free_port};
use crate::programs::Folder;

#[test]
fn its_tasks_finish() {
    let Some(native) = Native::find() else { return };
    let port = free_port();
    let mut master = native.master(port);
    master.says("Elected as the leading master");
    let folder = Folder::new("agent-of-cpp-master");
    let mut agent = Command::new(env!("CARGO_BIN_EXE_mesos-agent"));
    let agent = agent.args(["--master", &format!("127.0.0.1:{port}"), "--port", "0"]);
    let mut agent = Program::start(agent.arg("--work_dir").arg(folder.path()));
    agent.says("registered with master");
    let mut framework = native.framework(port, &["--tasks", "5", "--command", "exit 0"]);
    let (status, seen) = framework.ends();
    assert!(status.success(), "{}", seen.join("\n"));
    assert!(seen.iter().any(|line| line == "finished 5 of 5"));
}
