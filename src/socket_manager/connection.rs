//! One outgoing connection: the task that opens it, writes batches to it, and reads the answers.

use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::Shared;
use super::answers::Answers;
use super::peer::{Batch, ConnectionId};
use super::table::Slot;
use crate::address::Address;
use crate::clock::{Clock, Timer};
use crate::net::Stream;
use crate::primitive::sync::Arc;
use crate::time::Time;

/// The task of one connection; it ends with it.
pub(super) struct Outgoing {
    shared: Arc<Shared>,
    slot: Arc<Slot>,
    address: Address,
    id: ConnectionId,
    stream: Arc<dyn Stream>,
    stage: Stage,
    /// What is being written, whole frames.
    batch: Vec<u8>,
    /// How many bytes of the batch were written.
    written: usize,
    /// How many frames the batch holds, until it was written whole.
    frames: usize,
    answers: Answers,
    /// How many frames have not been answered.
    owed: usize,
}

enum Stage {
    Connecting,
    Open,
    /// Our half is closed; only the peer's answers are waited for.
    Ending(Linger),
}

impl Outgoing {
    pub(super) fn new(
        shared: Arc<Shared>,
        slot: Arc<Slot>,
        address: Address,
        id: ConnectionId,
        stream: Arc<dyn Stream>,
    ) -> Self {
        let answers = Answers::new(shared.limits);
        Self {
            shared,
            slot,
            address,
            id,
            stream,
            stage: Stage::Connecting,
            batch: Vec::new(),
            written: 0,
            frames: 0,
            answers,
            owed: 0,
        }
    }

    /// Goes on as far as the stream lets it. An error means that the connection broke; the end
    /// in order is none.
    fn advance(&mut self, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Stage::Connecting = self.stage {
            if !self.slot.stays(self.id, ctx.waker()) {
                return Poll::Ready(Ok(()));
            }
            ready!(self.stream.poll_connected(ctx))?;
            self.stage = Stage::Open;
        }
        // Frames first: what the peer does next hangs on them.
        if let Stage::Open = self.stage
            && self.poll_write(ctx)?.is_ready()
        {
            self.stream.shutdown(Shutdown::Write)?;
            self.stage = Stage::Ending(Linger::start(&self.shared.clock, ctx));
        }
        self.poll_read(ctx)
    }

    /// Writes until there is nothing to write for now, or, when it is ready, for ever.
    fn poll_write(&mut self, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            while self.written < self.batch.len() {
                let rest = &self.batch[self.written..];
                self.written += ready!(self.stream.poll_write(ctx, rest))?;
            }
            self.owed += std::mem::take(&mut self.frames);
            self.written = 0;
            self.batch.clear();
            if self.batch.capacity() > BUFFER_KEPT {
                self.batch = Vec::new();
            }
            match self.slot.batch(self.id, &mut self.batch, ctx.waker()) {
                Batch::Write { frames } => self.frames = frames,
                Batch::Wait => return Poll::Pending,
                Batch::Finish => return Poll::Ready(Ok(())),
            }
        }
    }

    /// Reads answers until the connection is over.
    fn poll_read(&mut self, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut buffer = [0; 4096];
        loop {
            if let Stage::Ending(linger) = &self.stage
                && (self.owed == 0 || linger.is_over(&self.shared.clock))
            {
                return Poll::Ready(Ok(()));
            }
            let size = match ready!(self.stream.poll_read(ctx, &mut buffer)) {
                Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
                result => result,
            };
            match (size, &self.stage) {
                (Err(_), Stage::Ending(_)) => return Poll::Ready(Ok(())),
                (Err(error), _) => return Poll::Ready(Err(error)),
                (Ok(size), _) => self.count(&buffer[..size]),
            }
        }
    }

    fn count(&mut self, bytes: &[u8]) {
        let tally = self.answers.skip(bytes);
        self.owed = self.owed.saturating_sub(tally.answered);
        self.shared.counters.refused_messages.add(tally.refused);
    }
}

impl Future for Outgoing {
    type Output = ();

    fn poll(self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if let Err(error) = ready!(this.advance(ctx)) {
            let frames = std::mem::take(&mut this.frames);
            this.shared.broken(this.address, this.id, frames, &error);
        }
        Poll::Ready(())
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.slot.release(self.id);
        // Nothing, unless the task was aborted.
        self.shared.lost(self.address, self.id, self.frames);
        self.shared.table.forget_if_idle(self.address);
    }
}

/// How long a connection that we have closed waits for answers.
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

/// How long answers are waited for after our last frame. A peer that answers at all does so at
/// once; this bounds what one that never does can hold.
const LINGER: Duration = Duration::from_secs(10);

/// An idle connection keeps no larger buffer than this.
const BUFFER_KEPT: usize = 64 * 1024;
