//! Sending to other addresses: connections, links, and the news of their end.
//!
//! The [`SocketManager`] is the [`Transport`] of a runtime. It speaks the wire of C++ libprocess
//! as a sender; what arrives comes through the runtime's web server, to which it is the
//! [`Service`](crate::web::Service) that takes messages. Accepted connections never carry messages
//! back: who answers opens a connection of its own to the address that the sender advertises.
//!
//! # Which connection a message takes
//!
//! To one remote address there are at most two connections, as in libprocess:
//!
//! - the **link**, opened when a first process links there. It stays until it breaks, also when
//!   nobody is linked any more;
//! - the **temporary connection**, opened by a message when there is no link. In libprocess it
//!   ends as soon as all that was queued for it has been written, and scattered messages open one
//!   each. Here it then rests, and ends when nothing was written for [`Options::kept_for`], when
//!   more than [`Options::kept_connections`] rest, or when a link is opened. A peer sees no
//!   difference but that it stays.
//!
//! A message takes the link if there is one, else the temporary connection. While a connection
//! opens or is busy writing, messages are appended to its queue; what waits leaves in one write. So
//! does what is sent by those whose turns are next, if it pays of late to wait for them.
//!
//! # What can be lost, repeated or reordered
//!
//! - A message is **lost** if its connection fails to open or breaks before all of it was
//!   written, if it was written and the peer ended before it read that far, if the peer has no
//!   such process, if more than [`Options::queue_bytes`] or [`Options::queue_messages`] wait for
//!   its connection, and if its id or name cannot be put on the wire. All but the second case
//!   are [dead letters](DeadLetters): counted, and told to whoever observes them. What waits
//!   goes first: it is the new message that finds a queue full and is dropped.
//! - **No message is repeated**: nothing is ever sent again.
//! - Messages on one connection arrive **in order**. Between two connections there is none: a
//!   message that was sent before a link was opened may arrive after one that was sent later;
//!   so may those around a reconnect, and those of two temporary connections.
//! - A message that arrived was queued at its process, no more: the `202` says so, and is counted
//!   here and thrown away.
//!
//! # When `exited` fires
//!
//! A process that links to a process at another address is told `exited` **once for each
//! registration** (linking again before that changes nothing) when the link fails to open, ends
//! or breaks; each linker of each process at that address is told. It then has to link again to
//! hear more. It means that the connection is gone; the process may be alive.
//!
//! In libprocess a process may as well be dead, or never have lived, while the link stands, since
//! a link is between addresses. Where both ends are ours, `exited` fires for that too, once for
//! each registration, whichever comes first; see [`Options::watch_processes`].
//!
//! Of a machine that vanished without a word one hears by the keep-alive of
//! [`tcp::Options`](crate::net::tcp::Options), or when what was written stays unacknowledged.
//!
//! Reconnecting puts a new connection in the place of the link and tells nobody: queued messages
//! move to it, the old one writes what it has begun and ends. That a temporary connection breaks
//! tells nobody either. A process that ends is no linker any more.
//!
//! # How a connection of ours ends
//!
//! It writes what it has begun, closes its writing half, waits for the answers that are due, and
//! goes away; all that within ten seconds. Going away at once would have the kernel answer the
//! peer's answers with a reset.

mod answers;
mod connection;
mod dead_letters;
mod gather;
mod lane;
pub(crate) mod notices;
mod options;
mod peer;
mod receive;
mod resting;
mod routes;
mod table;

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::time::Duration;

use crate::address::{Address, Upid};
use crate::clock::Clock;
use crate::codec::Limits;
use crate::codec::message::{Credentials, Message, Name};
use crate::metrics::counters;
use crate::net::Network;
use crate::primitive::sync::{Arc, Mutex};
use crate::process::{self, Connection, Inbound, Transport};
use crate::scheduler::{Scheduler, Task, Tasks};
use crate::web::outbox::Pool;

use self::connection::Outgoing;
use self::dead_letters::DeadLetterOffice;
pub use self::dead_letters::{DeadLetters, Observer, Reason};
use self::lane::Lane;
use self::notices::Links;
pub use self::options::Options;
use self::peer::{ConnectionId, Policy};
use self::resting::{Entry, Rest, Resting};
use self::table::{Slot, Step, Table};

