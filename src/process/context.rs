//! What a process may do while it runs.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::time::Duration;

use super::cell::{AnyProcess, Cell};
use super::correspondence::Correspondence;
use super::handlers::Handlers;
use super::route::{Asked, Routes};
use super::security::Lobby;
use super::task::Tasks;
use super::{Pid, Process, ProcessManager, SpawnError};
use crate::address::Upid;
use crate::clock::{Clock, Timer};
use crate::codec::message::Name;
use crate::primitive::hash::Map;
use crate::primitive::sync::Arc;
use crate::time::Time;

/// A process from inside: its name, its runtime, its handlers, its links, its time.
///
/// Every function that runs on a process is given its context. It cannot leave the process; a
/// [`Pid`] can.
pub struct Context<P: Process> {
    /// The process itself; absent until its first turn.
    cell: Option<Arc<Cell<P>>>,
    pub(super) handlers: Handlers<P>,
    /// What it remembers of its messages, made with the first of them.
    pub(super) correspondence: OnceCell<Box<Correspondence<P>>>,
    /// What most processes never need, made when it is first used.
    rare: Option<Box<Rare<P>>>,
}

/// What a process may collect while it runs.
pub(super) struct Rare<P: Process> {
    /// Who gets messages that have no handler, by name.
    pub(super) delegates: Map<Name, Upid>,
    pub(super) routes: Routes<P>,
    /// Requests that wait to be let in.
    pub(super) lobby: Lobby<Asked<P>>,
    pub(super) tasks: Tasks,
    /// The processes of this runtime to which it linked itself, by their numbers.
    pub(super) linked: BTreeMap<u64, Arc<dyn AnyProcess>>,
    /// Whether it ever linked itself to another address.
    pub(super) linked_remotely: bool,
}

impl<P: Process> Context<P> {
    pub(super) fn new() -> Self {
        Self {
            cell: None,
            handlers: Handlers::default(),
            correspondence: OnceCell::new(),
            rare: None,
        }
    }

    /// The handle to this process.
    #[doc(alias = "self")]
    pub fn pid(&self) -> Pid<P> {
        Pid::new(Arc::clone(self.cell()))
    }

    /// The name of this process.
    #[doc(alias = "self")]
    pub fn upid(&self) -> &Upid {
        self.cell().core().upid()
    }

    /// The runtime that this process lives in.
    pub fn manager(&self) -> &Arc<ProcessManager> {
        self.cell().core().manager()
    }

    /// The clock of the runtime.
    pub fn clock(&self) -> &Clock {
        self.manager().clock()
    }

    /// What the clock says.
    #[doc(alias = "Clock::now")]
    pub fn now(&self) -> Time {
        self.clock().now()
    }

    /// Spawns a process beside this one, under a generated id: `prefix(1)` and so on.
    ///
    /// # Errors
    ///
    /// As [`ProcessManager::spawn`].
    pub fn spawn<Q: Process>(&self, process: Q) -> Result<Pid<Q>, SpawnError<Q>> {
        self.manager().spawn(process)
    }

    /// Spawns a process beside this one.
    ///
    /// # Errors
    ///
    /// As [`ProcessManager::spawn_as`].
    pub fn spawn_as<Q: Process>(&self, id: &str, process: Q) -> Result<Pid<Q>, SpawnError<Q>> {
        self.manager().spawn_as(id, process)
    }

    /// Ends this process when the function that runs now has returned; what is queued is dropped.
    pub fn terminate(&self) {
        Arc::clone(self.cell()).terminate(true);
    }

    /// Ends this process after the events that are queued now.
    pub fn terminate_after_queue(&self) {
        Arc::clone(self.cell()).terminate(false);
    }

    /// Runs a function on this process when the time has come; the timer can be cancelled.
    #[doc(alias = "process::delay")]
    pub fn delay<F>(&self, duration: Duration, function: F) -> Timer
    where
        F: FnOnce(&mut P, &mut Self) + Send + 'static,
    {
        self.pid().delay(duration, function)
    }

    pub(super) fn cell(&self) -> &Arc<Cell<P>> {
        self.cell
            .as_ref()
            .expect("it is there from the first turn on")
    }

    /// Tells the context whose it is, at the beginning of a turn.
    pub(super) fn settle(&mut self, cell: &Arc<Cell<P>>) {
        self.cell.get_or_insert_with(|| Arc::clone(cell));
    }

    pub(super) fn correspondence(&self) -> &Correspondence<P> {
        self.correspondence.get_or_init(Box::default)
    }

    pub(super) fn correspondence_mut(&mut self) -> &mut Correspondence<P> {
        self.correspondence();
        let made = self.correspondence.get_mut();
        made.expect("it was made if it was not there")
    }

    pub(super) fn rare(&self) -> Option<&Rare<P>> {
        self.rare.as_deref()
    }

    pub(super) fn rare_mut(&mut self) -> &mut Rare<P> {
        self.rare.get_or_insert_default()
    }
}

impl<P: Process> Drop for Context<P> {
    /// The end of the process: nobody is to tell it anything any more.
    fn drop(&mut self) {
        let (Some(cell), Some(rare)) = (&self.cell, &self.rare) else {
            return;
        };
        let core = cell.core();
        for linked in rare.linked.values() {
            linked.core().ending().unlink(core.serial());
        }
        if rare.linked_remotely {
            core.manager().forget_remote_links(core.upid());
        }
        if !rare.routes.is_empty() {
            core.manager().routes().remove(core.upid().id());
        }
    }
}

impl<P: Process> Default for Rare<P> {
    fn default() -> Self {
        Self {
            delegates: Map::default(),
            routes: Routes::default(),
            lobby: Lobby::default(),
            tasks: Tasks::default(),
            linked: BTreeMap::new(),
            linked_remotely: false,
        }
    }
}
