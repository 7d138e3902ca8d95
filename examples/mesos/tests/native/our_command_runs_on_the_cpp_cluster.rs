//! Our framework and our command executor, with a C++ master and a C++ agent between them.

use std::process::Command;

use super::Native;
use crate::program::{Program, free_port};

#[test]
fn it_ends_as_the_command_does() {
    let Some(native) = Native::find() else { return };
    let port = free_port();
    let mut cluster = native.cluster(port, env!("CARGO_BIN_EXE_mesos-executor"));
    cluster.says("Registered agent");
    for (command, succeeds, said) in [
        ("exit 0", true, "Command exited with status 0"),
        ("exit 3", false, "Command exited with status 3"),
        ("kill -9 $$", false, "Command terminated with signal Killed"),
    ] {
        let mut execute = Command::new(env!("CARGO_BIN_EXE_mesos-execute"));
        let master = format!("127.0.0.1:{port}");
        let mut execute = Program::start(execute.args(["--master", &master, "--command", command]));
        execute.says(&format!("message: '{said}'"));
        let (status, _) = execute.ends();
        assert_eq!(status.success(), succeeds, "{command}");
    }
}
