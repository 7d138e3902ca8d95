//! One accepted connection.

mod arrivals;

use std::future::Future;
use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::answers::{Answers, Fate, Saying};
use super::batch::Batch;
use super::hold::Hold;
use super::intake::{Intake, Surroundings};
use super::memo::Memo;
use super::outbox::Outbox;
use super::patience::{Patience, Wait};
use super::phase::Phase;
use super::server::{Scratch, Shared};
use super::turn::{Read, Turn};
use crate::address::Address;
use crate::codec::Progress;
use crate::future;
use crate::http::{Exchange, Response, Status, Writer};
use crate::net::Stream;
use crate::primitive::sync::Arc;
use crate::time::Time;

/// One accepted connection: a task that is over when the connection is.
///
/// Each poll reads what there is, hands on whatever is complete, and writes every answer that is
/// due in one go. No reader waits for a writer here: two ends that each wait for the other to read
/// would never end. Reading pauses only while this connection's own answers pile up.
pub(super) struct Connection {
    server: Arc<Shared>,
    stream: Arc<dyn Stream>,
    peer: Address,
    intake: Intake,
    answers: Answers,
    outbox: Outbox,
    /// Bytes that were read and not yet taken.
    leftover: Vec<u8>,
    /// Whether something complete may be among them, left there by a pause.
    is_paused: bool,
    /// Ready when a body that is read while it arrives has room again.
    room: Option<future::Future<()>>,
    phase: Phase,
    /// Whether several requests were handed over just now.
    is_asking: bool,
    /// While answers that nobody waits for are held back, what ends that.
    hold: Option<Hold>,
    patience: Patience,
    /// How many requests have arrived.
    requests: u64,
    /// Whether a message has: then the connection is a peer's.
    is_peer: bool,
    /// How many bytes were written.
    written: u64,
}

impl Connection {
    pub(super) fn new(server: Arc<Shared>, stream: Arc<dyn Stream>, peer: Address) -> Self {
        server.opened();
        let outbox = Outbox::pooled(server.pool());
        Self {
            server,
            stream,
            peer,
            intake: Intake::default(),
            answers: Answers::default(),
            outbox,
            leftover: Vec::new(),
            is_paused: false,
            room: None,
            phase: Phase::Open,
            is_asking: false,
            hold: None,
            patience: Patience::default(),
            requests: 0,
            is_peer: false,
            written: 0,
        }
    }

    /// A connection that is one too many, and is only told so.
    pub(super) fn refused(server: Arc<Shared>, stream: Arc<dyn Stream>, peer: Address) -> Self {
        let mut connection = Self::new(server, stream, peer);
        let response = Response::canned(Status::SERVICE_UNAVAILABLE);
        connection.answers.ready(response, Exchange::last());
        connection.phase = Phase::Answering(LINGER_BYTES);
        connection
    }

    /// Goes as far as it can, within its time.
    fn poll_within(
        &mut self,
        ctx: &mut Context<'_>,
        scratch: &mut Scratch,
    ) -> Poll<io::Result<()>> {
        let now = self.server.now();
        if let Some(wait) = self.patience.lost(now, self.server.limits()) {
            self.lose_patience(wait);
        }
        scratch.now = now;
        self.is_asking = false;
        let driven = self.drive(ctx, scratch);
        if driven.is_pending() {
            let wait = self.wait();
            let (limits, clock) = (self.server.limits(), self.server.clock());
            self.patience
                .wait_for(wait, now, limits, clock, ctx.waker());
        }
        driven
    }

    /// What the connection waits for, as far as that is the peer's business.
    fn wait(&self) -> Option<Wait> {
        match self.phase {
            _ if !self.outbox.is_empty() && !self.is_peer => {
                return Some(Wait::Written(self.written));
            }
            Phase::Lingering(_) => return Some(Wait::Close),
            Phase::Open if !self.is_paused => {}
            _ => return None,
        }
        if let Some(received) = self.intake.received() {
            Some(Wait::Body(received / MIB))
        } else if !self.leftover.is_empty() {
            Some(Wait::Head(self.requests))
        } else if self.is_peer || !self.answers.is_empty() {
            None
        } else if self.requests > 0 {
            Some(Wait::Next(self.requests))
        } else {
            Some(Wait::First)
        }
    }

    fn lose_patience(&mut self, wait: Wait) {
        self.server.counters().timed_out_requests.increment();
        log::debug!("{} took too long: {wait:?}", self.peer);
        match wait {
            Wait::Head(_) | Wait::Body(_) => {
                if !self.intake.close(TOO_SLOW) {
                    self.answer_last(Response::canned(Status::REQUEST_TIMEOUT));
                }
                self.leftover = Vec::new();
                self.phase = Phase::Answering(LINGER_BYTES);
            }
            Wait::First | Wait::Next(_) => self.phase = Phase::Ending,
            Wait::Written(_) | Wait::Close => self.phase = Phase::Over,
        }
    }

