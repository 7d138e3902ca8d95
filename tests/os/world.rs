//! What the tests here start their children with.

use std::fs;
use std::io;
use std::path::PathBuf;

use libprocess::future::Promise;
use libprocess::os::{Command, Reaper, Redirect, Subprocess};
use libprocess::primitive::sync::Arc;
use libprocess::reactor::Reactor;
use libprocess::scheduler::{Budget, Pool, Scheduler};

/// A worker that waits in an event loop, and a reaper on both.
pub(super) struct World {
    pub(super) reaper: Reaper,
    scheduler: Scheduler,
}

impl World {
    pub(super) fn new() -> Self {
        let reactor = Reactor::new().unwrap();
        let pool = Pool::start(1, Arc::new(reactor.clone()), Budget::default()).unwrap();
        let scheduler = Scheduler::new(pool);
        Self {
            reaper: Reaper::new(reactor, scheduler.clone()),
            scheduler,
        }
    }

    pub(super) fn stop(&self) {
        self.reaper.stop();
        self.scheduler.stop();
    }

    /// Runs a block on the worker and gives what it gives.
    pub(super) fn run<T: Send + 'static>(
        &self,
        block: impl Future<Output = io::Result<T>> + Send + 'static,
    ) -> T {
        let (promise, future) = Promise::new();
        self.scheduler
            .spawn(async move { promise.set(block.await) });
        future.wait().unwrap().unwrap()
    }

    /// Starts a shell command.
    pub(super) fn shell(&self, command: &str) -> Subprocess {
        Command::shell(command).spawn(&self.reaper).unwrap()
    }

    /// What a command prints, without the last newline, once it has ended well.
    pub(super) fn output(&self, command: Command) -> String {
        let mut child = command.stdout(Redirect::Pipe).spawn(&self.reaper).unwrap();
        let output = child.take_stdout().unwrap().read_to_end().wait().unwrap();
        assert!(child.status().wait().unwrap().success());
        String::from_utf8(output).unwrap().trim_end().to_string()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A folder of its own for a test, removed with it.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let name = format!("libprocess-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}
