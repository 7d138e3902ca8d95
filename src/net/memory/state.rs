//! The network as a value: who listens, which connections stand, what is cut.
//!
//! Time is handed in, and what must happen with the lock released is handed out as [`Effects`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::net::IpAddr;
use std::ops::Range;
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;

use crate::address::Address;
use crate::primitive::random::Random;
use crate::time::Time;

use super::connection::{Arrival, Connection, Flight, Phase, Side};
use super::frame::FrameKind;

pub(super) struct State {
    pub(super) delay: Range<Duration>,
    random: Random,
    listeners: BTreeMap<Address, Backlog>,
    connections: BTreeMap<u64, Connection>,
    opened: u64,
    ports: BTreeMap<IpAddr, u16>,
    cuts: BTreeSet<(IpAddr, IpAddr)>,
}

/// Connections that wait to be accepted.
#[derive(Default)]
struct Backlog {
    waiting: VecDeque<u64>,
    waiter: Option<Waker>,
}

/// What is left to do once the lock is released.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) wakers: Vec<Waker>,
    pub(super) timers: Vec<(Duration, Due)>,
    pub(super) seen: Vec<Seen>,
}

/// What a timer of the clock brings.
#[derive(Clone, Copy)]
pub(super) enum Due {
    /// The next frame from this side of this connection.
    Frame(u64, Side),
    /// The dialler asks again.
    Retry(u64),
}

/// A frame to show to the observer.
pub(super) struct Seen {
    pub(super) from: Address,
    pub(super) to: Address,
    pub(super) kind: FrameKind,
    pub(super) bytes: Bytes,
    pub(super) lost: bool,
}

impl Effects {
    fn wake(&mut self, waiter: &mut Option<Waker>) {
        self.wakers.extend(waiter.take());
    }
}

impl State {
    pub(super) fn new(seed: u64, delay: Range<Duration>) -> Self {
        Self {
            delay,
            random: Random::new(seed),
            listeners: BTreeMap::new(),
            connections: BTreeMap::new(),
            opened: 0,
            ports: BTreeMap::new(),
            cuts: BTreeSet::new(),
        }
    }

