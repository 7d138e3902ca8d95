//! A C++ master is killed and started again: our agent and our framework come back to it, and the
//! task between them never noticed.

use std::process::Command;

use super::Native;
use crate::program::{Program, free_port};
use crate::programs::{Folder, Witness};

#[test]
fn its_end_reaches_the_framework_by_way_of_the_new_one() {
    let Some(native) = Native::find() else { return };
    let port = free_port();
    let address = format!("127.0.0.1:{port}");
    let mut master = native.master(port);
    master.says("Elected as the leading master");
    let folder = Folder::new("agent-of-killed-master");
    let mut agent = Command::new(env!("CARGO_BIN_EXE_mesos-agent"));
    let agent = agent.args(["--master", &address, "--port", "0", "--work_dir"]);
    let mut agent = Program::start(agent.arg(folder.path()));
    agent.says("registered with master");
    let witness = Witness::new("killed-master-witness");
    let mut execute = Command::new(env!("CARGO_BIN_EXE_mesos-execute"));
    let execute = execute.args(["--master", &address, "--command", &witness.command()]);
    let mut execute = Program::start(execute);
    let executor = witness.starts();
    execute.says("TASK_RUNNING");

    master.signal("KILL");
    execute.says("Lost the master");
    master.ends();
    let mut master = native.master(port);
    master.says("Elected as the leading master");
    agent.says("reregistered with master");
    execute.says("Subscribed with ID");
    crate::program::signal(&executor, "KILL");
    execute.says("TASK_FAILED");
    execute.says("message: 'Executor terminated'");
    witness.ends();
}
