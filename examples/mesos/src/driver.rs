//! What the scheduler driver and the executor driver have in common: the states of a driver, who
//! may move between them, and the process behind.
//!
//! ```text
//! NOT_STARTED --start--> RUNNING --abort--> ABORTED --stop--> STOPPED
//!                           `---------------stop-----------------^
//! ```
//!
//! Whoever calls a driver sees the state change at once, before the driver's process has heard of
//! it; so the process asks [`Handle::is_running`] before every callback, and none runs after
//! `abort` or `stop` but the one that may be running already. `join` ends later, when the process
//! has said its last word to its peers.

use libprocess::future::{Promise, Shared};
use libprocess::primitive::sync::{Arc, Mutex};
use libprocess::process::{Context, Pid, Process, ProcessManager};

use crate::messages::Status;

/// A handle to a driver whose process is a `P`; clones are the same driver.
pub(crate) struct Handle<P: Process> {
    state: Arc<Mutex<State<P>>>,
    over: Shared<()>,
}

struct State<P: Process> {
    status: Status,
    /// What `start` spawns, until it does.
    prepared: Option<Box<P>>,
    pid: Option<Pid<P>>,
}

/// Released by the process of a driver when nothing is left to say, or when it dies.
pub(crate) type Over = Promise<()>;

impl<P: Process> Handle<P> {
    /// A driver that is not started. `prepare` makes its process from the handle for its callbacks.
    pub(crate) fn new(prepare: impl FnOnce(Self, Over) -> P) -> Self {
        let (promise, over) = Promise::new();
        let state = State {
            status: Status::DRIVER_NOT_STARTED,
            prepared: None,
            pid: None,
        };
        let handle = Self {
            state: Arc::new(Mutex::new(state)),
            over: over.shared(),
        };
        let process = prepare(handle.clone(), promise);
        handle.state.lock().prepared = Some(Box::new(process));
        handle
    }

    pub(crate) fn status(&self) -> Status {
        self.state.lock().status
    }

    pub(crate) fn is_running(&self) -> bool {
        self.status() == Status::DRIVER_RUNNING
    }

    /// Spawns the process under `id`, once.
    pub(crate) fn start(&self, manager: &Arc<ProcessManager>, id: &str) -> Status {
        let mut state = self.state.lock();
        if let Some(process) = state.prepared.take() {
            match manager.spawn_as(id, *process) {
                Ok(pid) => {
                    state.pid = Some(pid);
                    state.status = Status::DRIVER_RUNNING;
                }
                Err(error) => {
                    log::error!("cannot start the driver {id}: {error}");
                    state.status = Status::DRIVER_ABORTED;
                }
            }
        }
        state.status
    }

    /// Lets the process do `last` and die. Gives ABORTED back if the driver was aborted before.
    pub(crate) fn stop(
        &self,
        last: impl FnOnce(&mut P, &mut Context<P>) + Send + 'static,
    ) -> Status {
        let mut state = self.state.lock();
        let before = state.status;
        let (Status::DRIVER_RUNNING | Status::DRIVER_ABORTED) = before else {
            return before;
        };
        state.status = Status::DRIVER_STOPPED;
        let pid = state.pid.clone();
        drop(state);
        if let Some(pid) = pid {
            pid.tell(last);
        }
        if before == Status::DRIVER_ABORTED {
            before
        } else {
            Status::DRIVER_STOPPED
        }
    }

    /// Ends the callbacks and lets the process do `last`; it lives on.
    pub(crate) fn abort(
        &self,
        last: impl FnOnce(&mut P, &mut Context<P>) + Send + 'static,
    ) -> Status {
        let mut state = self.state.lock();
        if state.status != Status::DRIVER_RUNNING {
            return state.status;
        }
        state.status = Status::DRIVER_ABORTED;
        let pid = state.pid.clone();
        drop(state);
        if let Some(pid) = pid {
            pid.tell(last);
        }
        Status::DRIVER_ABORTED
    }

    /// Blocks until the driver is stopped or aborted and its process is through with it.
    pub(crate) fn join(&self) -> Status {
        if self.is_running() {
            // However the process ended, it is over.
            let _ = self.over.future().wait();
        }
        self.status()
    }

    /// Completes when `join` would return.
    pub(crate) fn over(&self) -> Shared<()> {
        self.over.clone()
    }

    /// Lets the process do `work` if the driver runs.
    pub(crate) fn tell(
        &self,
        work: impl FnOnce(&mut P, &mut Context<P>) + Send + 'static,
    ) -> Status {
        let state = self.state.lock();
        let (status, pid) = (state.status, state.pid.clone());
        drop(state);
        if let (Status::DRIVER_RUNNING, Some(pid)) = (status, pid) {
            pid.tell(work);
        }
        status
    }
}

impl<P: Process> Clone for Handle<P> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            over: self.over.clone(),
        }
    }
}
