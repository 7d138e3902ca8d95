//! The runtime: the only place that joins the parts.
//!
//! A [`Runtime`] owns all of its state: processes, workers, clock, event loop, sockets, names,
//! seed. Many live side by side in one OS process, each under an address of its own, and talk to
//! each other as they would across machines.
//!
//! ```
//! use libprocess::process::{Context, Process};
//! use libprocess::runtime::Runtime;
//!
//! struct Counter(u64);
//!
//! impl Process for Counter {}
//!
//! let runtime = Runtime::builder().workers(2).start()?;
//! let counter = runtime.spawn_as("counter", Counter(41))?;
//! let next = counter.dispatch(|counter, _| {
//!     counter.0 += 1;
//!     counter.0
//! });
//! assert_eq!(next.wait()?, 42);
//! runtime.stop()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`start`](Builder::start) and [`stop`](Runtime::stop) are numbered steps; the file that holds
//! them tells why they stand in this order.

mod builder;
mod config;
mod driver;
mod error;
mod stalls;
mod start;
mod wire;

use std::fmt;
use std::io;
use std::path::Path;

pub use builder::Builder;
pub use config::{Config, ConfigError};
pub use error::{StartError, StopError};

use crate::address::Address;
use crate::clock::Clock;
use crate::codec::Limits;
use crate::net::resolve::Resolver;
use crate::net::{Listener, Network};
use crate::os::Reaper;
use crate::primitive::blocking::Latch;
use crate::primitive::sync::{Arc, Mutex, Weak};
use crate::primitive::thread;
use crate::process::{self, Pid, Process, ProcessManager, SpawnError};
use crate::web::client::Client;
use crate::web::{Firewall, Handler, Server};
use start::Running;

/// A runtime: processes, and everything that they need to run and to be reached.
///
/// Dropping it stops it, as [`stop`](Self::stop) does.
#[doc(alias = "process::initialize")]
pub struct Runtime(Arc<Inner>);

struct Inner {
    manager: Arc<ProcessManager>,
    client: Client,
    firewall: Arc<Firewall>,
    reaper: Option<Reaper>,
    resolver: Resolver,
    network: Arc<dyn Network>,
    limits: Limits,
    /// Those that were started beside that of the processes.
    servers: Mutex<Vec<Weak<Server>>>,
    /// None from the beginning of a stop.
    running: Mutex<Option<Running>>,
    /// Opens at the end of a stop.
    stopped: Latch,
}

impl Runtime {
    /// What a runtime may be started with, each at its default.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Spawns a process under a generated id; see [`ProcessManager::spawn`].
    ///
    /// # Errors
    ///
    /// The runtime is stopping, or the prefix of the process would break the wire.
    pub fn spawn<P: Process>(&self, process: P) -> Result<Pid<P>, SpawnError<P>> {
        self.manager().spawn(process)
    }

    /// Spawns a process; see [`ProcessManager::spawn_as`].
    ///
    /// # Errors
    ///
    /// The id is taken or would break the wire, or the runtime is stopping.
    pub fn spawn_as<P: Process>(&self, id: &str, process: P) -> Result<Pid<P>, SpawnError<P>> {
        self.manager().spawn_as(id, process)
    }

    /// What the processes are known under: the address that was advertised, or else the one that
    /// is listened on.
    pub fn address(&self) -> Address {
        self.manager().address()
    }

    /// The processes.
    pub fn manager(&self) -> &Arc<ProcessManager> {
        &self.0.manager
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        self.manager().clock()
    }

