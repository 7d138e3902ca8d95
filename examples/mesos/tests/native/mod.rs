//! The real Mesos, where this machine has it: a C++ framework and a C++ agent.
//!
//! They come from a PyPI package that carries libmesos, and need Python 2.7. Where either is
//! absent each of these tests says so in a line, and passes.

mod a_local_cluster_serves_the_cpp_framework;
mod a_task_outlives_the_cpp_master;
mod our_command_runs_on_the_cpp_cluster;
mod the_cpp_agent_runs_tasks_of_the_cpp_framework;
mod the_cpp_driver_registers_and_leaves;
mod the_cpp_master_takes_our_agent;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{Program, free_port};

/// The scripts that start the real Mesos.
pub(crate) struct Native(PathBuf);

impl Native {
    /// The real Mesos, or a line that says why there is none.
    pub(crate) fn find() -> Option<Self> {
        let scripts =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/peers/native-mesos");
        let why = match Command::new(scripts.join("setup")).output() {
            Ok(setup) if setup.status.success() => return Some(Self(scripts)),
            Ok(setup) => String::from_utf8_lossy(&setup.stderr).trim().to_owned(),
            Err(error) => format!("{}: {error}", scripts.display()),
        };
        // Not by `println`, which a test that passes does not show.
        let _ = writeln!(std::io::stderr(), "skipped: no real Mesos here: {why}");
        None
    }

    /// The C++ framework; it gives up after a minute.
    pub(crate) fn framework(&self, master: u16, arguments: &[&str]) -> Program {
        let mut command = Command::new(self.0.join("framework"));
        command
            .args(["--master", &format!("127.0.0.1:{master}")])
            .args(arguments);
        Program::start(&mut command)
    }

    /// The C++ master, with an agent in its OS process; it ends after two minutes.
    pub(crate) fn cluster(&self, port: u16, executor: &str) -> Program {
        let mut command = Command::new(self.0.join("run"));
        command.args([&port.to_string(), "120"]);
        Program::start(command.env("NATIVE_MESOS_EXECUTOR", executor))
    }

    /// The C++ master alone; it ends after two minutes.
    pub(crate) fn master(&self, port: u16) -> Program {
        let mut command = Command::new(self.0.join("run"));
        command.args([&port.to_string(), "120"]);
        Program::start(command.env("MESOS_NUM_SLAVES", "0"))
    }

    /// The C++ agent; it ends after two minutes.
    pub(crate) fn agent(&self, master: u16, executor: &str) -> Program {
        let mut command = Command::new(self.0.join("agent"));
        command.args([
            &free_port().to_string(),
            &format!("127.0.0.1:{master}"),
            "120",
        ]);
        Program::start(command.env("NATIVE_MESOS_EXECUTOR", executor))
    }
}
