//! The processes of one runtime: how they come to be, are found, and end.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::cell::{AnyProcess, Core, CoreName, create};
use super::counters::Counters;
use super::handlers::Tables;
use super::hooks::{Filter, Hooks, Observer};
use super::names::{self, Names};
use super::route::{Reply, RouteHelp, RouteTable};
use super::security::Security;
use super::spawn::{SpawnError, SpawnProblem};
use super::table::{Id, Table};
use super::wait::Waits;
use super::wire::{Connection, Endpoint, Inbound, Lane, Transport};
use super::{Pid, Process, Row, WaitError, slot};
use crate::address::{Address, Local, Upid};
use crate::clock::Clock;
use crate::codec::message::{Message, Name};
use crate::future::Promise;
use crate::http::{Request, Response};
use crate::metrics::Registry;
use crate::primitive::random::Random;
use crate::primitive::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::primitive::sync::{Arc, Mutex, OnceLock, Weak};
use crate::scheduler::{Scheduler, Sent};

/// The processes of one runtime: spawns them, finds them, carries what they send to each other,
/// and ends them.
///
/// A `Runtime` has one and lends it; code that is given a manager needs no runtime. It knows no
/// sockets: what is for other addresses goes down through a [`Transport`], and what comes from
/// there arrives through its [`Inbound`].
///
/// ```
/// use libprocess::process::Process;
/// use libprocess::runtime::Runtime;
///
/// struct Worker;
///
/// impl Process for Worker {
///     fn prefix(&self) -> &str {
///         "worker"
///     }
/// }
///
/// let runtime = Runtime::builder().workers(1).start()?;
/// let manager = runtime.manager();
/// let worker = manager.spawn(Worker)?;
/// assert_eq!(worker.id(), "worker(1)");
/// assert_eq!(manager.find::<Worker>("worker(1)"), Some(worker.clone()));
/// assert!(manager.spawn_as("worker(1)", Worker).is_err());
///
/// manager.terminate(worker.upid());
/// manager.wait(worker.upid())?;
/// assert_eq!(manager.find::<Worker>("worker(1)"), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ProcessManager {
    address: Address,
    clock: Clock,
    scheduler: Scheduler,
    random: Mutex<Random>,
    /// Set once the wire is there; the runtime owns it.
    transport: OnceLock<Weak<dyn Transport>>,
    table: Table,
    names: Names,
    serials: AtomicU64,
    stopping: AtomicBool,
    tables: Tables,
    hooks: Hooks,
    waits: Waits,
    routes: RouteTable,
    security: Security,
    counters: Counters,
    metrics: Registry,
}

impl ProcessManager {
    /// A manager without processes, whose processes will be known under `address`.
    ///
    /// Its randomness, and so every id that is drawn from it, follows from `seed`.
    pub fn new(address: Address, clock: Clock, scheduler: Scheduler, seed: u64) -> Arc<Self> {
        let (counters, metrics) = (Counters::default(), Registry::default());
        counters.add_to(&metrics);
        Arc::new(Self {
            address,
            clock,
            scheduler,
            random: Mutex::new(Random::new(seed)),
            transport: OnceLock::new(),
            table: Table::new(),
            names: Names::default(),
            serials: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
            tables: Tables::default(),
            hooks: Hooks::default(),
            waits: Waits::default(),
            routes: RouteTable::default(),
            security: Security::default(),
            counters,
            metrics,
        })
    }

    /// Spawns a process under a generated id: its [prefix](Process::prefix) and a number.
    ///
    /// # Errors
    ///
    /// When the runtime is stopping, or the prefix would break the wire. The process comes back.
    pub fn spawn<P: Process>(self: &Arc<Self>, process: P) -> Result<Pid<P>, SpawnError<P>> {
        let id = self.names.generate(process.prefix());
        if let Some(problem) = id.problem() {
            let problem = SpawnProblem::BadId(id.to_string(), problem);
            return Err(SpawnError::new(problem, process));
        }
        let number = Id::Number(id.number());
        self.spawn_with(number, process, || CoreName::Generated(id, OnceLock::new()))
    }