/// What a [`SocketManager`] is made of.
pub struct Parts {
    /// Under which address the processes here are known.
    pub address: Address,
    /// What connections are opened on.
    pub network: Arc<dyn Network>,
    /// Who runs a task for each of them.
    pub scheduler: Scheduler,
    /// What times the wait for last answers.
    pub clock: Clock,
    /// Who takes messages and news of broken links.
    pub inbound: Arc<dyn Inbound>,
    /// What an answer may be like.
    pub limits: Limits,
    /// What can be set.
    pub options: Options,
    /// Who hears of messages that did not arrive.
    pub dead_letters: Option<Observer>,
    /// What our messages bring to be let in.
    pub credentials: Credentials,
}

counters! {
    /// What a [`SocketManager`] has counted.
    pub struct Counters {
        /// Dead letters that cannot be put on the wire.
        dead_letters_unencodable,
        /// Dead letters for whose connection too much was queued.
        dead_letters_queue_full,
        /// Dead letters that were sent while the runtime was stopping.
        dead_letters_stopping,
        /// Dead letters whose connection failed to open, or broke before they were written. A
        /// batch that was being written then counts whole.
        dead_letters_connection_broke,
        /// Dead letters that the peer did not take: mostly since it has no such process.
        dead_letters_refused,
        /// Connections that failed to open, or broke.
        broken_connections,
        /// Messages that arrived and whose sender is no UPID.
        unparsable_senders,
        /// Messages that arrived from another ip than their sender's, where that is not allowed.
        mismatched_senders,
    }
}

/// Keeps the connections to other addresses.
///
/// A runtime has one; with a network in memory and a seeded scheduler it looks like this:
///
/// ```
/// use libprocess::address::Address;
/// use libprocess::clock::Clock;
/// use libprocess::codec::Limits;
/// use libprocess::codec::message::Credentials;
/// use libprocess::net::memory::Memory;
/// use libprocess::primitive::sync::Arc;
/// use libprocess::process::{ProcessManager, Transport};
/// use libprocess::scheduler::{Scheduler, Seeded};
/// use libprocess::socket_manager::{Options, Parts, SocketManager};
/// use libprocess::time::Time;
///
/// let clock = Clock::paused_at(Time::EPOCH);
/// let scheduler = Scheduler::new(Seeded::new(42));
/// let address = "10.0.0.1:5050".parse::<Address>()?;
/// let memory = Memory::new(clock.clone(), 42);
/// let manager = ProcessManager::new(address, clock.clone(), scheduler.clone(), 42);
/// let sockets = SocketManager::new(Parts {
///     address,
///     network: Arc::new(memory.node(address.ip())),
///     scheduler: scheduler.clone(),
///     clock: clock.clone(),
///     inbound: manager.clone(),
///     limits: Limits::default(),
///     options: Options::default(),
///     dead_letters: None,
///     credentials: Credentials::default(),
/// });
/// let transport: Arc<dyn Transport> = sockets.clone();
/// manager.set_transport(&transport);
///
/// manager.post(&"nobody@10.0.0.2:5050".parse()?, "hello", "");
/// loop {
///     scheduler.settle_turns();
///     let Some(next) = clock.next_deadline() else { break };
///     clock.advance_to(next);
///     clock.expire();
/// }
/// assert_eq!(sockets.counters().dead_letters_connection_broke.get(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SocketManager {
    shared: Arc<Shared>,
}

impl SocketManager {
    /// A manager without connections.
    pub fn new(parts: Parts) -> Arc<Self> {
        let pool = Arc::default();
        let policy = Policy {
            bytes: parts.options.queue_bytes,
            frames: parts.options.queue_messages,
            watches: parts.options.watch_processes,
            address: parts.address,
            rests: parts.options.kept_connections > 0,
            credentials: parts.credentials,
            pool: Arc::clone(&pool),
        };
        let counters = Arc::<Counters>::default();
        let shared = Shared {
            address: parts.address,
            network: parts.network,
            scheduler: parts.scheduler,
            clock: parts.clock,
            inbound: parts.inbound,
            limits: parts.limits,
            options: parts.options,
            dead_letters: DeadLetterOffice::new(parts.dead_letters, Arc::clone(&counters)),
            counters,
            table: Table::new(Arc::new(policy)),
            resting: Mutex::default(),
            tasks: Arc::default(),
            pool,
            buffers: Mutex::default(),
        };
        Arc::new(Self {
            shared: Arc::new(shared),
        })
    }

