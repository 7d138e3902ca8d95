//! Where executors run: behind a trait, since in a simulation there is no operating system.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use libprocess::future::Future;

use crate::messages::CommandInfo;

/// Starts executors, and ends them with all that they started.
pub trait Launcher: Send + 'static {
    /// Starts an executor. The future completes when nothing of it runs any more.
    ///
    /// # Errors
    ///
    /// If it could not be started; nothing of it runs then.
    fn launch(&mut self, container: &Container) -> Result<Future<Exit>, LaunchError>;

    /// Kills an executor with all that it started. None if it is gone already.
    fn destroy(&mut self, id: &str);
}

/// An executor to start.
#[derive(Debug, Clone)]
pub struct Container {
    /// Its id, unlike any other.
    pub id: String,
    /// Its sandbox: the folder that it begins in and that holds what it prints.
    pub directory: PathBuf,
    /// What to run.
    pub command: CommandInfo,
    /// All variables that it sees.
    pub environment: BTreeMap<String, String>,
}

/// How an executor ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// The status of wait(2), or -1 where nobody knows it.
    pub status: i32,
}

/// Why an executor could not be started.
#[derive(Debug)]
pub struct LaunchError(pub String);

impl fmt::Display for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for LaunchError {}
