//! Accepts connections and knows where requests go.

use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use super::batch::Batch;
use super::connection::Connection;
use super::firewall::Firewall;
use super::front::{Front, Processes};
use super::gathering::Gathering;
use super::guard::Guard;
use super::handler::{Alone, Handler};
use super::memo::Memo;
use super::outbox::Pool;
use super::service::Service;
use super::sizes::Sizes;
use crate::address::Address;
use crate::clock::Clock;
use crate::codec::Limits;
use crate::future::{self, Promise};
use crate::http::Date;
use crate::metrics::counters;
use crate::net::{Listener, Stream};
use crate::primitive::sync::atomic::{AtomicUsize, Ordering};
use crate::primitive::sync::{Arc, Mutex};
use crate::process::{Inbound, within};
use crate::scheduler::{Scheduler, Task, Tasks};
use crate::time::Time;

/// What a [`Server`] is made of.
pub struct Parts {
    /// Where connections come from.
    pub listener: Box<dyn Listener>,
    /// Who runs a task for each of them.
    pub scheduler: Scheduler,
    /// What time it is, for the `Date` of answers.
    pub clock: Clock,
    /// Who takes requests.
    pub inbound: Arc<dyn Inbound>,
    /// Who takes messages.
    pub service: Arc<dyn Service>,
    /// The id of the process that takes requests for which there is no other.
    pub delegate: Option<String>,
    /// What a peer may send.
    pub limits: Limits,
    /// Who is turned away.
    pub firewall: Arc<Firewall>,
    /// Who may send messages. Otherwise everybody.
    pub guard: Option<Guard>,
}

/// Serves HTTP at one address until it is stopped or dropped.
#[doc(alias = "process::http::Server")]
pub struct Server {
    shared: Arc<Shared>,
    address: Address,
}

impl Server {
    /// Starts to accept connections.
    pub fn start(parts: Parts) -> Self {
        let front = Box::new(Processes {
            inbound: parts.inbound,
            service: parts.service,
            delegate: parts.delegate,
            firewall: parts.firewall,
            guard: parts.guard,
        });
        let (scheduler, clock) = (parts.scheduler, parts.clock);
        Self::lead_to(front, parts.listener, scheduler, clock, parts.limits)
    }

    /// Starts to accept connections whose requests all go to `handler`.
    pub fn serve(
        handler: Handler,
        listener: Box<dyn Listener>,
        scheduler: Scheduler,
        clock: Clock,
        limits: Limits,
    ) -> Self {
        let front = Box::new(Alone(Arc::new(handler)));
        Self::lead_to(front, listener, scheduler, clock, limits)
    }

    fn lead_to(
        front: Box<dyn Front>,
        listener: Box<dyn Listener>,
        scheduler: Scheduler,
        clock: Clock,
        limits: Limits,
    ) -> Self {
        let shared = Arc::new(Shared {
            scheduler,
            clock,
            front,
            gathering: Arc::new(Gathering::new(limits.gathered_bytes)),
            limits,
            open: AtomicUsize::new(0),
            counters: Arc::default(),
            tasks: Arc::default(),
            accepting: Arc::default(),
            scratches: Mutex::default(),
            pool: Arc::default(),
            sizes: Sizes::new(),
        });
        let address = listener.address();
        let server = Self { shared, address };
        server.listen(listener);
        server
    }

    /// Where it listens.
    pub fn address(&self) -> Address {
        self.address
    }

    /// Accepts connections from another listener too.
    pub fn listen(&self, listener: Box<dyn Listener>) {
        let Shared {
            accepting,
            scheduler,
            ..
        } = &*self.shared;
        accepting.start(
            scheduler,
            Box::pin(accept(Arc::clone(&self.shared), listener)),
        );
    }

    /// What it has counted so far.
    pub fn counters(&self) -> &Arc<Counters> {
        &self.shared.counters
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.shared.open.load(Ordering::Relaxed)
    }

    /// Accepts no more, ends every connection, and waits until they are gone. Answers that were
    /// not written are lost, and whoever works on them is asked to stop.
    pub fn stop(&self) {
        self.shared.accepting.abort().iter().for_each(Task::wait);
        self.shared.tasks.abort().iter().for_each(Task::wait);
    }

