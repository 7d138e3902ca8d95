//! The event loop: readiness of descriptors as futures, on mio.
//!
//! A [`Reactor`] has no thread of its own. It implements [`Park`], so that a worker with nothing
//! else to do waits here for the network and then runs what it woke: nothing is handed from
//! thread to thread on the way from a socket to a process.
//!
//! # No wake-up is lost
//!
//! Sources are registered once, edge-triggered and for both directions, and the kernel reports a
//! change once. Each [`Registration`] therefore remembers, for each direction, whether trying is
//! worth while. It starts out saying yes, and [`Registration::poll_io`]
//!
//! 1. takes the readiness away, or leaves its waker where there is none;
//! 2. tries the operation;
//! 3. puts the readiness back, unless the operation would block or left nothing to do.
//!
//! An event that comes between 1 and 3 raises the readiness again, so it cannot be wiped out by
//! a verdict that is older than itself. That the peer ended its direction is a readiness that
//! lasts: it survives a read that took less than it asked for, because no further edge follows.
//!
//! # Stale events
//!
//! Tokens are counted up and never used twice. An event that was already reported for a
//! registration that is gone finds nobody.
//!
//! What is absent: time (the caller of [`Park::park`] says how long) and processes.

mod readiness;
mod registration;

#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::task::Waker;
use std::time::Duration;

use crate::primitive::hash::Map;
use crate::primitive::sync::{Arc, Mutex};
use crate::scheduler::Park;

use self::readiness::Readiness;
pub use self::registration::{Direction, Registration};

/// A handle to an event loop; clones share it.
///
/// ```
/// use libprocess::reactor::Reactor;
/// use libprocess::scheduler::Park;
/// use std::time::Duration;
///
/// let reactor = Reactor::new()?;
/// reactor.unpark();
/// reactor.park(Some(Duration::from_secs(60))); // returns at once, for it was unparked
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Reactor {
    shared: Arc<Shared>,
}

impl Reactor {
    /// A new event loop with nothing registered.
    ///
    /// # Errors
    ///
    /// The operating system has no descriptors left.
    pub fn new() -> io::Result<Self> {
        let poll = mio::Poll::new()?;
        let registry = poll.registry().try_clone()?;
        let waker = mio::Waker::new(&registry, WAKER)?;
        let poller = Poller {
            poll,
            events: mio::Events::with_capacity(EVENTS),
            woken: Vec::new(),
        };
        let shared = Shared {
            registry,
            waker,
            sources: Mutex::new(Sources::default()),
            poller: Mutex::new(Some(Box::new(poller))),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Watches `source` until the registration is dropped.
    ///
    /// # Errors
    ///
    /// The operating system cannot watch it: it is registered already, say, or is a plain file.
    pub fn register<S: mio::event::Source>(&self, mut source: S) -> io::Result<Registration<S>> {
        let readiness = Arc::new(Readiness::default());
        let token = self.shared.sources.lock().insert(readiness.clone());
        let interests = mio::Interest::READABLE | mio::Interest::WRITABLE;
        let registered = self.shared.registry.register(&mut source, token, interests);
        if let Err(error) = registered {
            self.shared.sources.lock().readiness.remove(&token);
            return Err(error);
        }
        Ok(Registration::new(
            source,
            token,
            readiness,
            self.shared.clone(),
        ))
    }
}

impl Park for Reactor {
    /// Waits for events and wakes the tasks that they concern.
    ///
    /// One thread at a time may park here: a second one returns at once.
    fn park(&self, timeout: Option<Duration>) {
        // Taken out rather than locked, since waking runs the code of whoever waits.
        let Some(mut poller) = self.shared.poller.lock().take() else {
            return;
        };
        poller.turn(&self.shared, timeout);
        *self.shared.poller.lock() = Some(poller);
    }

    fn unpark(&self) {
        self.shared
            .waker
            .wake()
            .expect("an eventfd that is open takes another wake-up");
    }
}

impl fmt::Debug for Reactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources = self.shared.sources.lock().readiness.len();
        f.debug_struct("Reactor")
            .field("sources", &sources)
            .finish()
    }
}

/// What the handles and the registrations share.
struct Shared {
    registry: mio::Registry,
    waker: mio::Waker,
    sources: Mutex<Sources>,
    /// Away while a thread polls.
    poller: Mutex<Option<Box<Poller>>>,
}

impl Shared {
    fn deregister(&self, source: &mut impl mio::event::Source, token: mio::Token) {
        if let Err(error) = self.registry.deregister(source) {
            log::error!("failed to stop watching a descriptor: {error}");
        }
        let readiness = self.sources.lock().readiness.remove(&token);
        // Its wakers are the code of others: they are dropped with the lock released.
        drop(readiness);
    }
}

#[derive(Default)]
struct Sources {
    registered: usize,
    readiness: Map<mio::Token, Arc<Readiness>>,
}

impl Sources {
    fn insert(&mut self, readiness: Arc<Readiness>) -> mio::Token {
        self.registered += 1;
        let token = mio::Token(self.registered);
        self.readiness.insert(token, readiness);
        token
    }
}

/// What one turn of the loop needs, kept so that a turn allocates nothing.
struct Poller {
    poll: mio::Poll,
    events: mio::Events,
    woken: Vec<Waker>,
}

impl Poller {
    fn turn(&mut self, shared: &Shared, timeout: Option<Duration>) {
        match self.poll.poll(&mut self.events, timeout) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return,
            Err(error) => panic!("the event loop cannot wait: {error}"),
        }
        let sources = shared.sources.lock();
        for event in &self.events {
            if let Some(readiness) = sources.readiness.get(&event.token()) {
                readiness.raise(event, &mut self.woken);
            }
        }
        drop(sources);
        self.woken.drain(..).for_each(Waker::wake);
    }
}

/// Nobody's token: it only ends a wait.
const WAKER: mio::Token = mio::Token(0);

/// How many events one turn takes from the kernel; the rest stays there for the next.
const EVENTS: usize = 1024;
