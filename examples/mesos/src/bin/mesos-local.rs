//! A whole cluster on this machine, and a framework that shows it at work.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use libprocess::runtime::Runtime;
use mesos::cluster::Cluster;
use mesos::demonstration::{Demonstration, Plan};
use mesos::flags::{self, Flags, Given};
use mesos::logging::{self, Loudness};
use mesos::resources::Resources;
use mesos::signals::Signals;
use mesos::{command_executor, machine};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    // Started by one of its agents, this program is that agent's command executor.
    if flags::role() == command_executor::NAME {
        logging::start(Loudness::Warning);
        return Ok(command_executor::run(flags::variable));
    }
    let flags = Flags::new("mesos-local", "Runs a whole cluster on this machine.")
        .or::<usize>("agents", "2", "How many agents.")
        .optional::<usize>("tasks", "How many tasks to run: 5, or none if it serves.")
        .or::<String>("command", "echo hello", "What a shell is to run in each.")
        .or::<Resources>("resources", "cpus:0.1;mem:32", "What each needs.")
        .or::<u16>("port", "0", "Where the master listens; 0 is any free port.")
        .or::<bool>("serve", "false", "Stay up until interrupted.")
        .or::<PathBuf>(
            "work_dir",
            "/tmp",
            "Where tasks have their folders, while they run.",
        )
        .or::<Loudness>("logging_level", "ERROR", "What to log.")
        .read_or_exit();
    logging::start(flags.get("logging_level"));
    let mut signals = Signals::catch()?;
    let agents = flags.get("agents");
    let cluster = Cluster::start(flags.get("port"), agents, &flags.get::<PathBuf>("work_dir"))?;
    println!(
        "Master at {}, with {agents} agents",
        cluster.master().address()
    );
    let mut succeeded = demonstrate(&flags, &cluster, &mut signals)?;
    if flags.get("serve") && succeeded.is_some() {
        println!("Serving until interrupted");
        signals.wait()?;
        succeeded = Some(true);
    }
    cluster.stop()?;
    Ok(if succeeded == Some(true) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Runs the tasks, and says whether all finished; nothing if that was interrupted.
fn demonstrate(
    flags: &Given,
    cluster: &Cluster,
    signals: &mut Signals,
) -> Result<Option<bool>, Box<dyn Error>> {
    let plan = Plan {
        tasks: flags
            .find("tasks")
            .unwrap_or(if flags.get("serve") { 0 } else { 5 }),
        command: flags.get("command"),
        resources: flags.get("resources"),
        user: machine::user()?,
    };
    if plan.tasks == 0 {
        return Ok(Some(true));
    }
    let runtime = Runtime::builder().workers(1).start()?;
    let master = cluster.master().clone();
    let say = |line: &str| println!("{line}");
    let demonstration = Demonstration::start(runtime.manager(), master, plan, say);
    let interrupted = signals.wait_unless(&demonstration.driver().over())?;
    if interrupted {
        demonstration.driver().stop(false);
        demonstration.driver().join();
    }
    runtime.stop()?;
    let table = demonstration.table();
    println!("\n{table}");
    Ok((!interrupted).then(|| table.all_finished()))
}
