//! The command executor: an agent starts it for a task that brings a command alone.

use std::process::ExitCode;

use mesos::logging::{self, Loudness};
use mesos::{command_executor, flags};

fn main() -> ExitCode {
    logging::start(Loudness::Warning);
    command_executor::run(flags::variable)
}