    fn drive(&mut self, ctx: &mut Context<'_>, scratch: &mut Scratch) -> Poll<io::Result<()>> {
        for _ in 0..READS {
            if self.phase == Phase::Over {
                return Poll::Ready(Ok(()));
            }
            let before = self.phase;
            let read = self.read(ctx, scratch)?;
            self.answer(ctx, scratch)?;
            match read {
                _ if self.phase == Phase::Over => return Poll::Ready(Ok(())),
                Read::Some => {}
                Read::Nothing if self.phase != before || self.may_resume() => {}
                Read::Nothing => return Poll::Pending,
                Read::Plenty => break,
            }
        }
        // There is more, but others should have a turn first.
        ctx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Whether the connection's own answers have piled up.
    fn is_full(&self) -> bool {
        let limits = self.server.limits();
        self.answers.requests() >= limits.unanswered_requests
            || self.outbox.len() >= limits.unwritten_bytes
            || self.answers.expected() >= limits.unanswered_bytes
            || self.intake.stalled().is_some()
    }

    fn may_resume(&self) -> bool {
        self.phase == Phase::Open && self.is_paused && !self.is_full()
    }

    fn read(&mut self, ctx: &mut Context<'_>, scratch: &mut Scratch) -> io::Result<Read> {
        self.poll_room(ctx);
        let Scratch {
            buffer,
            memo,
            batch,
            ..
        } = scratch;
        match self.phase {
            Phase::Open if self.may_resume() => {
                self.is_paused = false;
                let mut leftover = std::mem::take(&mut self.leftover);
                let rest = self.take(&leftover, memo, batch);
                if rest > 0 {
                    leftover.drain(..leftover.len() - rest);
                    self.leftover = leftover;
                }
                Ok(self.after_taking(false))
            }
            Phase::Open if !self.is_paused => self.read_open(ctx, buffer, memo, batch),
            Phase::Answering(1..) | Phase::Lingering(_) => self.read_on(ctx, buffer),
            // Where nothing is read, nothing else would tell that the peer has gone.
            _ if self.stream.poll_broken(ctx).is_pending() => Ok(Read::Nothing),
            _ => Err(io::ErrorKind::ConnectionReset.into()),
        }
    }

    /// Has the task woken when whoever reads a body has room for more of it.
    fn poll_room(&mut self, ctx: &mut Context<'_>) {
        if self.room.is_none() {
            self.room = self.intake.stalled().map(Writer::ready);
        }
        if let Some(room) = &mut self.room
            && Pin::new(room).poll(ctx).is_ready()
        {
            self.room = None;
        }
    }

    fn read_open(
        &mut self,
        ctx: &mut Context<'_>,
        buffer: &mut [u8],
        memo: &mut Memo,
        batch: &mut Batch,
    ) -> io::Result<Read> {
        let start = self.leftover.len();
        buffer[..start].copy_from_slice(&self.leftover);
        let Poll::Ready(read) = self.stream.poll_read(ctx, &mut buffer[start..]) else {
            return Ok(Read::Nothing);
        };
        let end = start + read?;
        if end == start {
            self.end_of_input();
            return Ok(Read::Nothing);
        }
        let rest = self.take(&buffer[..end], memo, batch);
        self.leftover = buffer[end - rest..end].to_vec();
        Ok(self.after_taking(end == buffer.len()))
    }

    /// Reads and drops, as many bytes as are left to be.
    fn read_on(&mut self, ctx: &mut Context<'_>, buffer: &mut [u8]) -> io::Result<Read> {
        let Poll::Ready(read) = self.stream.poll_read(ctx, buffer) else {
            return Ok(Read::Nothing);
        };
        let read = read?;
        let rest = |left: usize| left.checked_sub(read).filter(|_| read > 0);
        self.phase = match self.phase {
            Phase::Answering(left) => Phase::Answering(rest(left).unwrap_or(0)),
            Phase::Lingering(left) => rest(left).map_or(Phase::Over, Phase::Lingering),
            other => other,
        };
        Ok(Read::Some)
    }

    /// The peer wrote its last. It may still read: whoever only shuts down its writing half gets
    /// its answers.
    fn end_of_input(&mut self) {
        if !self.leftover.is_empty() || self.intake.received().is_some() {
            self.server.counters().truncated_requests.increment();
            log::debug!("{} left in the middle of a request", self.peer);
        }
        self.intake.close(CUT_OFF);
        self.leftover = Vec::new();
        self.phase = Phase::Answering(0);
    }

    /// Hands on what is complete, as long as this connection's turn lasts; how many bytes are left.
    fn take(&mut self, bytes: &[u8], memo: &mut Memo, batch: &mut Batch) -> usize {
        let mut input = bytes;
        let server = Arc::clone(&self.server);
        let around = Surroundings {
            limits: server.limits(),
            front: server.front(),
            gathering: server.gathering(),
            peer: self.peer,
        };
        let mut turn = Turn::default();
        loop {
            self.is_paused |= self.is_full() || turn.is_over(|| server.now());
            if self.is_paused {
                break;
            }
            match self.intake.next(&mut input, &around, memo) {
                Progress::Done(arrival) => self.arrived(arrival, batch),
                Progress::NeedMore if self.intake.stalled().is_some() => {}
                Progress::NeedMore => break,
                Progress::Wrong(error) => self.refuse(error),
            }
        }
        self.is_asking |= batch.send();
        if self.intake.is_closed() {
            self.phase = Phase::Answering(LINGER_BYTES);
            return 0;
        }
        input.len()
    }

    /// Whether there is more that could be taken at once.
    fn after_taking(&self, is_buffer_full: bool) -> Read {
        match is_buffer_full || self.may_resume() {
            true => Read::Plenty,
            false => Read::Some,
        }
    }

    /// Says and writes all that can be said and written.
    fn answer(&mut self, ctx: &mut Context<'_>, scratch: &mut Scratch) -> io::Result<()> {
        if self.may_hold(ctx, scratch.now) {
            return Ok(());
        }
        if self.is_asking && self.answers.are_coming() {
            // After the others' turns all of them may be there, for one write.
            ctx.waker().wake_by_ref();
            return Ok(());
        }
        loop {
            let is_waiting = self.say(ctx, scratch);
            let before = self.outbox.len();
            let written = self.outbox.poll_write(ctx, &*self.stream);
            self.written += (before - self.outbox.len()) as u64;
            match written {
                Poll::Pending => return Ok(()),
                Poll::Ready(written) => written?,
            }
            match self.phase {
                Phase::Closing => {
                    self.stream.shutdown(Shutdown::Write)?;
                    self.phase = Phase::Lingering(LINGER_BYTES);
                }
                Phase::Ending => self.phase = Phase::Over,
                _ => {}
            }
            if is_waiting || self.answers.is_empty() {
                return Ok(());
            }
        }
    }

    /// Whether all that can be said is that messages were taken, and their senders may hear of it
    /// a little later, together with more of it.
    fn may_hold(&mut self, ctx: &Context<'_>, now: Time) -> bool {
        let is_open = self.phase == Phase::Open && self.outbox.is_empty();
        if !is_open || !self.answers.are_patient() {
            self.hold = None;
            return false;
        }
        let clock = self.server.clock();
        let hold = self
            .hold
            .get_or_insert_with(|| Hold::start(clock, now, ctx));
        if hold.is_over(now) {
            self.hold = None;
        }
        self.hold.is_some()
    }

    /// Moves what can be said to the outbox; whether the next answer is yet to come.
    fn say(&mut self, ctx: &mut Context<'_>, scratch: &mut Scratch) -> bool {
        if !self.answers.is_empty() {
            let date = scratch.date.at(scratch.now);
            let saying = Saying {
                room: self.server.limits().unwritten_bytes,
                date,
                sizes: self.server.sizes(),
            };
            match self.answers.poll(ctx, &mut self.outbox, &saying) {
                Poll::Pending => return true,
                Poll::Ready(Fate::Stays) => {}
                Poll::Ready(Fate::Closes) => self.phase = Phase::Closing,
                Poll::Ready(Fate::Breaks) => self.phase = Phase::Ending,
            }
        }
        if matches!(self.phase, Phase::Answering(_)) && self.answers.is_empty() {
            self.phase = Phase::Ending;
        }
        false
    }
}

impl Future for Connection {
    type Output = ();

    fn poll(self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let server = Arc::clone(&this.server);
        let mut scratch = server.lend();
        let driven = this.poll_within(ctx, &mut scratch);
        server.take_back(scratch);
        driven.map(|ended| {
            if let Err(error) = ended {
                log::debug!("the connection of {} broke: {error}", this.peer);
            }
        })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.server.closed();
    }
}

/// What whoever reads a body hears when it takes too long to arrive.
const TOO_SLOW: &str = "the body took too long";

/// And when it will never arrive.
const CUT_OFF: &str = "the connection ended within the body";

const MIB: u64 = 1024 * 1024;

/// Reads of one turn, each of which may bring less than a buffer full.
const READS: usize = 16;

/// A peer that has been told to go and still sends more than this means no good.
const LINGER_BYTES: usize = 1024 * 1024;
