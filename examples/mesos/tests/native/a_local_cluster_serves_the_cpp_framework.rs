//! The C++ framework finishes its tasks on a cluster that is all ours.

use std::process::Command;

use super::Native;
use crate::program::{Program, free_port};

#[test]
fn its_tasks_finish_start_after_start() {
    let Some(native) = Native::find() else { return };
    for _ in 0..3 {
        let port = free_port();
        let mut local = Command::new(env!("CARGO_BIN_EXE_mesos-local"));
        let mut local = Program::start(local.args(["--serve", "--port", &port.to_string()]));
        local.says("Serving");
        let mut framework = native.framework(port, &["--tasks", "5", "--command", "exit 0"]);
        let (status, seen) = framework.ends();
        assert!(status.success(), "{}", seen.join("\n"));
        assert!(seen.iter().any(|line| line == "finished 5 of 5"));
    }
}