    /// Spawns a process. Its `initialize` runs on a worker, before everything that is sent to it.
    ///
    /// # Errors
    ///
    /// When a process of this id runs, when the id would break the wire, or when the runtime is
    /// stopping. The process comes back.
    pub fn spawn_as<P: Process>(
        self: &Arc<Self>,
        id: &str,
        process: P,
    ) -> Result<Pid<P>, SpawnError<P>> {
        if let Err(problem) = names::check(id) {
            let problem = SpawnProblem::BadId(id.to_owned(), problem);
            return Err(SpawnError::new(problem, process));
        }
        let number = self.names.number(id);
        let key = number.map_or(Id::Text(id), Id::Number);
        self.spawn_with(key, process, || {
            CoreName::Given(Upid::new(id, self.address))
        })
    }

    fn spawn_with<P: Process>(
        self: &Arc<Self>,
        id: Id<'_>,
        process: P,
        name: impl FnOnce() -> CoreName,
    ) -> Result<Pid<P>, SpawnError<P>> {
        let (cell, first) = self.table.insert(id, |taken| {
            // The flag is read under the shard's lock: `stop` sets it before it looks there.
            if self.stopping.load(Ordering::Relaxed) {
                return Err(SpawnError::new(SpawnProblem::Stopping, process));
            }
            let name = name();
            if taken {
                let problem = SpawnProblem::Taken(name.to_string());
                return Err(SpawnError::new(problem, process));
            }
            let serial = self.serials.fetch_add(1, Ordering::Relaxed);
            let (cell, first) = create(Core::new(Arc::clone(self), name, serial), process);
            Ok(((Arc::clone(&cell), first), cell))
        })?;
        self.schedule(first, 1);
        Ok(Pid::new(cell))
    }

    /// An id that was not generated before: `prefix(1)`, then `prefix(2)`, and so on.
    #[doc(alias = "ID::generate")]
    pub fn generate_id(&self, prefix: &str) -> String {
        self.names.generate(prefix).to_string()
    }

    /// The process of this id, if it runs and is a `P`.
    pub fn find<P: Process>(&self, id: &str) -> Option<Pid<P>> {
        let process = self.get(id)?.into_any();
        process.downcast().ok().map(Pid::new)
    }

    /// What runs at these addresses, for the log: see [`Stall`](crate::scheduler::Stall).
    pub(crate) fn names_at(&self, turns: &[Option<usize>]) -> Vec<String> {
        let all = self.all();
        let name = |turn: &Option<usize>| {
            let Some(turn) = *turn else {
                return "a timer".to_owned();
            };
            let mut all = all.iter();
            let found = all.find(|process| Arc::as_ptr(process).cast::<()>().addr() == turn);
            found.map_or("a task".to_owned(), |found| found.core().upid().to_string())
        };
        turns.iter().map(name).collect()
    }

    /// Ends a process; see [`Pid::terminate`]. Nothing happens if there is none of this name here.
    pub fn terminate(&self, upid: &Upid) {
        if let Some(process) = self.find_upid(upid) {
            process.terminate(true);
        }
    }

    /// Ends a process after the events that are queued now.
    #[doc(alias = "inject")]
    pub fn terminate_after_queue(&self, upid: &Upid) {
        if let Some(process) = self.find_upid(upid) {
            process.terminate(false);
        }
    }

    /// Sends a message that names its sender itself: to a process here, or over the wire.
    pub fn send(&self, message: Message) {
        if message.to.is_empty() {
            return;
        }
        if message.to.address() == self.address {
            match self.find_upid(&message.to) {
                Some(process) => drop(process.deliver(message.into())),
                None => self.miss(&message.name, &message.to),
            }
        } else if let Some(transport) = self.transport() {
            transport.send(message);
        } else {
            self.counters.unsendable_messages.increment();
        }
    }

