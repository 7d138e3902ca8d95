//! The master of a cluster.

use std::error::Error;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use libprocess::runtime::{Config, Runtime};
use mesos::flags::{Flags, Given};
use mesos::logging::{self, Loudness};
use mesos::machine;
use mesos::master::{self, Master, Settings};
use mesos::signals::Signals;

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::new(
        "mesos-master",
        "Offers the resources of agents to frameworks.",
    )
    .or::<IpAddr>("ip", "127.0.0.1", "The address to listen on.")
    .or::<u16>("port", "5050", "The port to listen on.")
    .optional::<PathBuf>(
        "work_dir",
        "Where the master keeps what it has to remember.",
    )
    .optional::<String>("hostname", "What to call this machine.")
    .or::<Duration>(
        "allocation_interval",
        "1secs",
        "How often to offer what is free.",
    )
    .or::<Duration>(
        "agent_ping_timeout",
        "15secs",
        "How often to ask agents for a pong.",
    )
    .or::<usize>(
        "max_agent_ping_timeouts",
        "5",
        "How many pongs an agent may miss.",
    )
    .or::<Loudness>("logging_level", "INFO", "What to log.")
    .read_or_exit();
    logging::start(flags.get("logging_level"));
    if let Some(work_dir) = flags.find::<PathBuf>("work_dir") {
        std::fs::create_dir_all(work_dir)?;
    }
    let mut signals = Signals::catch()?;
    let runtime = Runtime::builder()
        .config(Config::from_environment()?)
        .ip(flags.get::<IpAddr>("ip"))
        .port(flags.get("port"))
        .delegate(master::ID)
        .start()?;
    runtime.spawn_as(master::ID, Master::new(settings(&flags)))?;
    signals.wait()?;
    runtime.stop()?;
    Ok(())
}

fn settings(flags: &Given) -> Settings {
    let mut settings = Settings::default();
    settings.hostname = flags.find("hostname").unwrap_or_else(machine::hostname);
    settings.allocation_interval = flags.get("allocation_interval");
    settings.agent_ping_timeout = flags.get("agent_ping_timeout");
    settings.max_agent_ping_timeouts =
        u32::try_from(flags.get::<usize>("max_agent_ping_timeouts")).unwrap_or(u32::MAX);
    let flags = flags
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    settings.flags = flags.collect();
    settings
}