    /// The process that tells others of the end of processes here, to be spawned under its
    /// [`ID`](Links::ID); none if that is not wanted.
    pub(crate) fn links(&self) -> Option<Links> {
        let shared = Arc::downgrade(&self.shared);
        self.shared
            .options
            .watch_processes
            .then(|| Links::new(shared))
    }

    /// What it has counted so far.
    pub fn counters(&self) -> &Arc<Counters> {
        &self.shared.counters
    }

    /// Takes no more messages and lets every connection end in order; ready when all have. Links
    /// end without a word.
    pub fn close(&self) -> impl Future<Output = ()> + Send + use<> {
        self.shared.perform(self.shared.table.close());
        let tasks = Arc::clone(&self.shared.tasks);
        poll_fn(move |ctx| tasks.poll_ended(ctx))
    }

    /// Ends every connection as it is, and waits until all are gone.
    pub fn stop(&self) {
        self.abort().iter().for_each(Task::wait);
    }

    fn abort(&self) -> Vec<Task> {
        self.shared.perform(self.shared.table.close());
        self.shared.tasks.abort()
    }
}

impl Drop for SocketManager {
    fn drop(&mut self) {
        self.abort();
    }
}

impl Transport for SocketManager {
    fn send(&self, message: Message) {
        self.shared.send(&message);
    }

    fn link(&self, linker: &Upid, to: &Upid, connection: Connection) {
        let steps = self.shared.table.link(linker, to, connection);
        self.shared.perform(steps);
    }

    fn forget(&self, linker: &Upid) {
        self.shared.table.forget(linker);
    }

    fn lane(&self, from: &Upid, to: &Upid, name: &Name) -> Option<Arc<dyn process::Lane>> {
        let route = self.shared.table.route(from, to, name)?;
        Some(Arc::new(Lane::new(&self.shared, route)))
    }
}

impl fmt::Debug for SocketManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketManager")
            .field("address", &self.shared.address)
            .finish_non_exhaustive()
    }
}

/// What the manager and its connections share.
struct Shared {
    address: Address,
    network: Arc<dyn Network>,
    scheduler: Scheduler,
    clock: Clock,
    inbound: Arc<dyn Inbound>,
    limits: Limits,
    options: Options,
    counters: Arc<Counters>,
    dead_letters: DeadLetterOffice,
    table: Table,
    resting: Mutex<Resting>,
    tasks: Arc<Tasks>,
    pool: Arc<Pool>,
    /// What answers are read into; an idle connection has none.
    buffers: Mutex<Vec<Box<[u8]>>>,
}

impl Shared {
    fn send(self: &Arc<Self>, message: &Message) {
        match self.table.send(message) {
            Ok((result, step)) => {
                self.perform(step);
                if let Err(error) = result {
                    self.dropped(message, error.reason());
                }
            }
            Err(error) => {
                log::warn!("dropped {} for {}: {error}", message.name, message.to);
                self.dropped(message, Reason::Unencodable);
            }
        }
    }

    /// A message was not queued.
    fn dropped(&self, message: &Message, reason: Reason) {
        log::debug!("dropped {} for {}: {reason}", message.name, message.to);
        let letters = DeadLetters {
            to: message.to.address(),
            reason,
            count: 1,
            message: Some(message),
        };
        self.dead_letters.take(&letters);
    }

    /// A peer said of so many messages that it does not take them.
    fn refused(&self, to: Address, count: usize) {
        let letters = DeadLetters {
            to,
            reason: Reason::Refused,
            count,
            message: None,
        };
        self.dead_letters.take(&letters);
    }

    /// A process at another address has ended.
    fn ended(self: &Arc<Self>, linkee: &Upid) {
        self.perform(self.table.ended(linkee));
    }