    /// Sends a message that comes from no process.
    pub fn post(&self, to: &Upid, name: impl Into<Name>, body: impl Into<Bytes>) {
        self.send(Message {
            name: name.into(),
            from: Upid::default(),
            to: to.clone(),
            body: body.into(),
        });
    }

    /// What the runtime's processes are known under: what stands in every UPID of theirs.
    pub fn address(&self) -> Address {
        self.address
    }

    /// The clock of the runtime.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What runs the processes.
    pub fn scheduler(&self) -> &Scheduler {
        &self.scheduler
    }

    /// The counters of what went wrong or was dropped.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// What each process says about its endpoints, by id.
    pub fn route_help(&self) -> BTreeMap<Box<str>, Vec<RouteHelp>> {
        self.routes.all()
    }

    /// The metrics of the runtime: its own, and those that its processes add.
    #[doc(alias = "metrics::add")]
    pub fn metrics(&self) -> &Registry {
        &self.metrics
    }

    /// Who may ask what of the endpoints.
    pub fn security(&self) -> &Security {
        &self.security
    }

    /// A generator of its own, from the runtime's seed.
    pub fn random(&self) -> Random {
        self.random.lock().fork()
    }

    /// Installs a filter, or removes it; there is at most one.
    #[doc(alias = "process::filter")]
    pub fn set_filter(&self, filter: Option<Arc<dyn Filter>>) {
        self.hooks.set_filter(filter);
    }

    /// Installs an observer, or removes it; there is at most one.
    pub fn set_observer(&self, observer: Option<Arc<dyn Observer>>) {
        self.hooks.set_observer(observer);
    }

    /// Connects the wire, once; until then what is for other addresses is dropped, and a link there
    /// breaks at once. The manager does not keep the transport alive.
    ///
    /// # Panics
    ///
    /// If there is one already.
    pub fn set_transport(&self, transport: &Arc<dyn Transport>) {
        let set = self.transport.set(Arc::downgrade(transport));
        assert!(set.is_ok(), "a transport is set once");
    }

    /// Ends every process, in the order in which they were spawned, each after what is queued for
    /// it, and waits until all have ended. Spawns fail from now on.
    ///
    /// # Errors
    ///
    /// When one of its own processes calls it, which would wait for itself. Nothing is stopped.
    pub fn stop(&self) -> Result<(), WaitError> {
        if let Some(inside) = slot::current(|process| {
            let ours = process.filter(|process| self.owns(process.core()));
            ours.map(|process| process.core().upid().clone())
        }) {
            return Err(WaitError::Itself(inside));
        }
        self.stopping.store(true, Ordering::Relaxed);
        loop {
            let processes = self.all();
            if processes.is_empty() {
                return Ok(());
            }
            for process in &processes {
                Arc::clone(process).terminate(false);
            }
            for process in &processes {
                self.wait_for_process(&**process)?;
            }
        }
    }
}

/// For the other parts of this floor.
impl ProcessManager {
    /// The running process of this name, which the name remembers.
    pub(super) fn find_upid(&self, upid: &Upid) -> Option<Arc<dyn AnyProcess>> {
        if upid.address() != self.address {
            return None;
        }
        if let Some(process) = remembered(upid).filter(|process| self.runs(process.core())) {
            return Some(process);
        }
        let process = self.get(upid.id())?;
        remember(upid, &process);
        Some(process)
    }

    /// A message of this name found nobody.
    #[cold]
    pub(super) fn miss(&self, name: &Name, to: &Upid) {
        self.counters.messages_to_nobody.increment();
        log::debug!("nobody is {to} to receive {name}");
    }

    /// Links a process to another address.
    pub(super) fn link_remotely(
        &self,
        linker: Arc<dyn AnyProcess>,
        to: &Upid,
        connection: Connection,
    ) {
        match self.transport() {
            Some(transport) => transport.link(linker.core().upid(), to, connection),
            None => linker.exited(to.clone(), None),
        }
    }

