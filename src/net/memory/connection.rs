//! One connection: two ends, and a lane from each to the other.

use std::collections::VecDeque;
use std::io;
use std::net::Shutdown;
use std::task::Waker;

use bytes::{Buf, Bytes, BytesMut};

use crate::address::Address;
use crate::time::Time;

use super::frame::FrameKind;

/// Which end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Dialler,
    Acceptor,
}

impl Side {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Dialler => Self::Acceptor,
            Self::Acceptor => Self::Dialler,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The acceptor's end before the question arrived.
    Absent,
    /// The dialler's end before the answer arrived.
    Opening,
    Open,
    /// Nobody holds this end any more.
    Closed,
}

pub(super) struct Connection {
    dialler: End,
    acceptor: End,
    /// How often the dialler has asked in vain.
    pub(super) attempts: u32,
}

impl Connection {
    pub(super) fn new(from: Address, to: Address) -> Self {
        Self {
            dialler: End::new(from, Phase::Opening),
            acceptor: End::new(to, Phase::Absent),
            attempts: 0,
        }
    }

    pub(super) fn end(&mut self, side: Side) -> &mut End {
        match side {
            Side::Dialler => &mut self.dialler,
            Side::Acceptor => &mut self.acceptor,
        }
    }

    pub(super) fn addresses(&self, from: Side) -> (Address, Address) {
        match from {
            Side::Dialler => (self.dialler.address, self.acceptor.address),
            Side::Acceptor => (self.acceptor.address, self.dialler.address),
        }
    }

    /// Whether it can be forgotten.
    pub(super) fn is_over(&self) -> bool {
        [&self.dialler, &self.acceptor].iter().all(|end| {
            matches!(end.phase, Phase::Absent | Phase::Closed) && end.lane.flights.is_empty()
        })
    }
}

/// One end of a connection.
pub(super) struct End {
    pub(super) address: Address,
    pub(super) phase: Phase,
    /// Why it broke, if it did.
    failure: Option<io::ErrorKind>,
    /// What arrived and was not read.
    inbox: BytesMut,
    /// The peer wrote its last.
    ended: bool,
    /// The reading half was shut down.
    deaf: bool,
    /// It is to break and not to end.
    breaks: bool,
    /// Towards the peer.
    pub(super) lane: Lane,
    pub(super) reader: Option<Waker>,
    pub(super) writer: Option<Waker>,
}

impl End {
    fn new(address: Address, phase: Phase) -> Self {
        Self {
            address,
            phase,
            failure: None,
            inbox: BytesMut::new(),
            ended: false,
            deaf: false,
            breaks: false,
            lane: Lane::default(),
            reader: None,
            writer: None,
        }
    }

    /// Whether it stands, once that is known.
    pub(super) fn connected(&self) -> Option<io::Result<()>> {
        match (self.failure, self.phase) {
            (Some(kind), _) => Some(Err(kind.into())),
            (None, Phase::Opening) => None,
            (None, _) => Some(Ok(())),
        }
    }

    /// What a reader would get now: bytes, of which it says how many it took, the end, or an
    /// error; nothing while it has to wait.
    pub(super) fn read(&mut self, buffer: &mut [u8], keep: bool) -> Option<io::Result<usize>> {
        if !self.inbox.is_empty() && !self.deaf {
            let size = buffer.len().min(self.inbox.len());
            buffer[..size].copy_from_slice(&self.inbox[..size]);
            if !keep {
                self.inbox.advance(size);
            }
            return Some(Ok(size));
        }
        match self.failure {
            Some(kind) => Some(Err(kind.into())),
            None if self.ended || self.deaf || buffer.is_empty() => Some(Ok(0)),
            None => None,
        }
    }

