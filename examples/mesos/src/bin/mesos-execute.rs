//! Runs one command on a cluster, shows its states, and ends as it does.

use std::error::Error;
use std::process::ExitCode;

use libprocess::address::Upid;
use libprocess::runtime::{Config, Runtime};
use mesos::execute::{Execution, Job};
use mesos::flags::Flags;
use mesos::logging::{self, Loudness};
use mesos::machine;
use mesos::resources::Resources;
use mesos::signals::Signals;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let flags = Flags::new("mesos-execute", "Runs one command on a cluster.")
        .required::<Upid>("master", "Where the master is: HOST:PORT.")
        .required::<String>("command", "What a shell is to run.")
        .or::<String>("name", "mesos-execute", "What to call the task.")
        .or::<Resources>("resources", "cpus:0.1;mem:32", "What the task needs.")
        .or::<Loudness>("logging_level", "WARNING", "What to log.")
        .read_or_exit();
    logging::start(flags.get("logging_level"));
    let job = Job {
        name: flags.get("name"),
        command: flags.get("command"),
        resources: flags.get("resources"),
        user: machine::user()?,
        hostname: machine::hostname(),
    };
    let mut signals = Signals::catch()?;
    let runtime = Runtime::builder()
        .config(Config::from_environment()?)
        .start()?;
    let execution = Execution::start(runtime.manager(), flags.get("master"), job, |line| {
        println!("{line}");
    });
    if signals.wait_unless(&execution.driver().over())? {
        execution.driver().stop(false);
        execution.driver().join();
    }
    runtime.stop()?;
    Ok(execution.exit_code())
}