    /// Forgets the links of a process to other addresses.
    pub(super) fn forget_remote_links(&self, linker: &Upid) {
        if let Some(transport) = self.transport() {
            transport.forget(linker);
        }
    }

    /// Removes a process that has ended.
    pub(super) fn remove(&self, process: &Core) {
        self.table.remove(match process.name() {
            CoreName::Generated(id, _) => Id::Number(id.number()),
            CoreName::Given(upid) => self.key(upid.id()),
        });
    }

    fn get(&self, id: &str) -> Option<Arc<dyn AnyProcess>> {
        self.table.get(self.key(id))
    }

    /// What the process of this id is found by.
    fn key<'a>(&self, id: &'a str) -> Id<'a> {
        self.names.find(id).map_or(Id::Text(id), Id::Number)
    }

    /// Schedules a process that was sent so many events while it was idle.
    pub(super) fn schedule(&self, sent: Sent, events: usize) {
        match sent {
            Sent::Queued => {}
            Sent::Wake(runnable) => self.scheduler.schedule(runnable),
            Sent::Dead => self.counters.dropped_events.add(events as i64),
        }
    }

    /// Every process, in the order in which they were spawned.
    pub(super) fn all(&self) -> Vec<Arc<dyn AnyProcess>> {
        self.table.all()
    }

    pub(super) fn tables(&self) -> &Tables {
        &self.tables
    }

    pub(super) fn hooks(&self) -> &Hooks {
        &self.hooks
    }

    pub(super) fn waits(&self) -> &Waits {
        &self.waits
    }

    pub(super) fn routes(&self) -> &RouteTable {
        &self.routes
    }

    /// Whether a process is one of this runtime.
    pub(super) fn owns(&self, process: &Core) -> bool {
        std::ptr::eq(&raw const **process.manager(), self)
    }

    /// As [`Transport::lane`].
    pub(super) fn lane(&self, from: &Upid, to: &Upid, name: &Name) -> Option<Arc<dyn Lane>> {
        self.transport()?.lane(from, to, name)
    }

    fn runs(&self, process: &Core) -> bool {
        self.owns(process) && !process.has_ended()
    }

    fn transport(&self) -> Option<Arc<dyn Transport>> {
        self.transport.get()?.upgrade()
    }
}

impl Inbound for ProcessManager {
    fn deliver(&self, to: &Upid, messages: Row<'_>) -> bool {
        let process = self.find_upid(to);
        let found = process.is_some();
        match process {
            Some(process) => process.deliver_all(messages),
            None => messages.for_each(|message| self.miss(&message.name, to)),
        }
        found
    }

    fn request(&self, id: &str, request: Request, response: Promise<Response>) {
        match self.get(id) {
            Some(process) => process.request(request, Reply::new(response)),
            None => response.set(Response::not_found()),
        }
    }

    fn exited(&self, linker: &Upid, pid: &Upid) -> bool {
        let linker = self.find_upid(linker);
        let found = linker.is_some();
        if let Some(linker) = linker {
            linker.exited(pid.clone(), None);
        }
        found
    }

    fn exists(&self, id: &str) -> bool {
        self.get(id).is_some()
    }

    fn endpoint(&self, id: &str) -> Option<Arc<dyn Endpoint>> {
        Some(self.get(id)?)
    }
}

/// Keeps a process with its name, where [`remembered`] finds it. The first one stays: once it has
/// ended, whoever takes its id is looked up by that id.
fn remember(upid: &Upid, process: &Arc<dyn AnyProcess>) {
    let local: Arc<dyn Local> = process.clone();
    upid.local().get_or_init(|| Arc::downgrade(&local));
}

fn remembered(upid: &Upid) -> Option<Arc<dyn AnyProcess>> {
    let mut process = None;
    upid.local().get()?.upgrade()?.resolve(&mut process);
    process
}
