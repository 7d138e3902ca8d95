//! The handle to a child.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::process::{Child, ExitStatus};

use super::calls;
use super::pipe::{PipeReader, PipeWriter};
use super::reaper::{Reaper, Watched};
use super::tree;
use crate::future::Future;
use crate::primitive::sync::Arc;

/// A child that was started by [`Command::spawn`](super::Command::spawn).
///
/// It goes on when this is dropped, and is reaped all the same.
pub struct Subprocess {
    watched: Arc<Watched>,
    stdin: Option<PipeWriter>,
    stdout: Option<PipeReader>,
    stderr: Option<PipeReader>,
}

impl Subprocess {
    pub(super) fn watch(mut child: Child, reaper: &Reaper) -> io::Result<Self> {
        Self::try_watch(&mut child, reaper).inspect_err(|_| {
            // A child that nobody can watch would become a zombie.
            if let Err(error) = child.kill().and_then(|()| child.wait()) {
                log::error!("failed to end the unwatched child {}: {error}", child.id());
            }
        })
    }

    fn try_watch(child: &mut Child, reaper: &Reaper) -> io::Result<Self> {
        let reader = |fd| PipeReader::new(fd, reaper);
        let writer = |fd| PipeWriter::new(fd, reaper);
        let stdout = child.stdout.take().map(Into::into);
        let stderr = child.stderr.take().map(Into::into);
        Ok(Self {
            stdin: child.stdin.take().map(Into::into).map(writer).transpose()?,
            stdout: stdout.map(reader).transpose()?,
            stderr: stderr.map(reader).transpose()?,
            watched: reaper.watch(child.id())?,
        })
    }

    /// The number of the child; once it has ended it may become that of another process.
    pub fn pid(&self) -> u32 {
        self.watched.pid
    }

    /// How the child ends. Discarding this has no effect on the child.
    ///
    /// It fails if somebody else took the status (a handler of `SIGCHLD`, say), and is abandoned
    /// if the runtime stops first.
    pub fn status(&self) -> Future<ExitStatus> {
        let pid = self.pid();
        self.watched.ended().then(move |status| match status {
            Some(status) => Future::ready(status),
            None => Future::failed(format!("somebody else reaped the child {pid}")),
        })
    }

    /// Sends a signal to the child, which need not have ended for it: then this does nothing.
    ///
    /// # Errors
    ///
    /// The child runs as another user, or there is no such signal.
    pub fn kill(&self, signal: i32) -> io::Result<()> {
        let pid = self.pid();
        self.watched.hold(|ours| match ours {
            true => calls::kill(pid, signal),
            false => Ok(()),
        })
    }

    /// Sends a signal to the child with all that it started, also after its own end: see
    /// [`kill_tree`](super::kill_tree).
    ///
    /// # Errors
    ///
    /// The list of processes cannot be read.
    pub fn kill_tree(&self, signal: i32) -> io::Result<BTreeSet<u32>> {
        let pid = self.pid();
        self.watched.hold(|ours| match ours || !tree::exists(pid) {
            true => tree::kill_tree(pid, signal),
            // The number is another's by now, which it cannot be while our session has members.
            false => Ok(BTreeSet::new()),
        })
    }

    /// Our end of a piped standard input; none if it was taken or is not piped.
    #[doc(alias = "in")]
    pub fn take_stdin(&mut self) -> Option<PipeWriter> {
        self.stdin.take()
    }

    /// Our end of a piped standard output; none if it was taken or is not piped.
    #[doc(alias = "out")]
    pub fn take_stdout(&mut self) -> Option<PipeReader> {
        self.stdout.take()
    }

    /// Our end of a piped standard error; none if it was taken or is not piped.
    #[doc(alias = "err")]
    pub fn take_stderr(&mut self) -> Option<PipeReader> {
        self.stderr.take()
    }
}

impl fmt::Debug for Subprocess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subprocess")
            .field("pid", &self.pid())
            .finish_non_exhaustive()
    }
}
