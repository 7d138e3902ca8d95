//! The answers that a connection owes, in the order of what they answer.

use std::collections::VecDeque;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::outbox::Outbox;
use super::sizes::{Guess, Sizes};
use super::streaming::{Passed, Streaming};
use crate::codec::gzip;
use crate::codec::head::Version;
use crate::future::{Error, Future};
use crate::http::{Body, Exchange, Response, Sending, Status};

/// The answers that a connection owes, in the order of what they answer: each waits for those
/// before it, however late they come.
#[derive(Default)]
pub(super) struct Answers {
    /// How many messages were taken before anything that is in a slot.
    accepted: usize,
    /// Whether somebody may wait to hear of one of these.
    is_awaited: bool,
    slots: VecDeque<Slot>,
    /// How many slots are answers to requests.
    requests: usize,
    /// How many bytes those that are yet to come will take, as far as one can tell.
    expected: usize,
}

enum Slot {
    /// The answers to this many messages that were taken.
    Accepted(usize),
    /// A client may send its body.
    Continue,
    /// An answer that is there.
    Ready(Box<Response>, Exchange),
    /// An answer that is to come, and how large it will be.
    Waiting(Future<Response>, Exchange, Guess),
    /// An answer whose head was written and whose body is to come, and whether the connection is
    /// kept after it.
    Streaming(Box<Streaming>, bool),
}

/// With what answers are said.
pub(super) struct Saying<'a> {
    /// How many bytes may wait to be written.
    pub(super) room: usize,
    pub(super) date: &'a str,
    /// What is learned of their sizes.
    pub(super) sizes: &'a Sizes,
}

/// What came of saying the first of what is owed.
enum Said {
    /// All of it.
    All(Fate),
    /// A part; there may be more.
    Part,
    /// Nothing: it is yet to come.
    Nothing,
}

/// What becomes of a connection when its answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes on.
    Stays,
    /// The last answer was written.
    Closes,
    /// An answer broke off in its middle, which only the connection's end can tell.
    Breaks,
}

impl Answers {
    pub(super) fn is_empty(&self) -> bool {
        self.accepted == 0 && self.slots.is_empty()
    }

    /// How many requests have not been answered.
    pub(super) fn requests(&self) -> usize {
        self.requests
    }

    /// How many bytes the answers that are yet to come will take, as far as one can tell.
    pub(super) fn expected(&self) -> usize {
        self.expected
    }

    /// Owes a `202 Accepted`. Those of messages in a row are no more than a number.
    pub(super) fn accept(&mut self, exchange: Exchange) {
        if !exchange.keep_alive || exchange.version == Version::Http10 {
            return self.ready(Response::accepted(), exchange);
        }
        self.is_awaited = true;
        self.accept_in_time(1);
    }

    /// Owes so many `202 Accepted` to a sender that does not wait for them.
    pub(super) fn accept_in_time(&mut self, more: usize) {
        match self.slots.back_mut() {
            None => self.accepted += more,
            Some(Slot::Accepted(count)) => *count += more,
            Some(_) => self.slots.push_back(Slot::Accepted(more)),
        }
    }

    /// Whether nobody waits for any of this, and it is not much.
    pub(super) fn are_patient(&self) -> bool {
        (1..HELD).contains(&self.accepted) && !self.is_awaited && self.slots.is_empty()
    }

    /// Whether the first answer of those to come is there and the last is not: somebody is giving
    /// them just now.
    pub(super) fn are_coming(&self) -> bool {
        let is_pending = |slot: Option<&Slot>| match slot {
            Some(Slot::Waiting(response, ..)) => Some(response.is_pending()),
            _ => None,
        };
        is_pending(self.slots.front()) == Some(false) && is_pending(self.slots.back()) == Some(true)
    }

    /// Owes a `100 Continue`.
    pub(super) fn go_on(&mut self) {
        self.slots.push_back(Slot::Continue);
    }

    /// Owes an answer that is there.
    pub(super) fn ready(&mut self, response: Response, exchange: Exchange) {
        self.requests += 1;
        self.slots
            .push_back(Slot::Ready(Box::new(response), exchange));
    }

    /// Owes an answer that is to come, and will be about so large.
    pub(super) fn wait(&mut self, response: Future<Response>, exchange: Exchange, guess: Guess) {
        self.requests += 1;
        self.expected += guess.bytes();
        self.slots
            .push_back(Slot::Waiting(response, exchange, guess));
    }

    /// Moves what can be said now to `outbox`, while there is room. Pending while the first answer
    /// is yet to come.
    pub(super) fn poll(
        &mut self,
        ctx: &mut Context<'_>,
        outbox: &mut Outbox,
        saying: &Saying<'_>,
    ) -> Poll<Fate> {
        self.accepted = accept(self.accepted, outbox, saying);
        if self.accepted > 0 {
            return Poll::Ready(Fate::Stays);
        }
        self.is_awaited = false;
        while outbox.len() < saying.room
            && let Some(slot) = self.slots.front_mut()
        {
            let expected = slot.expected();
            let said = slot.say(ctx, outbox, saying);
            if matches!(said, Said::Nothing) {
                return Poll::Pending;
            }
            self.expected -= expected;
            let Said::All(fate) = said else { continue };
            self.requests -= usize::from(slot.is_request());
            self.slots.pop_front();
            if fate != Fate::Stays {
                self.give_up();
                return Poll::Ready(fate);
            }
        }
        Poll::Ready(Fate::Stays)
    }

