//! Executors as OS processes, each in a folder and a session of its own.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use libprocess::future::Future;
use libprocess::os::{Environment, Reaper, Redirect, Subprocess};
use libprocess::primitive::sync::{Arc, Mutex};

use super::{Container, Exit, LaunchError, Launcher};
use crate::commands::command;

/// Starts executors as OS processes, the way of the original's posix launcher: no limits, no
/// isolation.
///
/// Each leads a session, which is how what it started is found and killed with it. What an executor
/// and its tasks print is in `stdout` and `stderr` of its folder.
///
/// Dropping this kills every executor.
#[doc(alias = "PosixLauncher")]
pub struct Sandboxes {
    reaper: Reaper,
    running: Arc<Mutex<BTreeMap<String, Arc<Subprocess>>>>,
}

impl Sandboxes {
    /// A launcher whose children `reaper` watches.
    #[must_use]
    pub fn new(reaper: Reaper) -> Self {
        Self {
            reaper,
            running: Arc::default(),
        }
    }
}

impl Launcher for Sandboxes {
    fn launch(&mut self, container: &Container) -> Result<Future<Exit>, LaunchError> {
        if let Some(uri) = container.command.uris.first() {
            return Err(LaunchError(format!(
                "cannot fetch {}: there is no fetcher",
                uri.value
            )));
        }
        let directory = &container.directory;
        make(directory).map_err(|error| {
            LaunchError(format!(
                "cannot make the sandbox {}: {error}",
                directory.display()
            ))
        })?;
        let child = command(&container.command)
            .environment(Environment::only(&container.environment))
            .working_directory(directory)
            .stdin(Redirect::Null)
            .stdout(Redirect::File(directory.join("stdout")))
            .stderr(Redirect::File(directory.join("stderr")))
            .spawn(&self.reaper)
            .map_err(|error| LaunchError(error.to_string()))?;
        let child = Arc::new(child);
        self.running
            .lock()
            .insert(container.id.clone(), Arc::clone(&child));
        let (running, id) = (Arc::clone(&self.running), container.id.clone());
        Ok(child.status().map(move |status| {
            running.lock().remove(&id);
            kill(&child);
            Exit {
                status: status.into_raw(),
            }
        }))
    }

    fn destroy(&mut self, id: &str) {
        let child = self.running.lock().get(id).cloned();
        if let Some(child) = child {
            kill(&child);
        }
    }
}

impl Drop for Sandboxes {
    fn drop(&mut self) {
        for child in self.running.lock().values() {
            kill(child);
        }
    }
}

/// Makes a sandbox, and the link `latest` beside it.
fn make(directory: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o750)
        .create(directory)?;
    let latest = directory.with_file_name("latest");
    match fs::remove_file(&latest) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => symlink(directory, latest),
    }
}

fn kill(child: &Subprocess) {
    if let Err(error) = child.kill_tree(SIGKILL) {
        log::error!("cannot kill executor {}: {error}", child.pid());
    }
}

const SIGKILL: i32 = 9;
