//! The client's end of one connection.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::responses::{Heard, Responses, Wanted};
use super::{Error, failure};
use crate::codec::{Limits, Progress};
use crate::future::{self, Promise};
use crate::http::{Body, Method, Request, Response, Sending};
use crate::net::Stream;
use crate::primitive::sync::{Arc, Mutex};
use crate::web::outbox::Outbox;
use crate::web::streaming::{Passed, Streaming};

/// What is asked on a connection, shared by its handles and its task.
#[derive(Default)]
pub(super) struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    asks: VecDeque<Ask>,
    /// The task, while it waits.
    waker: Option<Waker>,
    /// Nobody can ask any more: every handle is gone.
    is_complete: bool,
    /// A request was asked that does not keep the connection: there can be no other.
    is_last_asked: bool,
    /// The connection is over, and why.
    ended: Option<Error>,
    /// Who wants to hear of that.
    watchers: Vec<Promise<()>>,
}

/// A request, and who waits for its response.
pub(super) struct Ask {
    pub(super) request: Request,
    pub(super) promise: Promise<Response>,
    /// The response is handed out before its body is there.
    pub(super) is_streamed: bool,
}

impl Queue {
    pub(super) fn push(&self, ask: Ask) {
        let mut state = self.0.lock();
        let refusal = state.is_last_asked.then_some(Error::LastWasSent);
        if let Some(error) = state.ended.clone().or(refusal) {
            drop(state);
            return ask.promise.fail(failure(error));
        }
        state.is_last_asked = !ask.request.keep_alive;
        state.asks.push_back(ask);
        wake(state.waker.take(), state);
    }

    /// The last handle is gone.
    pub(super) fn no_more(&self) {
        let mut state = self.0.lock();
        state.is_complete = true;
        wake(state.waker.take(), state);
    }

    /// Why the connection is over, if it is.
    fn poll_ended(&self, ctx: &Context<'_>) -> Poll<Error> {
        let mut state = self.0.lock();
        if let Some(error) = &state.ended {
            return Poll::Ready(error.clone());
        }
        state.waker = Some(ctx.waker().clone());
        Poll::Pending
    }

    /// Tells when the connection is over.
    pub(super) fn watch(&self, promise: Promise<()>) {
        let mut state = self.0.lock();
        if state.ended.is_none() {
            return state.watchers.push(promise);
        }
        drop(state);
        promise.set(());
    }

    /// The connection is over, or is to be: fails whatever was not sent and whatever will be asked.
    pub(super) fn end(&self, error: Error) {
        let mut state = self.0.lock();
        let error = state.ended.get_or_insert(error).clone();
        let asks = std::mem::take(&mut state.asks);
        let watchers = std::mem::take(&mut state.watchers);
        wake(state.waker.take(), state);
        watchers.into_iter().for_each(|promise| promise.set(()));
        for ask in asks {
            ask.promise.fail(failure(error.clone()));
        }
    }
}