    /// How much of `size` bytes a writer may write now, or why it may not.
    pub(super) fn room(&self, size: usize, window: usize) -> Option<io::Result<usize>> {
        if let Some(kind) = self.failure {
            return Some(Err(kind.into()));
        }
        if self.lane.shut {
            return Some(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let room = window.saturating_sub(self.lane.unread).min(size);
        match (self.phase, room) {
            (Phase::Opening, _) => None,
            (_, 0) if size > 0 => None,
            (_, room) => Some(Ok(room)),
        }
    }

    /// Shuts halves down and says whether the peer is to be told.
    pub(super) fn shutdown(&mut self, how: Shutdown) -> io::Result<bool> {
        if let Some(kind) = self.failure {
            return Err(kind.into());
        }
        if self.phase == Phase::Opening {
            return Err(io::ErrorKind::NotConnected.into());
        }
        self.deaf |= how != Shutdown::Write;
        let tells = how != Shutdown::Read && !self.lane.shut;
        self.lane.shut |= tells;
        Ok(tells)
    }

    /// Has it break where it would end.
    pub(super) fn break_off(&mut self) {
        self.breaks = true;
    }

    /// Closes it and says what the peer is told, if anything: that bytes went unread, or that
    /// no more will come.
    pub(super) fn close(&mut self) -> Option<FrameKind> {
        let phase = std::mem::replace(&mut self.phase, Phase::Closed);
        self.reader = None;
        self.writer = None;
        match phase {
            Phase::Absent | Phase::Opening | Phase::Closed => None,
            Phase::Open if self.failure.is_some() => None,
            Phase::Open if self.breaks || !self.inbox.is_empty() => Some(FrameKind::Reset),
            Phase::Open if self.lane.shut => None,
            Phase::Open => Some(FrameKind::End),
        }
    }

    /// Breaks it: what has arrived can still be read.
    pub(super) fn fail(&mut self, kind: io::ErrorKind) {
        self.failure.get_or_insert(kind);
        self.lane.flights.clear();
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Takes what arrived; says how many bytes nobody will read.
    pub(super) fn receive(&mut self, bytes: &[u8]) -> usize {
        if self.deaf {
            return bytes.len();
        }
        self.inbox.extend_from_slice(bytes);
        0
    }

    pub(super) fn receive_end(&mut self) {
        self.ended = true;
    }
}

/// The way from one end to the other.
#[derive(Default)]
pub(super) struct Lane {
    pub(super) flights: VecDeque<Flight>,
    /// When the last frame arrives: none overtakes it.
    pub(super) latest: Option<Time>,
    /// Bytes that were written and not yet read.
    pub(super) unread: usize,
    /// Nothing more will be written.
    shut: bool,
    /// How much of what was last offered has not been taken yet.
    owed: usize,
    /// What happened to the frame of which a part has arrived.
    fate: Fate,
}

/// A frame on its way.
pub(super) struct Flight {
    pub(super) kind: FrameKind,
    pub(super) bytes: Bytes,
    /// It left during a partition.
    pub(super) lost: bool,
    /// It is the first part of what was offered in one write.
    first: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Fate {
    #[default]
    Delivered,
    Lost,
    /// A part was delivered and a part lost: what follows would make no sense.
    Torn,
}

/// What to do with bytes that arrive.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Arrival {
    Deliver,
    Vanish,
    Break,
}

impl Flight {
    pub(super) fn signal(kind: FrameKind, lost: bool) -> Self {
        Self {
            kind,
            bytes: Bytes::new(),
            lost,
            first: true,
        }
    }
}

impl Lane {
    /// Puts the first `taken` bytes of what was `offered` on their way.
    pub(super) fn load(&mut self, bytes: Bytes, offered: usize, lost: bool) {
        let first = self.owed == 0;
        self.owed = self.owed.max(offered) - bytes.len();
        self.unread += bytes.len();
        self.flights.push_back(Flight {
            kind: FrameKind::Bytes,
            bytes,
            lost,
            first,
        });
    }

    /// Decides on bytes that arrive, so that what was offered in one write is delivered whole
    /// or not at all. Where a cut came in between, the connection breaks with the next bytes
    /// that get through.
    pub(super) fn arrive(&mut self, flight: &Flight, lost: bool) -> Arrival {
        self.fate = match (self.fate, flight.first, lost) {
            (Fate::Torn, _, _) | (Fate::Delivered, false, true) => Fate::Torn,
            (_, true, true) | (Fate::Lost, false, _) => Fate::Lost,
            (_, true, false) | (Fate::Delivered, false, false) => Fate::Delivered,
        };
        match (self.fate, lost) {
            (Fate::Delivered, _) => Arrival::Deliver,
            (Fate::Torn, false) => Arrival::Break,
            (Fate::Lost, _) | (Fate::Torn, true) => Arrival::Vanish,
        }
    }
}