    pub(super) fn listen(&mut self, address: Address) -> io::Result<Address> {
        let address = match address.port() {
            0 => self.free_port(address.ip())?,
            _ => address,
        };
        if self.listeners.contains_key(&address) {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        self.listeners.insert(address, Backlog::default());
        Ok(address)
    }

    pub(super) fn unlisten(&mut self, address: Address, now: Time, effects: &mut Effects) {
        let backlog = self.listeners.remove(&address).unwrap_or_default();
        for id in backlog.waiting {
            let connection = self.connections.get_mut(&id);
            if let Some(connection) = connection {
                connection.end(Side::Acceptor).close();
                self.signal(id, Side::Acceptor, FrameKind::Reset, now, effects);
            }
        }
    }

    /// The next connection that waits at `address`, by its number, and who opened it.
    pub(super) fn accept(&mut self, address: Address, waker: &Waker) -> Option<(u64, Address)> {
        let backlog = self.listeners.get_mut(&address)?;
        let Some(id) = backlog.waiting.pop_front() else {
            backlog.waiter = Some(waker.clone());
            return None;
        };
        let (_, peer) = self.connections.get(&id)?.addresses(Side::Acceptor);
        Some((id, peer))
    }

    /// Begins to connect; says the connection's number and our end's address.
    pub(super) fn connect(
        &mut self,
        from: IpAddr,
        to: Address,
        now: Time,
        effects: &mut Effects,
    ) -> io::Result<(u64, Address)> {
        let local = self.free_port(from)?;
        self.opened += 1;
        let id = self.opened;
        self.connections.insert(id, Connection::new(local, to));
        self.signal(id, Side::Dialler, FrameKind::Open, now, effects);
        Ok((id, local))
    }

    pub(super) fn connection(&mut self, id: u64) -> &mut Connection {
        self.connections
            .get_mut(&id)
            .expect("a connection stays as long as someone holds one of its ends")
    }

    /// Writes what fits into the window.
    pub(super) fn write(
        &mut self,
        (id, side): (u64, Side),
        chunks: &[&[u8]],
        now: Time,
        effects: &mut Effects,
    ) -> Option<io::Result<usize>> {
        let offered = chunks.iter().map(|chunk| chunk.len()).sum();
        let room = match self.connection(id).end(side).room(offered, WINDOW)? {
            Ok(0) => return Some(Ok(0)),
            Ok(room) => room,
            Err(error) => return Some(Err(error)),
        };
        let mut bytes = Vec::with_capacity(room);
        for chunk in chunks {
            bytes.extend_from_slice(&chunk[..chunk.len().min(room - bytes.len())]);
        }
        let lost = self.is_cut(id);
        let lane = &mut self.connection(id).end(side).lane;
        lane.load(bytes.into(), offered, lost);
        self.schedule(id, side, now, effects);
        Some(Ok(room))
    }

    pub(super) fn read(
        &mut self,
        (id, side): (u64, Side),
        buffer: &mut [u8],
        keep: bool,
        effects: &mut Effects,
    ) -> Option<io::Result<usize>> {
        let connection = self.connection(id);
        let result = connection.end(side).read(buffer, keep);
        if let (false, Some(Ok(size @ 1..))) = (keep, &result) {
            credit(connection, side.other(), *size, effects);
        }
        result
    }

    pub(super) fn shutdown(
        &mut self,
        (id, side): (u64, Side),
        how: std::net::Shutdown,
        now: Time,
        effects: &mut Effects,
    ) -> io::Result<()> {
        let end = self.connection(id).end(side);
        let tells = end.shutdown(how)?;
        effects.wake(&mut end.reader);
        effects.wake(&mut end.writer);
        if tells {
            self.signal(id, side, FrameKind::End, now, effects);
        }
        Ok(())
    }

    pub(super) fn close(&mut self, id: u64, side: Side, now: Time, effects: &mut Effects) {
        if let Some(kind) = self.connection(id).end(side).close() {
            self.signal(id, side, kind, now, effects);
        }
        self.forget_if_over(id);
    }

    /// Lets every frame between the two vanish, or no longer.
    pub(super) fn cut(&mut self, a: IpAddr, b: IpAddr, cut: bool) {
        let pair = (a.min(b), a.max(b));
        match cut {
            true => self.cuts.insert(pair),
            false => self.cuts.remove(&pair),
        };
    }

    /// Breaks every connection between the two, at both ends at once.
    pub(super) fn break_between(&mut self, a: IpAddr, b: IpAddr, effects: &mut Effects) {
        for connection in self.connections.values_mut() {
            let (from, to) = connection.addresses(Side::Dialler);
            let between = (from.ip(), to.ip()) == (a, b) || (from.ip(), to.ip()) == (b, a);
            if between && connection.end(Side::Dialler).phase != Phase::Opening {
                fail(connection, io::ErrorKind::ConnectionReset, effects);
            }
        }
        self.connections
            .retain(|_, connection| !connection.is_over());
    }

    /// A timer has run out.
    pub(super) fn due(&mut self, due: Due, now: Time, effects: &mut Effects) {
        match due {
            Due::Frame(id, from) => {
                self.arrive(id, from, now, effects);
                self.forget_if_over(id);
            }
            Due::Retry(id) => self.retry(id, now, effects),
        }
    }

    fn arrive(&mut self, id: u64, from: Side, now: Time, effects: &mut Effects) {
        let cut = self.is_cut(id);
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        let Some(flight) = connection.end(from).lane.flights.pop_front() else {
            return;
        };
        let lost = flight.lost || cut;
        let addresses = connection.addresses(from);
        effects.seen.push(Seen {
            from: addresses.0,
            to: addresses.1,
            kind: flight.kind,
            bytes: flight.bytes.clone(),
            lost,
        });
        match flight.kind {
            FrameKind::Open => self.arrive_open(id, lost, now, effects),
            FrameKind::Bytes => self.arrive_bytes(id, from, &flight, lost, now, effects),
            FrameKind::Accept if lost => self.wait_and_retry(id, effects),
            _ if lost => {}
            FrameKind::Accept => {
                self.admit(id, from, now, effects);
            }
            FrameKind::End => {
                if connection.end(from.other()).phase == Phase::Opening {
                    self.admit(id, from, now, effects);
                }
                let connection = self.connection(id);
                let end = connection.end(from.other());
                end.receive_end();
                effects.wake(&mut end.reader);
            }
            FrameKind::Reset => {
                let refused = connection.end(Side::Dialler).phase == Phase::Opening;
                let kind = match refused {
                    true => io::ErrorKind::ConnectionRefused,
                    false => io::ErrorKind::ConnectionReset,
                };
                fail_end(connection, from.other(), kind, effects);
            }
        }
    }

    fn arrive_open(&mut self, id: u64, lost: bool, now: Time, effects: &mut Effects) {
        let connection = self.connection(id);
        let address = connection.end(Side::Acceptor).address;
        let phase = connection.end(Side::Acceptor).phase;
        if lost {
            return self.wait_and_retry(id, effects);
        }
        if phase == Phase::Open {
            return self.signal(id, Side::Acceptor, FrameKind::Accept, now, effects);
        }
        let backlog = self.listeners.get_mut(&address);
        let Some(backlog) = backlog.filter(|_| phase == Phase::Absent) else {
            return self.signal(id, Side::Acceptor, FrameKind::Reset, now, effects);
        };
        if backlog.waiting.len() >= BACKLOG {
            return self.wait_and_retry(id, effects);
        }
        backlog.waiting.push_back(id);
        effects.wake(&mut backlog.waiter);
        self.connection(id).end(Side::Acceptor).phase = Phase::Open;
        self.signal(id, Side::Acceptor, FrameKind::Accept, now, effects);
    }

    fn arrive_bytes(
        &mut self,
        id: u64,
        from: Side,
        flight: &Flight,
        lost: bool,
        now: Time,
        effects: &mut Effects,
    ) {
        let connection = self.connection(id);
        match connection.end(from).lane.arrive(flight, lost) {
            Arrival::Break => fail(connection, io::ErrorKind::ConnectionReset, effects),
            Arrival::Vanish => credit(connection, from, flight.bytes.len(), effects),
            Arrival::Deliver => {
                if self.admit(id, from, now, effects) {
                    let connection = self.connection(id);
                    let end = connection.end(from.other());
                    let unread = end.receive(&flight.bytes);
                    effects.wake(&mut end.reader);
                    credit(connection, from, unread, effects);
                }
            }
        }
    }

    /// Opens the end that waits for a first sign of its peer, and says whether anybody holds it.
    fn admit(&mut self, id: u64, from: Side, now: Time, effects: &mut Effects) -> bool {
        let end = self.connection(id).end(from.other());
        match end.phase {
            Phase::Open => !end.has_failed(),
            Phase::Opening => {
                end.phase = Phase::Open;
                effects.wake(&mut end.writer);
                effects.wake(&mut end.reader);
                true
            }
            Phase::Absent | Phase::Closed => {
                self.signal(id, from.other(), FrameKind::Reset, now, effects);
                false
            }
        }
    }

    fn wait_and_retry(&mut self, id: u64, effects: &mut Effects) {
        let pause = FIRST_RETRY * (1 << self.connection(id).attempts);
        effects.timers.push((pause, Due::Retry(id)));
    }

    fn retry(&mut self, id: u64, now: Time, effects: &mut Effects) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if connection.end(Side::Dialler).phase != Phase::Opening {
            return;
        }
        if connection.attempts == RETRIES {
            return fail_end(connection, Side::Dialler, io::ErrorKind::TimedOut, effects);
        }
        connection.attempts += 1;
        self.signal(id, Side::Dialler, FrameKind::Open, now, effects);
    }