/// Wakes whom there is to wake, once the lock is gone.
fn wake<T>(waker: Option<Waker>, lock: T) {
    drop(lock);
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// The task of a connection: sends what is asked, and hands out the responses in order.
pub(super) struct Dialog {
    stream: Arc<dyn Stream>,
    queue: Arc<Queue>,
    is_connected: bool,
    outbox: Outbox,
    /// The body of the request whose head was sent last, if it is still being written.
    streaming: Option<Streaming>,
    asked: VecDeque<Asked>,
    responses: Responses,
    buffer: Vec<u8>,
    /// How many bytes at the front of the buffer are the beginning of a head.
    leftover: usize,
    /// Ready when a body that is read while it arrives has room again.
    room: Option<future::Future<()>>,
}

/// A request that was sent.
struct Asked {
    /// None once a response that is streamed was handed out.
    promise: Option<Promise<Response>>,
    wanted: Wanted,
}

impl Dialog {
    pub(super) fn new(stream: Arc<dyn Stream>, queue: Arc<Queue>, limits: Limits) -> Self {
        Self {
            stream,
            queue,
            is_connected: false,
            outbox: Outbox::default(),
            streaming: None,
            asked: VecDeque::new(),
            responses: Responses::new(limits),
            buffer: vec![0; READ_BYTES],
            leftover: 0,
            room: None,
        }
    }

    /// Goes as far as it can; ready with why the connection is over.
    fn drive(&mut self, ctx: &mut Context<'_>) -> Poll<Error> {
        if !self.is_connected {
            match self.stream.poll_connected(ctx) {
                Poll::Pending => return self.queue.poll_ended(ctx),
                Poll::Ready(Ok(())) => self.is_connected = true,
                Poll::Ready(Err(error)) => return Poll::Ready(Error::Connect(error.into())),
            }
        }
        match self.send(ctx).and_then(|()| self.receive(ctx)) {
            Err(error) => Poll::Ready(error),
            Ok(()) => self.rest(ctx),
        }
    }

    /// Writes whatever can be written of what is asked.
    fn send(&mut self, ctx: &mut Context<'_>) -> Result<(), Error> {
        loop {
            while self.outbox.len() < ROOM_BYTES && self.say(ctx)? {}
            let was_full = self.outbox.len() >= ROOM_BYTES;
            match self.outbox.poll_write(ctx, &*self.stream) {
                Poll::Ready(Ok(())) if was_full => {}
                Poll::Ready(Ok(())) | Poll::Pending => return Ok(()),
                Poll::Ready(Err(error)) => return Err(error.into()),
            }
        }
    }

    /// Moves one thing to the outbox; whether there may be another.
    fn say(&mut self, ctx: &mut Context<'_>) -> Result<bool, Error> {
        if let Some(streaming) = &mut self.streaming {
            return match streaming.poll(ctx, &mut self.outbox) {
                Poll::Pending => Ok(false),
                Poll::Ready(Ok(Passed::Chunk)) => Ok(true),
                Poll::Ready(Ok(Passed::End)) => {
                    self.streaming = None;
                    Ok(true)
                }
                Poll::Ready(Err(error)) => Err(Error::Body(error.to_string())),
            };
        }
        let next = self.queue.0.lock().asks.pop_front();
        let Some(Ask {
            request,
            promise,
            is_streamed,
        }) = next
        else {
            return Ok(false);
        };
        let host = self.stream.peer_address().to_string();
        match self.outbox.append(|out| request.encode_head(&host, out)) {
            Ok(sending) => {
                self.asked.push_back(Asked {
                    promise: Some(promise),
                    wanted: Wanted {
                        to_head: request.method == Method::HEAD,
                        is_streamed,
                    },
                });
                self.begin_body(request.body, sending);
            }
            Err(error) => promise.fail(failure(Error::Target(error.to_string()))),
        }
        Ok(true)
    }

    fn begin_body(&mut self, body: Body, sending: Sending) {
        match body {
            Body::Empty => {}
            Body::Bytes(bytes) => self.outbox.push(bytes),
            Body::Pipe(reader) => self.streaming = Some(Streaming::new(reader, sending)),
        }
    }

    /// Reads all there is and hands out what is complete.
    fn receive(&mut self, ctx: &mut Context<'_>) -> Result<(), Error> {
        loop {
            if !self.resume(ctx)? {
                return Ok(());
            }
            if self.leftover == self.buffer.len() {
                // A long head; where it is too long is for its parser to say.
                self.buffer.resize(2 * self.leftover, 0);
            }
            let read = match self
                .stream
                .poll_read(ctx, &mut self.buffer[self.leftover..])
            {
                Poll::Pending => return Ok(()),
                Poll::Ready(read) => read?,
            };
            if read == 0 {
                return Err(self.end_of_input());
            }
            self.leftover += read;
            self.take_leftover()?;
        }
    }

    /// Whether there is room for more of the body that is read while it arrives, if there is one.
    fn resume(&mut self, ctx: &mut Context<'_>) -> Result<bool, Error> {
        while let Some(writer) = self.responses.stalled() {
            let room = self.room.get_or_insert_with(|| writer.ready());
            if Pin::new(room).poll(ctx).is_pending() {
                return Ok(false);
            }
            self.room = None;
            self.take_leftover()?;
        }
        Ok(true)
    }

    fn take_leftover(&mut self) -> Result<(), Error> {
        let end = self.leftover;
        let buffer = std::mem::take(&mut self.buffer);
        let taken = self.take(&buffer[..end]);
        self.buffer = buffer;
        let taken = taken?;
        self.buffer.copy_within(taken..end, 0);
        self.leftover = end - taken;
        Ok(())
    }

    /// Hands out the responses at the front of `bytes`; says how many bytes they took.
    fn take(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        let mut input = bytes;
        loop {
            let Some(asked) = self.asked.front() else {
                return match input.is_empty() {
                    true => Ok(bytes.len()),
                    false => Err(Error::Unasked),
                };
            };
            match self.responses.next(&mut input, asked.wanted) {
                Progress::Done(heard) => self.heard(heard)?,
                Progress::NeedMore => return Ok(bytes.len() - input.len()),
                Progress::Wrong(error) => return Err(Error::Malformed(error)),
            }
        }
    }

    fn heard(&mut self, heard: Heard) -> Result<(), Error> {
        let keep_alive = match heard {
            Heard::Begun(response) => {
                let asked = self.asked.front_mut();
                if let Some(promise) = asked.and_then(|asked| asked.promise.take()) {
                    promise.set(response);
                }
                return Ok(());
            }
            Heard::Whole(response, keep_alive) => {
                let asked = self.asked.pop_front();
                if let Some(promise) = asked.and_then(|asked| asked.promise) {
                    promise.set(response);
                }
                keep_alive
            }
            Heard::Ended(keep_alive) => {
                self.asked.pop_front();
                keep_alive
            }
            Heard::Unwanted => return Err(Error::Disconnected),
        };
        match keep_alive {
            true => Ok(()),
            false => Err(Error::Closed),
        }
    }

    fn end_of_input(&mut self) -> Error {
        match self.responses.end_of_input() {
            Ok(Some(heard)) => match self.heard(heard) {
                Ok(()) | Err(Error::Closed) => {}
                Err(error) => return error,
            },
            Ok(None) => {}
            Err(error) => return Error::Malformed(error),
        }
        Error::Disconnected
    }

    /// Waits for something to do, unless there can be nothing any more.
    fn rest(&mut self, ctx: &mut Context<'_>) -> Poll<Error> {
        let mut state = self.queue.0.lock();
        let is_idle = self.asked.is_empty() && self.outbox.is_empty() && state.asks.is_empty();
        if let Some(error) = &state.ended {
            return Poll::Ready(error.clone());
        }
        if is_idle && state.is_last_asked {
            return Poll::Ready(Error::LastWasSent);
        }
        if is_idle && state.is_complete {
            return Poll::Ready(Error::Disconnected);
        }
        let is_behind =
            !state.asks.is_empty() && self.streaming.is_none() && self.outbox.len() < ROOM_BYTES;
        state.waker = Some(ctx.waker().clone());
        if is_behind {
            // Asked since the queue was last looked at.
            wake(state.waker.take(), state);
        }
        Poll::Pending
    }

    fn end(&mut self, error: &Error) {
        self.queue.end(error.clone());
        self.responses.fail(&error.to_string());
        for promise in self.asked.drain(..).filter_map(|asked| asked.promise) {
            promise.fail(failure(error.clone()));
        }
    }
}

impl Future for Dialog {
    type Output = ();

    fn poll(self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        match this.drive(ctx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(error) => {
                this.end(&error);
                Poll::Ready(())
            }
        }
    }
}

impl Drop for Dialog {
    fn drop(&mut self) {
        self.end(&Error::Disconnected);
    }
}

/// What a buffer holds at first. It grows for a head that needs more.
const READ_BYTES: usize = 16 * 1024;

/// Bytes that may wait to be written before nothing more is said.
const ROOM_BYTES: usize = 64 * 1024;