    /// Drops all that is owed, and asks whoever works on it to stop.
    fn give_up(&mut self) {
        self.accepted = 0;
        self.requests = 0;
        self.expected = 0;
        for slot in self.slots.drain(..) {
            if let Slot::Waiting(response, ..) = slot {
                response.discard();
            }
        }
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl Slot {
    fn is_request(&self) -> bool {
        !matches!(self, Self::Accepted(_) | Self::Continue)
    }

    /// How many bytes it will take, if it is yet to come.
    fn expected(&self) -> usize {
        match self {
            Self::Waiting(_, _, guess) => guess.bytes(),
            _ => 0,
        }
    }

    /// Says what can be said now.
    fn say(&mut self, ctx: &mut Context<'_>, outbox: &mut Outbox, saying: &Saying<'_>) -> Said {
        let said = match self {
            Self::Accepted(count) => {
                *count = accept(*count, outbox, saying);
                return match count {
                    0 => Said::All(Fate::Stays),
                    _ => Said::Part,
                };
            }
            Self::Continue => {
                outbox.append(|out| out.extend_from_slice(CONTINUE));
                return Said::All(Fate::Stays);
            }
            Self::Streaming(streaming, keep_alive) => {
                return match streaming.poll(ctx, outbox) {
                    Poll::Pending => Said::Nothing,
                    Poll::Ready(Ok(Passed::Chunk)) => Said::Part,
                    Poll::Ready(Ok(Passed::End)) => Said::All(fate(*keep_alive)),
                    Poll::Ready(Err(error)) => {
                        log::debug!("a streamed answer broke off: {error}");
                        Said::All(Fate::Breaks)
                    }
                };
            }
            Self::Waiting(response, exchange, guess) => match Pin::new(response).poll(ctx) {
                Poll::Pending => return Said::Nothing,
                Poll::Ready(Ok(mut response)) => {
                    saying.sizes.learn(*guess, response.body.len());
                    say(&mut response, *exchange, outbox, saying.date)
                }
                Poll::Ready(Err(error)) => say(&mut failed(&error), *exchange, outbox, saying.date),
            },
            Self::Ready(response, exchange) => say(response, *exchange, outbox, saying.date),
        };
        match said {
            (None, keep_alive) => Said::All(fate(keep_alive)),
            (Some(streaming), keep_alive) => {
                *self = Self::Streaming(Box::new(streaming), keep_alive);
                Said::Part
            }
        }
    }
}

/// Says as many `202 Accepted` as there is room for; gives back how many are left.
fn accept(mut count: usize, outbox: &mut Outbox, saying: &Saying<'_>) -> usize {
    while count > 0 && outbox.len() < saying.room {
        let some = count.min(ACCEPTED_AT_ONCE);
        outbox.append(|out| {
            let start = out.len();
            out.extend_from_slice(b"HTTP/1.1 202 Accepted\r\nDate: ");
            out.extend_from_slice(saying.date.as_bytes());
            out.extend_from_slice(b"\r\nContent-Length: 0\r\n\r\n");
            let end = out.len();
            (1..some).for_each(|_| out.extend_from_within(start..end));
        });
        count -= some;
    }
    count
}

/// Says an answer, or of one that is streamed its head; also whether the connection is kept.
fn say(
    response: &mut Response,
    exchange: Exchange,
    outbox: &mut Outbox,
    date: &str,
) -> (Option<Streaming>, bool) {
    if response.status.is_interim() {
        // The client would take the next answer for the one to this.
        log::error!("answering 500: {} is no answer", response.status);
        *response = Response::internal_server_error();
    }
    if exchange.accepts_gzip {
        compress(response);
    }
    let (sending, keep_alive) = outbox.append(|out| response.encode_head(exchange, date, out));
    let body = std::mem::replace(&mut response.body, Body::Empty);
    let streaming = match (sending, body) {
        (Sending::Nothing, _) | (_, Body::Empty) => None,
        (_, Body::Bytes(bytes)) => {
            outbox.push(bytes);
            None
        }
        (sending, Body::Pipe(reader)) => Some(Streaming::new(reader, sending)),
    };
    (streaming, keep_alive)
}

/// Compresses a body that is worth it and that its handler left plain.
fn compress(response: &mut Response) {
    if let Body::Bytes(bytes) = &response.body
        && bytes.len() >= COMPRESSED_BYTES
        && response.status != Status::PARTIAL_CONTENT
        && !response.headers.contains("Content-Encoding")
    {
        response.body = Body::from(gzip::compress(bytes));
        for (name, value) in [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")] {
            let added = response.headers.append(name, value);
            added.expect("both are printable");
        }
    }
}

fn fate(keep_alive: bool) -> Fate {
    if keep_alive {
        Fate::Stays
    } else {
        Fate::Closes
    }
}

/// The answer to a request whose process gave none.
fn failed(error: &Error) -> Response {
    match error {
        Error::Failed(failure) => {
            Response::text(Status::INTERNAL_SERVER_ERROR, failure.message().to_owned())
        }
        Error::Discarded => Response::text(Status::INTERNAL_SERVER_ERROR, "discarded future"),
        _ => Response::internal_server_error(),
    }
}

/// So many go to an outbox at once: less than two kilobytes.
const ACCEPTED_AT_ONCE: usize = 16;
/// From so many on, answers are written also if nobody waits for them.
const HELD: usize = 64;
/// From here on a body is compressed, as in libprocess.
const COMPRESSED_BYTES: usize = 1024;

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
