//! Waiting for the ends of processes, without polling and without a thread for each.

use std::collections::BTreeMap;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::process::ExitStatus;

use mio::unix::SourceFd;

use super::calls;
use crate::future::{Future, Promise};
use crate::primitive::sync::{Arc, Mutex};
use crate::reactor::{Direction, Reactor, Registration};
use crate::scheduler::{Scheduler, Task, Tasks};

/// Watches processes and reaps those that are our children; clones share what they watch.
#[derive(Clone)]
#[doc(alias = "reap")]
pub struct Reaper {
    shared: Arc<Shared>,
}

struct Shared {
    reactor: Reactor,
    scheduler: Scheduler,
    tasks: Arc<Tasks>,
    watches: Mutex<Watches>,
}

#[derive(Default)]
struct Watches {
    /// A process is taken out before its number is free for another, both under the lock.
    watched: BTreeMap<u32, Arc<Watched>>,
    stopped: bool,
}

impl Reaper {
    /// A reaper that waits in `reactor`, which somebody must park in, and works on `scheduler`.
    pub fn new(reactor: Reactor, scheduler: Scheduler) -> Self {
        Self {
            shared: Arc::new(Shared {
                reactor,
                scheduler,
                tasks: Arc::default(),
                watches: Mutex::default(),
            }),
        }
    }

    /// The end of any process: its status if it is our child, none if it is not, or if there is
    /// no such process. A child is reaped by this; all who ask for it get its status.
    ///
    /// ```
    /// # use libprocess::runtime::Runtime;
    /// let runtime = Runtime::builder().start()?;
    /// let reaper = runtime.reaper().expect("it was handed no scheduler");
    /// let nobody = u32::MAX;
    /// assert_eq!(reaper.reap(nobody)?.wait()?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// There are no descriptors left to watch it with.
    pub fn reap(&self, pid: u32) -> io::Result<Future<Option<ExitStatus>>> {
        match self.watch(pid) {
            Ok(watched) => Ok(watched.ended()),
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(Future::ready(None)),
            Err(error) => Err(error),
        }
    }

    /// Watches no more, and lets go of the pipes to children. Futures of their ends are abandoned;
    /// the children go on.
    pub fn stop(&self) {
        self.shared.watches.lock().stopped = true;
        let tasks = self.shared.tasks.abort();
        tasks.iter().for_each(Task::wait);
    }

    pub(super) fn reactor(&self) -> &Reactor {
        &self.shared.reactor
    }

    /// Runs what ends with the reaper, if not before.
    pub(super) fn start(&self, task: impl std::future::Future<Output = ()> + Send + 'static) {
        self.shared
            .tasks
            .start(&self.shared.scheduler, Box::pin(task));
    }

    pub(super) fn watch(&self, pid: u32) -> io::Result<Arc<Watched>> {
        let mut watches = self.shared.watches.lock();
        if watches.stopped {
            return Err(io::Error::other("the runtime has stopped"));
        }
        if let Some(watched) = watches.watched.get(&pid) {
            return Ok(watched.clone());
        }
        let pidfd = PidFd(calls::open_pidfd(pid)?);
        let registration = self.shared.reactor.register(pidfd)?;
        let watched = Arc::new(Watched {
            pid,
            state: Mutex::new(State::Running(Vec::new())),
        });
        watches.watched.insert(pid, watched.clone());
        drop(watches);
        let watch = Watch {
            watched: watched.clone(),
            shared: self.shared.clone(),
        };
        self.start(watch.run(registration));
        Ok(watched)
    }
}

impl fmt::Debug for Reaper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let watches = self.shared.watches.lock();
        f.debug_struct("Reaper")
            .field("watched", &watches.watched.keys())
            .finish()
    }
}

/// A process whose end somebody waits for.
pub(super) struct Watched {
    pub(super) pid: u32,
    state: Mutex<State>,
}

enum State {
    /// It runs, or is a zombie: its number is its own.
    Running(Vec<Promise<Option<ExitStatus>>>),
    Ended(Option<ExitStatus>),
    /// The runtime stopped before the process did.
    Unwatched,
}

impl Watched {
    pub(super) fn ended(&self) -> Future<Option<ExitStatus>> {
        let (promise, future) = Promise::new();
        match &mut *self.state.lock() {
            State::Running(promises) => promises.push(promise),
            State::Ended(status) => return Future::ready(*status),
            State::Unwatched => {}
        }
        future
    }

    /// Calls `f` while the number of the process cannot become that of another; tells it
    /// whether the process is still ours to signal.
    pub(super) fn hold<T>(&self, f: impl FnOnce(bool) -> T) -> T {
        let state = self.state.lock();
        f(!matches!(*state, State::Ended(_)))
    }
}

/// The task that waits for one process.
struct Watch {
    watched: Arc<Watched>,
    shared: Arc<Shared>,
}

impl Watch {
    async fn run(self, registration: Registration<PidFd>) {
        let ended = poll_fn(|ctx| {
            registration.poll_io(Direction::Read, ctx, |pidfd| self.try_end(pidfd), |()| true)
        });
        if let Err(error) = ended.await {
            log::error!("failed to wait for process {}: {error}", self.watched.pid);
        }
    }

    /// Ends the watch if the process has ended; otherwise it "would block".
    fn try_end(&self, pidfd: &PidFd) -> io::Result<()> {
        let mut watches = self.shared.watches.lock();
        let mut state = self.watched.state.lock();
        let status = match calls::reap(self.watched.pid) {
            Ok(Some(status)) => Some(status),
            Err(error) if error.raw_os_error() != Some(libc::ECHILD) => return Err(error),
            // Not our child, or somebody else reaped it.
            Err(_) if calls::has_ended(pidfd.0.as_fd())? => None,
            Ok(None) | Err(_) => return Err(io::ErrorKind::WouldBlock.into()),
        };
        watches.watched.remove(&self.watched.pid);
        let before = std::mem::replace(&mut *state, State::Ended(status));
        drop((state, watches));
        if let State::Running(promises) = before {
            for promise in promises {
                promise.set(status);
            }
        }
        Ok(())
    }
}

impl Drop for Watch {
    /// Lets those who still wait know that nobody watches any more.
    fn drop(&mut self) {
        let mut watches = self.shared.watches.lock();
        let mut state = self.watched.state.lock();
        if !matches!(*state, State::Running(_)) {
            return;
        }
        watches.watched.remove(&self.watched.pid);
        let abandoned = std::mem::replace(&mut *state, State::Unwatched);
        drop((state, watches));
        drop(abandoned);
    }
}

/// A descriptor of a process, as the event loop watches it.
struct PidFd(OwnedFd);

impl mio::event::Source for PidFd {
    fn register(
        &mut self,
        registry: &mio::Registry,
        token: mio::Token,
        interests: mio::Interest,
    ) -> io::Result<()> {
        SourceFd(&self.0.as_raw_fd()).register(registry, token, interests)
    }

    fn reregister(
        &mut self,
        registry: &mio::Registry,
        token: mio::Token,
        interests: mio::Interest,
    ) -> io::Result<()> {
        SourceFd(&self.0.as_raw_fd()).reregister(registry, token, interests)
    }

    fn deregister(&mut self, registry: &mio::Registry) -> io::Result<()> {
        SourceFd(&self.0.as_raw_fd()).deregister(registry)
    }
}
