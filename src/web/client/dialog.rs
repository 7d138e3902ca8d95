//! The client's end of one connection.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::queue::{Ask, Prospect, Queue};
use super::responses::{Heard, Responses, Wanted};
use super::{Error, failure};
use crate::codec::{Limits, Progress};
use crate::future::{self, Promise};
use crate::http::{Body, Method, Response, Sending};
use crate::net::Stream;
use crate::primitive::sync::Arc;
use crate::web::outbox::Outbox;
use crate::web::streaming::{Passed, Streaming};

/// Sends what is asked on a connection that stands, and hands out the responses in order.
pub(super) struct Dialog {
    stream: Arc<dyn Stream>,
    /// What the requests say in `Host`.
    host: String,
    queue: Arc<Queue>,
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
    number: u64,
    /// None once a response that is streamed was handed out, or nobody waits for it any more.
    promise: Option<Promise<Response>>,
    wanted: Wanted,
}

impl Dialog {
    pub(super) fn new(
        stream: Arc<dyn Stream>,
        host: String,
        queue: Arc<Queue>,
        limits: Limits,
    ) -> Self {
        Self {
            stream,
            host,
            queue,
            outbox: Outbox::default(),
            streaming: None,
            asked: VecDeque::new(),
            responses: Responses::new(limits),
            buffer: vec![0; READ_BYTES],
            leftover: 0,
            room: None,
        }
    }

    /// Goes as far as it can; ready once the connection is over.
    pub(super) fn poll(&mut self, ctx: &mut Context<'_>) -> Poll<()> {
        let driven = self.give_up().and_then(|()| {
            let sent = self.send(ctx);
            // A server that takes no more may have said why.
            self.receive(ctx).and(sent)
        });
        let prospect = match driven {
            Err(error) => Prospect::Over(error),
            Ok(()) => self.prospect(ctx),
        };
        match prospect {
            // Asked since the queue was last looked at.
            Prospect::Busy => ctx.waker().wake_by_ref(),
            Prospect::Open => {}
            Prospect::Over(error) => {
                self.end(&error);
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }

    /// Forgets what was taken back. If that was all that anybody waits for, the connection has no
    /// more purpose: what the server still works on, it can only be told to leave by its end.
    fn give_up(&mut self) -> Result<(), Error> {
        let (taken_back, is_more_asked) = self.queue.taken_back();
        let mut gone = Vec::new();
        for number in taken_back {
            let asked = self.asked.iter_mut().find(|asked| asked.number == number);
            gone.extend(asked.and_then(|asked| asked.promise.take()));
        }
        let is_wanted = is_more_asked
            || self.responses.is_read()
            || self.asked.iter().any(|asked| asked.promise.is_some());
        let result = match gone.is_empty() || is_wanted {
            true => Ok(()),
            false => Err(Error::Disconnected),
        };
        gone.into_iter().for_each(Promise::discard);
        result
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
        let Some(Ask {
            number,
            request,
            promise,
            is_streamed,
        }) = self.queue.pop()
        else {
            return Ok(false);
        };
        let host = &self.host;
        match self.outbox.append(|out| request.encode_head(host, out)) {
            Ok(sending) => {
                self.asked.push_back(Asked {
                    number,
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

    /// What there is to do once all that can be done now is done.
    fn prospect(&self, ctx: &Context<'_>) -> Prospect {
        let is_idle = self.asked.is_empty() && self.outbox.is_empty();
        let is_room = self.streaming.is_none() && self.outbox.len() < ROOM_BYTES;
        self.queue.prospect(ctx, is_idle, is_room)
    }

    fn end(&mut self, error: &Error) {
        if !self.asked.is_empty() {
            // The server should not go on to work on what nobody will hear.
            self.stream.break_off();
        }
        self.queue.end(error.clone());
        self.responses.fail(&error.to_string());
        for promise in self.asked.drain(..).filter_map(|asked| asked.promise) {
            promise.fail(failure(error.clone()));
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
