//! An agent: runs tasks on this machine for a master.

use std::error::Error;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use libprocess::address::Upid;
use libprocess::runtime::{Config as RuntimeConfig, Runtime};
use mesos::agent::{self, Agent, Config, Sandboxes};
use mesos::detector::Fixed;
use mesos::flags::{self, Flags, Given};
use mesos::logging::{self, Loudness};
use mesos::resources::Resources;
use mesos::signals::Signals;
use mesos::{command_executor, machine};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    // Started by an agent, this program is that agent's command executor.
    if flags::role() == command_executor::NAME {
        logging::start(Loudness::Warning);
        return Ok(command_executor::run(flags::variable));
    }
    let flags = flags().read_or_exit();
    logging::start(flags.get("logging_level"));
    let mut signals = Signals::catch()?;
    let runtime = Runtime::builder()
        .config(RuntimeConfig::from_environment()?)
        .ip(flags.get::<IpAddr>("ip"))
        .port(flags.get("port"))
        .delegate(agent::ID)
        .start()?;
    let reaper = runtime.reaper().ok_or("this runtime starts no processes")?;
    let detector = Fixed::new(flags.get("master"));
    let agent = Agent::new(config(&flags)?, detector, Sandboxes::new(reaper.clone()));
    let over = agent.over();
    let agent = runtime.spawn_as(agent::ID, agent)?;
    if signals.wait_unless(&over)? {
        agent.tell(Agent::shut_down);
        // A second signal does not wait for executors to end well.
        signals.wait_unless(&over)?;
    }
    runtime.stop()?;
    Ok(ExitCode::SUCCESS)
}

fn flags() -> Flags {
    Flags::new("mesos-agent", "Runs tasks on this machine for a master.")
        .required::<Upid>("master", "Where the master is.")
        .required::<PathBuf>("work_dir", "Where tasks have their folders.")
        .or::<IpAddr>("ip", "127.0.0.1", "The address to listen on.")
        .or::<u16>("port", "5051", "The port to listen on.")
        .optional::<String>("hostname", "What to call this machine.")
        .optional::<Resources>("resources", "What to offer, beside what is found.")
        .optional::<PathBuf>("launcher_dir", "Where mesos-executor is, if not in here.")
        .or::<Duration>(
            "registration_backoff_factor",
            "1secs",
            "How long to wait at first.",
        )
        .or::<Duration>(
            "executor_registration_timeout",
            "1mins",
            "How long executors may take.",
        )
        .or::<Duration>(
            "executor_shutdown_grace_period",
            "5secs",
            "How long they may linger.",
        )
        .or::<Loudness>("logging_level", "INFO", "What to log.")
}

fn config(flags: &Given) -> Result<Config, Box<dyn Error>> {
    let work_dir: PathBuf = flags.get("work_dir");
    std::fs::create_dir_all(&work_dir)?;
    let resources: Option<String> = flags.find("resources");
    let launcher_dir: Option<PathBuf> = flags.find("launcher_dir");
    let shown = flags
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(Config {
        hostname: flags.find("hostname").unwrap_or_else(machine::hostname),
        resources: machine::resources(&resources.unwrap_or_default(), &work_dir)?,
        work_dir: work_dir.canonicalize()?,
        command_executor: agent::executor_command(launcher_dir.as_deref()),
        registration_backoff: flags.get("registration_backoff_factor"),
        executor_registration_timeout: flags.get("executor_registration_timeout"),
        executor_shutdown_grace_period: flags.get("executor_shutdown_grace_period"),
        flags: shown.collect(),
        ..Config::default()
    })
}
