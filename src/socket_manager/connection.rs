//! One outgoing connection: the task that opens it, writes batches to it, and reads the answers.

use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::Shared;
use super::answers::Answers;
use super::gather::Gather;
use super::peer::{Batch, ConnectionId};
use super::resting::Rest;
use super::table::Slot;
use crate::address::Address;
use crate::clock::{Clock, Timer};
use crate::net::Stream;
use crate::primitive::sync::Arc;
use crate::time::Time;
use crate::web::outbox::Outbox;

/// The task of one connection; it ends with it.
pub(super) struct Outgoing {
    shared: Arc<Shared>,
    slot: Arc<Slot>,
    address: Address,
    id: ConnectionId,
    stream: Arc<dyn Stream>,
    stage: Stage,
    /// Set once nothing more will be queued for it.
    linger: Option<Box<Linger>>,
    /// What is being written, whole frames.
    batch: Outbox,
    /// How many frames the batch holds, until it was written whole.
    frames: usize,
    /// And how many that are our own.
    notices: usize,
    gather: Gather,
    answers: Answers,
    /// How many frames have not been answered.
    owed: usize,
    /// While it may be told to end, to make room for others.
    rest: Option<Rest>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Connecting,
    Open,
    /// Our half is closed; only the peer's answers are waited for.
    Ending,
}

impl Outgoing {
    pub(super) fn new(
        shared: Arc<Shared>,
        slot: Arc<Slot>,
        address: Address,
        id: ConnectionId,
        stream: Arc<dyn Stream>,
    ) -> Self {
        Self {
            slot,
            address,
            id,
            stream,
            stage: Stage::Connecting,
            linger: None,
            batch: Outbox::pooled(&shared.pool),
            frames: 0,
            notices: 0,
            gather: Gather::default(),
            answers: Answers::new(),
            owed: 0,
            rest: None,
            shared,
        }
    }

    /// Goes on as far as the stream lets it. An error means that the connection broke; the end
    /// in order is none.
    fn advance(&mut self, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.stage == Stage::Connecting {
            if !self.slot.is_needed(self.id, ctx.waker()) {
                return Poll::Ready(Ok(()));
            }
            ready!(self.stream.poll_connected(ctx))?;
            self.stage = Stage::Open;
        }
        // Frames first: what the peer does next hangs on them.
        if self.stage == Stage::Open && self.poll_write(ctx)?.is_ready() {
            if self.stream.shutdown(Shutdown::Write).is_err() {
                return Poll::Ready(Ok(()));
            }
            self.stage = Stage::Ending;
            self.linger(ctx);
        }
        self.poll_read(ctx)
    }

    /// Writes until there is nothing to write for now, or, when it is ready, for ever.
    fn poll_write(&mut self, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        for _ in 0..BATCHES {
            if self.batch.poll_write(ctx, &*self.stream)?.is_pending() {
                if !self.slot.is_current(self.id, ctx.waker()) {
                    self.linger(ctx);
                }
                return Poll::Pending;
            }
            self.owed += std::mem::take(&mut self.frames) + std::mem::take(&mut self.notices);
            self.stop_rest();
            if self.gather.yields(self.slot.queued(self.id)) {
                break;
            }
            match self.slot.batch(self.id, &mut self.batch, ctx.waker()) {
                Batch::Write { frames, notices } => {
                    self.frames = frames;
                    self.notices = notices;
                }
                Batch::Wait => return Poll::Pending,
                Batch::Rest => {
                    self.rest = Some(self.shared.rest(&self.slot, self.id));
                    return Poll::Pending;
                }
                Batch::Finish => return Poll::Ready(Ok(())),
            }
        }
        ctx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Reads answers until the connection is over.
    fn poll_read(&mut self, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut buffer = self.shared.lend();
        let result = self.read_into(ctx, &mut buffer);
        self.shared.take_back(buffer);
        result
    }

    fn read_into(&mut self, ctx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<()>> {
        for _ in 0..READS {
            let is_ending = self.stage == Stage::Ending;
            if is_ending && self.owed == 0 {
                return Poll::Ready(Ok(()));
            }
            if let Some(linger) = &self.linger
                && linger.is_over(&self.shared.clock)
            {
                let unwritten = Err(io::ErrorKind::TimedOut.into());
                return Poll::Ready(if is_ending { Ok(()) } else { unwritten });
            }
            match ready!(self.stream.poll_read(ctx, buffer)) {
                Ok(size @ 1..) => self.count(&buffer[..size]),
                Ok(0) | Err(_) if is_ending => return Poll::Ready(Ok(())),
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        ctx.waker().wake_by_ref();
        Poll::Pending
    }

    fn stop_rest(&mut self) {
        if let Some(rest) = self.rest.take() {
            self.shared.stop_rest(rest);
        }
    }

    fn linger(&mut self, ctx: &Context<'_>) {
        let clock = &self.shared.clock;
        self.linger
            .get_or_insert_with(|| Box::new(Linger::start(clock, ctx)));
    }

    fn count(&mut self, bytes: &[u8]) {
        let mut tally = self.answers.skip(bytes, &self.shared.limits);
        if let Some(taken) = tally.first {
            let was_question = self
                .shared
                .answered(self.address, &self.slot, self.id, taken);
            // To be refused that is no loss.
            tally.refused -= usize::from(was_question && !taken && tally.refused > 0);
        }
        self.owed = self.owed.saturating_sub(tally.answered);
        self.shared.refused(self.address, tally.refused);
    }
}

impl Future for Outgoing {
    type Output = ();

    fn poll(self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if let Err(error) = ready!(this.advance(ctx)) {
            let frames = std::mem::take(&mut this.frames);
            this.shared
                .broken(this.address, &this.slot, this.id, frames, &error);
        }
        Poll::Ready(())
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.stop_rest();
        self.slot.release(self.id);
        // Nothing, unless the task was aborted.
        self.shared
            .lost(self.address, &self.slot, self.id, self.frames);
        self.shared.table.forget_if_idle(self.address);
    }
}

impl Shared {
    fn lend(&self) -> Box<[u8]> {
        let idle = self.buffers.lock().pop();
        idle.unwrap_or_else(|| vec![0; READ_BYTES].into())
    }

    fn take_back(&self, buffer: Box<[u8]>) {
        self.buffers.lock().push(buffer);
    }
}

/// How long a connection goes on that will get nothing more to write.
struct Linger {
    deadline: Time,
    timer: Timer,
}

impl Linger {
    fn start(clock: &Clock, ctx: &Context<'_>) -> Self {
        let waker = ctx.waker().clone();
        Self {
            deadline: clock.now() + LINGER,
            timer: clock.timer(LINGER, move || waker.wake()),
        }
    }

    fn is_over(&self, clock: &Clock) -> bool {
        clock.now() >= self.deadline
    }
}

impl Drop for Linger {
    fn drop(&mut self) {
        self.timer.cancel();
    }
}

/// How long the last batch may take to be written and answered. A peer that is alive takes no
/// time; this bounds what one that is not can hold.
const LINGER: Duration = Duration::from_secs(10);

/// How much is read at once: eight hundred answers.
const READ_BYTES: usize = 64 * 1024;

/// How many batches are written, and how often is read, before others get their turn.
const BATCHES: usize = 8;
const READS: usize = 8;