    /// Asks servers over the runtime's network, until the runtime stops.
    ///
    /// ```
    /// use libprocess::runtime::Runtime;
    ///
    /// let runtime = Runtime::builder().start()?;
    /// let response = runtime.client().get(runtime.address(), "/nobody").wait()?;
    /// assert_eq!(response.status.code(), 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn client(&self) -> &Client {
        &self.0.client
    }

    /// Who is turned away, whatever they want.
    pub fn firewall(&self) -> &Firewall {
        &self.0.firewall
    }

    /// Serves HTTP at another address, where `handler` answers everything; until the server is
    /// dropped or stopped, or the runtime is.
    ///
    /// ```
    /// use libprocess::address::Address;
    /// use libprocess::future::Future;
    /// use libprocess::http::Response;
    /// use libprocess::runtime::Runtime;
    /// use libprocess::web::Handler;
    ///
    /// let runtime = Runtime::builder().start()?;
    /// let handler = Handler::new(|request| Future::ready(Response::ok(request.url.path.clone())));
    /// let server = runtime.serve(Address::loopback(0), handler)?;
    /// let response = runtime.client().get(server.address(), "/any/path").wait()?;
    /// assert_eq!(response.body, "/any/path".into());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As the operating system says: the address is in use, is not ours, or needs privileges.
    #[doc(alias = "process::http::Server::create")]
    pub fn serve(&self, address: Address, handler: Handler) -> io::Result<Arc<Server>> {
        self.serve_at(|network| network.listen(address), handler)
    }

    /// As [`serve`](Self::serve), at a path of the file system.
    ///
    /// # Errors
    ///
    /// As the operating system says: somebody listens there, or the path may not be used.
    pub fn serve_path(&self, path: &Path, handler: Handler) -> io::Result<Arc<Server>> {
        self.serve_at(|network| network.listen_path(path), handler)
    }

    fn serve_at(
        &self,
        listen: impl FnOnce(&dyn Network) -> io::Result<Box<dyn Listener>>,
        handler: Handler,
    ) -> io::Result<Arc<Server>> {
        let listener = listen(&*self.0.network)?;
        let (scheduler, clock) = (self.manager().scheduler(), self.clock());
        let (scheduler, clock) = (scheduler.clone(), clock.clone());
        let server = Server::serve(handler, listener, scheduler, clock, self.0.limits);
        let server = Arc::new(server);
        let mut servers = self.0.servers.lock();
        servers.retain(|server| server.strong_count() > 0);
        servers.push(Arc::downgrade(&server));
        drop(servers);
        // Looked at last: a stop that began before then may not have seen the server.
        match *self.0.running.lock() {
            Some(_) => Ok(server),
            None => Err(io::Error::other("the runtime has stopped")),
        }
    }

    /// What starts and watches children; none if the scheduler was handed in, since then nobody
    /// of ours waits for the operating system.
    pub fn reaper(&self) -> Option<&Reaper> {
        self.0.reaper.as_ref()
    }

    /// Looks names of hosts up, on threads of its own.
    pub fn resolver(&self) -> &Resolver {
        &self.0.resolver
    }

    /// Waits until nothing is left to do: no event queued or being served, no `async` block or
    /// timer due, nor what these bring about in turn. Not from inside of a process, which would
    /// wait for itself.
    ///
    /// What happens outside is not waited for: another runtime, a child, bytes that the kernel
    /// still carries.
    #[doc(alias = "Clock::settle")]
    pub fn settle(&self) {
        let (clock, scheduler) = (self.clock(), self.manager().scheduler());
        loop {
            let expired = clock.expired();
            scheduler.settle_turns();
            // Nothing ran. If no timer has run since before that, and none is due, then none
            // could have been set to be due in between: see the clock.
            if !clock.has_due() && clock.expired() == expired {
                return;
            }
            if clock.expire() == 0 {
                thread::yield_now();
            }
        }
    }

    /// Ends every process, then closes the sockets and joins the threads. Returns when all is
    /// done, also if another thread does it. A runtime that has stopped stays so.
    ///
    /// # Errors
    ///
    /// It is called from inside one of the runtime's own processes, and does nothing.
    #[doc(alias = "process::finalize")]
    pub fn stop(&self) -> Result<(), StopError> {
        if self.is_inside() {
            return Err(StopError);
        }
        self.0.stop();
        Ok(())
    }

    /// Whether the calling thread runs one of our processes.
    fn is_inside(&self) -> bool {
        process::current_manager().is_some_and(|manager| Arc::ptr_eq(&manager, self.manager()))
    }
}

impl Drop for Runtime {
    /// Stops the runtime; a thread that is needed for it stops it without being waited for.
    fn drop(&mut self) {
        if !self.is_inside() {
            return self.0.stop();
        }
        let inner = self.0.clone();
        if let Err(error) = thread::spawn("stop", move || inner.stop()) {
            log::error!("a runtime is dropped by its own process and goes on: {error}");
        }
    }
}

impl Inner {
    fn new(running: Running) -> Self {
        Self {
            manager: running.manager.clone(),
            client: running.client().clone(),
            firewall: running.firewall().clone(),
            reaper: running.reaper().cloned(),
            resolver: running.client().resolver().clone(),
            network: running.network.clone(),
            limits: running.limits,
            servers: Mutex::default(),
            running: Mutex::new(Some(running)),
            stopped: Latch::new(),
        }
    }

    fn stop(&self) {
        let running = self.running.lock().take();
        if let Some(running) = running {
            let servers = std::mem::take(&mut *self.servers.lock());
            for server in servers.iter().filter_map(Weak::upgrade) {
                server.stop();
            }
            running.stop();
            self.stopped.open();
        }
        self.stopped.wait();
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, shuttle))]
mod model;
