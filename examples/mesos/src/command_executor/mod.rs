//! The executor of tasks that bring a command alone: it runs that one command.
//!
//! ```text
//! TASK_STARTING -> TASK_RUNNING -> (TASK_KILLING) -> TASK_FINISHED | TASK_FAILED | TASK_KILLED
//! ```
//!
//! The command runs in the sandbox, as a child whose output is that of the executor. It stays in
//! the executor's session, where the original gives it one of its own: so whoever ends the
//! executor's session, be it the agent or the executor itself, ends all that the command started,
//! whatever became of its parents.
//!
//! A task is killed gently: all of its processes are told to end (SIGTERM), and those that are
//! still there after the grace period are ended (SIGKILL). The period is that of the request, else
//! of the task, else 3 s. A second request can make it shorter, never longer.
//!
//! When the task is over, the executor ends as soon as its agent has the last update.

mod adapter;
mod outcome;
mod process;

use std::process::ExitCode;

use libprocess::os;
use libprocess::runtime::{Config, Runtime};

use self::adapter::Adapter;
use self::process::CommandExecutor;
use crate::executor::{Environment, ExecutorDriver};
use crate::signals::Signals;

/// The role's name: what a program is started as to be a command executor.
pub const NAME: &str = "mesos-executor";

/// Runs the executor that the variables describe, until its task is over.
///
/// Everything that its task started is gone when this returns.
pub fn run(variable: impl Fn(&str) -> Option<String>) -> ExitCode {
    let environment = match Environment::read(&variable) {
        Ok(environment) => environment,
        Err(error) => {
            eprintln!("{NAME}: {error}");
            return ExitCode::FAILURE;
        }
    };
    match serve(environment) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{NAME}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(environment: Environment) -> Result<(), Box<dyn std::error::Error>> {
    let mut signals = Signals::catch()?;
    let runtime = Runtime::builder()
        .config(Config::from_environment()?)
        .start()?;
    let reaper = runtime.reaper().ok_or("this runtime starts no processes")?;
    let executor = CommandExecutor::new(reaper.clone(), environment.shutdown_grace_period);
    let process = runtime.spawn_as("command-executor", executor)?;
    let driver = ExecutorDriver::builder(environment)
        .when_overstayed(|| {
            end_session();
            std::process::exit(1);
        })
        .build(runtime.manager(), Adapter::new(process.clone()));
    driver.start();
    if signals.wait_unless(&driver.over())? {
        let last = driver.clone();
        process.tell(move |executor, ctx| executor.shut_down(ctx, last));
        signals.wait_unless(&driver.over())?;
    }
    runtime.stop()?;
    end_session();
    Ok(())
}

/// Ends whatever a task left behind in the session that this process leads.
fn end_session() {
    if let Err(error) = os::kill_tree(std::process::id(), SIGKILL) {
        log::error!("cannot end what the task started: {error}");
    }
}

const SIGKILL: i32 = 9;
