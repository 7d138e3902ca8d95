//! One accepted connection.

use std::future::Future;
use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::answers::{Answers, Fate};
use super::intake::{Arrival, Intake};
use super::memo::Memo;
use super::outbox::Outbox;
use super::server::{Scratch, Shared};
use crate::address::Address;
use crate::clock::{Clock, Timer};
use crate::codec::head::Version;
use crate::codec::{Error, Progress};
use crate::http::{Date, Exchange, Response, Status};
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
    phase: Phase,
    /// While answers that nobody waits for are held back, what ends that.
    hold: Option<Hold>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Both directions are open.
    Open,
    /// Nothing more is read; what is owed is still written.
    Answering,
    /// The last answer waits to be written; then the writing half is shut down.
    Closing,
    /// What waits is written, and then all is over.
    Ending,
    /// What the peer still sends is read and dropped, this many bytes at most: unread, they would
    /// turn our end into a reset that overtakes the answers.
    Lingering(usize),
    /// Nothing is left to do.
    Over,
}

/// What a turn of reading brought.
enum Read {
    /// Nothing can be read now, or ever.
    Nothing,
    /// There may be more.
    Some,
    /// There is more, and there was much already.
    Plenty,
}

impl Connection {
    pub(super) fn new(server: Arc<Shared>, stream: Arc<dyn Stream>, peer: Address) -> Self {
        let intake = Intake::new(peer, *server.limits());
        Self {
            server,
            stream,
            peer,
            intake,
            answers: Answers::default(),
            outbox: Outbox::default(),
            leftover: Vec::new(),
            is_paused: false,
            phase: Phase::Open,
            hold: None,
        }
    }

    fn drive(&mut self, ctx: &mut Context<'_>, scratch: &mut Scratch) -> Poll<io::Result<()>> {
        for _ in 0..READS {
            let before = self.phase;
            let read = self.read(ctx, &mut scratch.buffer, &mut scratch.memo)?;
            self.answer(ctx, &mut scratch.date)?;
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
    }

    fn may_resume(&self) -> bool {
        self.phase == Phase::Open && self.is_paused && !self.is_full()
    }

    fn read(
        &mut self,
        ctx: &mut Context<'_>,
        buffer: &mut [u8],
        memo: &mut Memo,
    ) -> io::Result<Read> {
        match self.phase {
            Phase::Open if self.may_resume() => {
                self.is_paused = false;
                let leftover = std::mem::take(&mut self.leftover);
                self.take(&leftover, memo);
                Ok(Read::Some)
            }
            Phase::Open if !self.is_paused => self.read_open(ctx, buffer, memo),
            Phase::Lingering(left) => self.read_lingering(ctx, buffer, left),
            _ => Ok(Read::Nothing),
        }
    }

    fn read_open(
        &mut self,
        ctx: &mut Context<'_>,
        buffer: &mut [u8],
        memo: &mut Memo,
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
        self.take(&buffer[..end], memo);
        Ok(if end == buffer.len() {
            Read::Plenty
        } else {
            Read::Some
        })
    }

    fn read_lingering(
        &mut self,
        ctx: &mut Context<'_>,
        buffer: &mut [u8],
        left: usize,
    ) -> io::Result<Read> {
        let Poll::Ready(read) = self.stream.poll_read(ctx, buffer) else {
            return Ok(Read::Nothing);
        };
        self.phase = match read? {
            0 => Phase::Over,
            read => left.checked_sub(read).map_or(Phase::Over, Phase::Lingering),
        };
        Ok(Read::Some)
    }

    /// The peer wrote its last. It may still read: whoever only shuts down its writing half gets
    /// its answers.
    fn end_of_input(&mut self) {
        if !self.leftover.is_empty() || self.intake.is_in_body() {
            self.server.counters().truncated.increment();
            log::debug!("{} left in the middle of a request", self.peer);
        }
        self.leftover = Vec::new();
        self.phase = Phase::Answering;
    }

    /// Hands on all that is complete, and keeps the rest.
    fn take(&mut self, bytes: &[u8], memo: &mut Memo) {
        let mut input = bytes;
        let server = Arc::clone(&self.server);
        loop {
            if self.is_full() {
                self.is_paused = true;
                break;
            }
            match self.intake.next(&mut input, server.service(), memo) {
                Progress::Done(arrival) => self.arrived(arrival),
                Progress::NeedMore => break,
                Progress::Wrong(error) => self.refuse(error),
            }
        }
        self.leftover.clear();
        if self.intake.is_closed() {
            self.phase = Phase::Answering;
        } else if input.is_empty() {
            self.leftover = Vec::new();
        } else {
            self.leftover.extend_from_slice(input);
        }
    }

    fn arrived(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Message(message, exchange) => match self.server.service().deliver(message) {
                Ok(()) => self.answers.accept(exchange),
                Err(response) => self.answers.ready(response, exchange),
            },
            Arrival::Plain(message) => match self.server.service().deliver(message) {
                Ok(()) => self.answers.accept_in_time(),
                Err(response) => self.answers.ready(response, PLAIN),
            },
            Arrival::Request(request, exchange) => match self.server.request(request) {
                Ok(response) => self.answers.wait(response, exchange),
                Err(response) => self.answers.ready(response, exchange),
            },
            Arrival::Refused(response, exchange) => self.answers.ready(response, exchange),
            Arrival::Waiting => self.answers.go_on(),
        }
    }

