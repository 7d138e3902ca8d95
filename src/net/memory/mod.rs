//! A network in memory, for tests and simulation.
//!
//! [`Memory`] is a hub of nodes, each with an ip of its own. A [`Node`] is a
//! [`Network`] on which a runtime is started like on any other, and whose
//! connections behave as TCP's: they are asked for and granted, refused where nobody listens,
//! bounded by a window that makes a writer wait for its reader, half-closed, reset.
//!
//! # Frames, time and chance
//!
//! Everything that travels is a [`Frame`]. Its flight is a timer of the clock that the hub was
//! given, so that nothing arrives before somebody turns that clock, and it lasts as long as the
//! seed says, within [`Memory::set_delay`]. Frames of one direction of a connection stay in
//! order; others overtake each other. A run with the same seed on the same clock, and with one
//! thread, has the same frames at the same times; [`Memory::observe`] shows them.
//!
//! # Faults
//!
//! - [`Memory::partition`] lets the frames between two nodes vanish, those in flight among them.
//!   Nobody is told: what is written is swallowed, connections stay open, and who connects asks
//!   again after 1, 2, 4, ... seconds and gives up after 127, as Linux does. This is harder than
//!   TCP, which would send again after the partition: here connections lose messages and live
//!   on, so that the code above learns to bear it.
//! - [`Memory::sever`] also breaks the connections between the two: both ends get a reset.
//! - [`Memory::heal`] ends either.
//!
//! What was offered in one write is one unit of loss: it is delivered whole or vanishes whole,
//! also if it is larger than the window and travels in parts. Hence a protocol that writes whole
//! messages loses whole messages. Should a cut come between two parts, the connection breaks with
//! the next bytes that get through: as in TCP, no reader ever sees a gap.

mod connection;
mod frame;
mod state;
mod stream;

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::ops::Range;
use std::task::Waker;
use std::time::Duration;

use crate::address::Address;
use crate::clock::Clock;
use crate::primitive::sync::{Arc, Mutex};
use crate::time::Time;

use self::connection::Side;
pub use self::frame::{Frame, FrameKind, checksum};
use self::state::{Due, Effects, State};
use self::stream::{MemoryListener, MemoryStream};
use super::{Listener, Network, Stream};

/// A hub of nodes; clones share it.
///
/// ```
/// use libprocess::clock::Clock;
/// use libprocess::net::{Network, memory::Memory};
/// use libprocess::time::Time;
///
/// let memory = Memory::new(Clock::paused_at(Time::EPOCH), 42);
/// let node = memory.node([10, 0, 0, 1].into());
/// let listener = node.listen("10.0.0.1:5050".parse()?)?;
/// assert_eq!(listener.address().to_string(), "10.0.0.1:5050");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Memory {
    hub: Arc<Hub>,
}

impl Memory {
    /// A network without nodes, whose frames fly by `clock` and for as long as `seed` says.
    pub fn new(clock: Clock, seed: u64) -> Self {
        let hub = Hub {
            clock,
            state: Mutex::new(State::new(seed, DELAY)),
            observer: Mutex::new(None),
        };
        Self { hub: Arc::new(hub) }
    }

    /// The node `ip`, which need not be announced to the others.
    pub fn node(&self, ip: IpAddr) -> Node {
        Node {
            hub: self.hub.clone(),
            ip,
        }
    }

    /// How long frames fly from now on, from the start of the range up to its end.
    pub fn set_delay(&self, delay: Range<Duration>) {
        self.hub.state.lock().delay = delay;
    }

    /// Lets every frame between the nodes `a` and `b` vanish.
    pub fn partition(&self, a: IpAddr, b: IpAddr) {
        self.hub.update(|state, _, _| state.cut(a, b, true));
    }

    /// Lets every frame between the nodes `a` and `b` vanish, and breaks their connections.
    pub fn sever(&self, a: IpAddr, b: IpAddr) {
        self.hub.update(|state, _, effects| {
            state.cut(a, b, true);
            state.break_between(a, b, effects);
        });
    }

    /// Lets the frames between the nodes `a` and `b` through again.
    pub fn heal(&self, a: IpAddr, b: IpAddr) {
        self.hub.update(|state, _, _| state.cut(a, b, false));
    }

    /// Shows every frame to `observer` when it arrives or would have arrived.
    pub fn observe(&self, observer: impl Fn(&Frame<'_>) + Send + Sync + 'static) {
        *self.hub.observer.lock() = Some(Arc::new(observer));
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

/// One node of a [`Memory`]: the network as a machine sees it.
#[derive(Clone)]
pub struct Node {
    hub: Arc<Hub>,
    ip: IpAddr,
}

impl Node {
    /// Its ip.
    pub fn ip(&self) -> IpAddr {
        self.ip
    }
}

impl Network for Node {
    fn listen(&self, address: Address) -> io::Result<Box<dyn Listener>> {
        if address.ip() != self.ip && !address.ip().is_unspecified() {
            return Err(io::ErrorKind::AddrNotAvailable.into());
        }
        let address = Address::new(self.ip, address.port());
        let address = self.hub.update(|state, _, _| state.listen(address))?;
        let hub = self.hub.clone();
        Ok(Box::new(MemoryListener { hub, address }))
    }

    fn connect(&self, address: Address) -> io::Result<Arc<dyn Stream>> {
        let (id, local) = self
            .hub
            .update(|state, now, effects| state.connect(self.ip, address, now, effects))?;
        Ok(Arc::new(MemoryStream {
            hub: self.hub.clone(),
            id,
            side: Side::Dialler,
            local,
            peer: address,
        }))
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Node").field(&self.ip).finish()
    }
}

struct Hub {
    clock: Clock,
    state: Mutex<State>,
    observer: Mutex<Option<Observer>>,
}

type Observer = Arc<dyn Fn(&Frame<'_>) + Send + Sync>;

impl Hub {
    /// Changes the state and then, with its lock released, does what follows from that.
    fn update<R>(self: &Arc<Self>, change: impl FnOnce(&mut State, Time, &mut Effects) -> R) -> R {
        let now = self.clock.now();
        let mut effects = Effects::default();
        let result = change(&mut self.state.lock(), now, &mut effects);
        self.perform(effects, now);
        result
    }

    fn perform(self: &Arc<Self>, effects: Effects, now: Time) {
        if !effects.seen.is_empty() {
            self.show(&effects, now);
        }
        for (delay, due) in effects.timers {
            // A frame in flight does not keep the network alive.
            let hub = Arc::downgrade(self);
            self.clock.timer(delay, move || {
                if let Some(hub) = hub.upgrade() {
                    hub.due(due);
                }
            });
        }
        effects.wakers.into_iter().for_each(Waker::wake);
    }

    fn due(self: &Arc<Self>, due: Due) {
        self.update(|state, now, effects| state.due(due, now, effects));
    }

    fn show(&self, effects: &Effects, time: Time) {
        let Some(observer) = self.observer.lock().clone() else {
            return;
        };
        for seen in &effects.seen {
            observer(&Frame {
                time,
                from: seen.from,
                to: seen.to,
                kind: seen.kind,
                bytes: &seen.bytes,
                lost: seen.lost,
            });
        }
    }
}

/// As between machines of one data centre.
const DELAY: Range<Duration> = Duration::from_micros(100)..Duration::from_micros(1000);