    /// Accepts no more, and leaves the connections that there are for as long as `grace` to their
    /// clients, which may also ask more on them. Ready once all are gone.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use libprocess::address::Address;
    /// use libprocess::future::Future;
    /// use libprocess::http::Response;
    /// use libprocess::runtime::Runtime;
    /// use libprocess::web::Handler;
    ///
    /// let runtime = Runtime::builder().start()?;
    /// let handler = Handler::new(|_request| Future::ready(Response::ok("hello")));
    /// let server = runtime.serve(Address::loopback(0), handler)?;
    /// let response = runtime.client().get(server.address(), "/");
    /// assert_eq!(response.wait()?.body, "hello".into());
    /// server.finish(Duration::from_secs(5)).wait()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "grace_period")]
    pub fn finish(&self, grace: Duration) -> future::Future<()> {
        self.shared.accepting.abort();
        let (promise, ended) = Promise::new();
        let shared = Arc::clone(&self.shared);
        self.shared.scheduler.spawn(async move {
            poll_fn(|ctx| shared.tasks.poll_ended(ctx)).await;
            promise.set(());
        });
        let shared = Arc::clone(&self.shared);
        within(&self.shared.clock, ended, grace, move |ended| {
            shared.tasks.abort();
            ended
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.accepting.abort();
        self.shared.tasks.abort();
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

async fn accept(shared: Arc<Shared>, listener: Box<dyn Listener>) {
    let mut in_a_row = 0;
    let mut poll = |ctx: &mut Context<'_>| {
        if in_a_row == ACCEPTED_AT_ONCE {
            // Whoever is connected already should have a turn between these and the next.
            in_a_row = 0;
            ctx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let accepted = listener.poll_accept(ctx);
        in_a_row = if accepted.is_ready() { in_a_row + 1 } else { 0 };
        accepted
    };
    loop {
        match poll_fn(&mut poll).await {
            Ok((stream, peer)) => shared.take(stream, peer),
            Err(error) => {
                return log::error!("accepting no more at {}: {error}", listener.address());
            }
        }
    }
}

counters! {
    /// What a server has counted.
    pub struct Counters {
        /// Connections that were closed because what came made no sense, or too much of it.
        malformed_requests,
        /// Connections whose peer left in the middle of a request.
        truncated_requests,
        /// Connections that were closed because the peer took too long.
        timed_out_requests,
        /// Connections that were not taken because too many were open.
        refused_connections,
    }
}

/// What all connections of a server share.
pub(super) struct Shared {
    scheduler: Scheduler,
    clock: Clock,
    front: Box<dyn Front>,
    limits: Limits,
    gathering: Arc<Gathering>,
    /// How many connections there are.
    open: AtomicUsize,
    counters: Arc<Counters>,
    tasks: Arc<Tasks>,
    /// Those that accept connections.
    accepting: Arc<Tasks>,
    scratches: Mutex<Vec<Scratch>>,
    /// Memory for answers.
    pool: Arc<Pool>,
    /// How large they were.
    sizes: Sizes,
}

/// What a connection needs while it is polled, and only then: an idle one holds no buffer.
pub(super) struct Scratch {
    pub(super) buffer: Vec<u8>,
    pub(super) date: Date,
    pub(super) memo: Memo,
    pub(super) batch: Batch,
    pub(super) now: Time,
}

impl Shared {
    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn counters(&self) -> &Counters {
        &self.counters
    }

    pub(super) fn front(&self) -> &dyn Front {
        &*self.front
    }

    pub(super) fn gathering(&self) -> &Arc<Gathering> {
        &self.gathering
    }

    pub(super) fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }

    pub(super) fn sizes(&self) -> &Sizes {
        &self.sizes
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    pub(super) fn opened(&self) {
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn closed(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    /// Takes a connection, unless there are too many. Of those that are too many some are told
    /// so, and the others cut off.
    fn take(self: &Arc<Self>, stream: Arc<dyn Stream>, peer: Address) {
        let open = self.open.load(Ordering::Relaxed);
        if open < self.limits.connections {
            return self.start(Connection::new(Arc::clone(self), stream, peer));
        }
        self.counters.refused_connections.increment();
        log::warn!("refusing {peer}: {open} connections are open");
        if open < self.limits.connections + REFUSALS {
            self.start(Connection::refused(Arc::clone(self), stream, peer));
        }
    }

    pub(super) fn lend(&self) -> Scratch {
        let idle = self.scratches.lock().pop();
        idle.unwrap_or_else(|| Scratch {
            buffer: vec![0; self.limits.head_bytes + READ_BYTES],
            date: Date::new(),
            memo: Memo::new(),
            batch: Batch::default(),
            now: Time::EPOCH,
        })
    }

    pub(super) fn take_back(&self, scratch: Scratch) {
        self.scratches.lock().push(scratch);
    }

    fn start(&self, task: impl Future<Output = ()> + Send + Unpin + 'static) {
        self.tasks.start(&self.scheduler, task);
    }
}

/// Connections that are accepted in one turn.
const ACCEPTED_AT_ONCE: u32 = 32;

/// Connections beyond the limit that are told so at the same time.
const REFUSALS: usize = 64;

/// Room in a buffer behind the longest incomplete head.
const READ_BYTES: usize = 64 * 1024;