    /// Answers what makes no sense. Where the next request begins, nobody knows.
    fn refuse(&mut self, error: Error) {
        self.server.counters().malformed.increment();
        log::warn!("closing the connection of {}: {error}", self.peer);
        let status = Status::new(error.status()).expect("errors have statuses of HTTP");
        let exchange = Exchange {
            to_head: false,
            version: Version::Http11,
            keep_alive: false,
        };
        self.answers
            .ready(Response::text(status, error.to_string()), exchange);
    }

    /// Says and writes all that can be said and written.
    fn answer(&mut self, ctx: &mut Context<'_>, date: &mut Date) -> io::Result<()> {
        if self.may_hold(ctx) {
            return Ok(());
        }
        loop {
            let is_waiting = self.say(ctx, date);
            match self.outbox.poll_write(ctx, &*self.stream) {
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
    fn may_hold(&mut self, ctx: &Context<'_>) -> bool {
        let is_open = self.phase == Phase::Open && self.outbox.is_empty();
        if !is_open || !self.answers.are_patient() {
            self.hold = None;
            return false;
        }
        let clock = self.server.clock();
        let hold = self.hold.get_or_insert_with(|| Hold::start(clock, ctx));
        let goes_on = clock.now() < hold.end;
        if !goes_on {
            self.hold = None;
        }
        goes_on
    }

    /// Moves what can be said to the outbox; whether the next answer is yet to come.
    fn say(&mut self, ctx: &mut Context<'_>, date: &mut Date) -> bool {
        if !self.answers.is_empty() {
            let date = date.at(self.server.now());
            let room = self.server.limits().unwritten_bytes;
            match self.answers.poll(ctx, &mut self.outbox, room, date) {
                Poll::Pending => return true,
                Poll::Ready(Fate::Stays) => {}
                Poll::Ready(Fate::Closes) => self.phase = Phase::Closing,
                Poll::Ready(Fate::Breaks) => self.phase = Phase::Ending,
            }
        }
        if self.phase == Phase::Answering && self.answers.is_empty() {
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
        let driven = this.drive(ctx, &mut scratch);
        server.take_back(scratch);
        match driven {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(())) => Poll::Ready(()),
            Poll::Ready(Err(error)) => {
                log::debug!("the connection of {} broke: {error}", this.peer);
                Poll::Ready(())
            }
        }
    }
}

/// Holds answers back for a while.
struct Hold {
    end: Time,
    timer: Timer,
}

impl Hold {
    fn start(clock: &Clock, ctx: &Context<'_>) -> Self {
        let waker = ctx.waker().clone();
        Self {
            end: clock.now() + HOLD,
            timer: clock.timer(HOLD, move || waker.wake()),
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.timer.cancel();
    }
}

/// How long a sender that does not wait for the answer may be kept without one.
const HOLD: Duration = Duration::from_millis(10);

/// What messages in the form of libprocess agree on.
const PLAIN: Exchange = Exchange {
    to_head: false,
    version: Version::Http11,
    keep_alive: true,
};

/// Reads of one turn, each of which may bring less than a buffer full.
const READS: usize = 16;

/// A peer that has been told to go and still sends more than this means no good.
const LINGER_BYTES: usize = 1024 * 1024;