    /// As [`Peer::handle_answered`](peer::Peer::handle_answered).
    fn answered(
        self: &Arc<Self>,
        address: Address,
        slot: &Arc<Slot>,
        id: ConnectionId,
        taken: bool,
    ) -> bool {
        let (was_question, steps) = self.table.answered(address, slot, id, taken);
        self.perform(steps);
        was_question
    }

    /// A temporary connection has nothing to write. The one that has had nothing for longest
    /// ends, if they are too many.
    fn rest(self: &Arc<Self>, slot: &Arc<Slot>, id: ConnectionId) -> Rest {
        let entry = Entry {
            slot: Arc::clone(slot),
            id,
            since: self.clock.now(),
        };
        let mut resting = self.resting.lock();
        let rest = resting.begin(entry);
        let beyond = resting.beyond(self.options.kept_connections);
        let is_timed = std::mem::replace(&mut resting.is_timed, true);
        drop(resting);
        if let Some(oldest) = beyond {
            self.perform(self.table.retire(&oldest.slot, oldest.id));
        }
        if !is_timed {
            self.time_rests(self.options.kept_for);
        }
        rest
    }

    fn stop_rest(&self, rest: Rest) {
        let entry = self.resting.lock().end(rest);
        drop(entry);
    }

    /// Ends those that have rested long enough, in a while.
    fn time_rests(self: &Arc<Self>, wait: Duration) {
        let shared = Arc::downgrade(self);
        self.clock.timer(wait, move || {
            if let Some(shared) = shared.upgrade() {
                shared.end_rests();
            }
        });
    }

    fn end_rests(self: &Arc<Self>) {
        let now = self.clock.now();
        let kept_for = self.options.kept_for;
        loop {
            let mut resting = self.resting.lock();
            let over = resting.since(now - kept_for);
            let oldest = resting.oldest();
            resting.is_timed = over.is_some() || oldest.is_some();
            drop(resting);
            match (over, oldest) {
                (Some(entry), _) => self.perform(self.table.retire(&entry.slot, entry.id)),
                (None, Some(since)) => return self.time_rests(since + kept_for - now),
                (None, None) => return,
            }
        }
    }

    fn perform(self: &Arc<Self>, steps: impl IntoIterator<Item = Step>) {
        for step in steps {
            match step {
                Step::Connect(address, slot, id) => self.connect(address, slot, id),
                Step::Wake(waker) => waker.wake(),
                Step::Exited { linker, linkee } => {
                    self.inbound.exited(&linker, &linkee);
                }
            }
        }
    }

    fn connect(self: &Arc<Self>, address: Address, slot: Arc<Slot>, id: ConnectionId) {
        match self.network.connect(address) {
            Ok(stream) => {
                let outgoing = Outgoing::new(Arc::clone(self), slot, address, id, stream);
                self.tasks.start(&self.scheduler, outgoing);
            }
            Err(error) => {
                self.broken(address, &slot, id, 0, &error);
                self.table.forget_if_idle(address);
            }
        }
    }

    /// A connection failed to open, ended or broke while it was writing `frames`.
    fn broken(
        self: &Arc<Self>,
        address: Address,
        slot: &Arc<Slot>,
        id: ConnectionId,
        frames: usize,
        error: &io::Error,
    ) {
        // Counted before anybody hears of it.
        self.counters.broken_connections.increment();
        match self.lost(address, slot, id, frames) {
            0 => log::info!("the connection to {address} ended: {error}"),
            lost => log::warn!("the connection to {address} ended, {lost} messages lost: {error}"),
        }
    }

    /// A connection went away while it was writing `frames`. Says how many were lost with it.
    fn lost(
        self: &Arc<Self>,
        address: Address,
        slot: &Arc<Slot>,
        id: ConnectionId,
        frames: usize,
    ) -> usize {
        let (queued, steps) = self.table.broken(address, slot, id);
        let letters = DeadLetters {
            to: address,
            reason: Reason::ConnectionBroke,
            count: queued + frames,
            message: None,
        };
        self.dead_letters.take(&letters);
        self.perform(steps);
        queued + frames
    }
}