    fn signal(&mut self, id: u64, from: Side, kind: FrameKind, now: Time, effects: &mut Effects) {
        let lost = self.is_cut(id);
        let lane = &mut self.connection(id).end(from).lane;
        lane.flights.push_back(Flight::signal(kind, lost));
        self.schedule(id, from, now, effects);
    }

    /// Sets the timer of the frame that was put on its way last.
    fn schedule(&mut self, id: u64, from: Side, now: Time, effects: &mut Effects) {
        let spread = self.delay.end.saturating_sub(self.delay.start).as_nanos();
        let extra = match usize::try_from(spread) {
            Ok(0) => 0,
            Ok(spread) => self.random.below(spread),
            Err(_) => self.random.below(usize::MAX),
        };
        let arrival = now + self.delay.start + Duration::from_nanos(extra as u64);
        let lane = &mut self.connection(id).end(from).lane;
        let arrival = lane.latest.map_or(arrival, |latest| latest.max(arrival));
        lane.latest = Some(arrival);
        effects.timers.push((arrival - now, Due::Frame(id, from)));
    }

    fn is_cut(&self, id: u64) -> bool {
        let connection = self.connections.get(&id);
        connection.is_some_and(|connection| {
            let (a, b) = connection.addresses(Side::Dialler);
            let (a, b) = (a.ip(), b.ip());
            self.cuts.contains(&(a.min(b), a.max(b)))
        })
    }

    fn forget_if_over(&mut self, id: u64) {
        if self.connections.get(&id).is_some_and(Connection::is_over) {
            self.connections.remove(&id);
        }
    }

    fn free_port(&mut self, ip: IpAddr) -> io::Result<Address> {
        let next = self.ports.entry(ip).or_insert(EPHEMERAL.start);
        for _ in EPHEMERAL {
            let address = Address::new(ip, *next);
            *next = match *next + 1 {
                end if end == EPHEMERAL.end => EPHEMERAL.start,
                port => port,
            };
            if !self.listeners.contains_key(&address) {
                return Ok(address);
            }
        }
        Err(io::ErrorKind::AddrInUse.into())
    }
}

/// Gives room back to the writer at the side `from`.
fn credit(connection: &mut Connection, from: Side, size: usize, effects: &mut Effects) {
    let end = connection.end(from);
    end.lane.unread -= size;
    if size > 0 {
        effects.wake(&mut end.writer);
    }
}

fn fail(connection: &mut Connection, kind: io::ErrorKind, effects: &mut Effects) {
    fail_end(connection, Side::Dialler, kind, effects);
    fail_end(connection, Side::Acceptor, kind, effects);
}

fn fail_end(connection: &mut Connection, side: Side, kind: io::ErrorKind, effects: &mut Effects) {
    let end = connection.end(side);
    end.fail(kind);
    effects.wake(&mut end.reader);
    effects.wake(&mut end.writer);
}

/// How many bytes may be written and not read yet.
const WINDOW: usize = 64 * 1024;

/// How many connections may wait to be accepted.
const BACKLOG: usize = 4096;

/// The pauses between attempts to connect, as Linux makes them: 1 s, 2 s, 4 s and so on, and
/// after 127 s it gives up.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const RETRIES: u32 = 6;

const EPHEMERAL: Range<u16> = 32_768..61_000;
