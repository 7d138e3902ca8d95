//! From the bytes of a connection to what arrived on it.

use bytes::Bytes;

use super::memo::{Entry, Memo};
use super::service::Service;
use crate::address::Address;
use crate::codec::body::{Decoder, Framing, Piece};
use crate::codec::head::{RequestHead, Version, parse_request};
use crate::codec::message::{self, Message};
use crate::codec::url::Target;
use crate::codec::{Error, Limits, Progress, gzip};
use crate::http::{Body, Exchange, Request, Response};

/// What arrived.
pub(super) enum Arrival {
    /// A message, for the service.
    Message(Message, Exchange),
    /// A message in exactly the form of libprocess, whose senders do not wait for the answer.
    Plain(Message),
    /// A request, for a process.
    Request(Request, Exchange),
    /// Something that was refused before anybody saw it.
    Refused(Response, Exchange),
    /// A client that waits to be told to send its body.
    Waiting,
}

/// Takes the bytes of a connection apart.
pub(super) struct Intake {
    limits: Limits,
    peer: Address,
    state: State,
}

enum State {
    Head,
    Body(Box<Partial>),
    /// Nothing that follows counts.
    Closed,
}

impl Intake {
    pub(super) fn new(peer: Address, limits: Limits) -> Self {
        Self {
            limits,
            peer,
            state: State::Head,
        }
    }

    /// The next arrival at the front of `input`, which is advanced. With `NeedMore` what is left
    /// of the input is the beginning of a head, and has to be there again the next time.
    ///
    /// After a request that asks for the connection to be closed, and after the first thing that
    /// was wrong, everything is dropped.
    pub(super) fn next(
        &mut self,
        input: &mut &[u8],
        service: &dyn Service,
        memo: &mut Memo,
    ) -> Progress<Arrival> {
        if matches!(self.state, State::Head)
            && let Some(entry) = memo.find(input, self.peer.ip())
        {
            return self.known(entry, input);
        }
        let progress = match std::mem::replace(&mut self.state, State::Closed) {
            State::Head => self.head(input, service, memo),
            State::Body(partial) => self.body(*partial, input),
            State::Closed => {
                *input = &[];
                Progress::NeedMore
            }
        };
        if let Progress::Done(
            Arrival::Message(_, exchange)
            | Arrival::Request(_, exchange)
            | Arrival::Refused(_, exchange),
        ) = &progress
            && exchange.keep_alive
        {
            self.state = State::Head;
        }
        progress
    }

    /// Whether nothing that follows counts.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// Whether the connection is in the middle of a body.
    pub(super) fn is_in_body(&self) -> bool {
        matches!(self.state, State::Body(_))
    }

    /// Takes a message whose head came before.
    fn known(&mut self, entry: &Entry, input: &mut &[u8]) -> Progress<Arrival> {
        if let Some((message, taken)) = entry.message(input, &self.limits) {
            *input = &input[taken..];
            return Progress::Done(Arrival::Plain(message));
        }
        *input = &input[entry.head_length()..];
        let partial = Partial {
            wanted: Wanted::Message(entry.begun()),
            exchange: Exchange {
                to_head: false,
                version: Version::Http11,
                keep_alive: true,
            },
            is_gzip: false,
            decoder: Decoder::new(entry.framing(), &self.limits),
            gathered: Vec::new(),
        };
        self.state = State::Closed;
        let progress = self.body(partial, input);
        if let Progress::Done(_) = &progress {
            self.state = State::Head;
        }
        progress
    }

    fn head(
        &mut self,
        input: &mut &[u8],
        service: &dyn Service,
        memo: &mut Memo,
    ) -> Progress<Arrival> {
        let (head, length) = match parse_request(input, &self.limits) {
            Progress::Done(done) => done,
            Progress::NeedMore => {
                self.state = State::Head;
                return Progress::NeedMore;
            }
            Progress::Wrong(error) => return Progress::Wrong(error),
        };
        let bytes = &input[..length];
        *input = &input[length..];
        let wanted = self.wanted(&head, service);
        if let Wanted::Message(message) = &wanted {
            memo.keep(bytes, self.peer.ip(), head.framing, message);
        }
        let partial = Partial {
            wanted,
            exchange: Exchange::of(&head),
            is_gzip: head.last("Content-Encoding") == Some(b"gzip"),
            decoder: Decoder::new(head.framing, &self.limits),
            gathered: Vec::new(),
        };
        if head.expects_continue && head.framing != Framing::Empty && input.is_empty() {
            self.state = State::Body(Box::new(partial));
            return Progress::Done(Arrival::Waiting);
        }
        self.body(partial, input)
    }

    fn wanted(&self, head: &RequestHead<'_>, service: &dyn Service) -> Wanted {
        if !Target::parse(head.target).path.starts_with('/') {
            return Wanted::Answer(Response::bad_request(NO_SLASH));
        }
        if let Some(message) = message::recognise(head) {
            return match service.open(&message, self.peer) {
                Ok(message) => Wanted::Message(message),
                Err(response) => Wanted::Answer(response),
            };
        }
        match Request::from_head(head, Some(self.peer)) {
            Ok(request) => Wanted::Request(request),
            Err(error) => Wanted::Answer(Response::bad_request(error.to_string())),
        }
    }

    fn body(&mut self, mut partial: Partial, input: &mut &[u8]) -> Progress<Arrival> {
        match partial.gather(input) {
            Progress::Done(()) => match partial.arrival(&self.limits) {
                Ok(arrival) => Progress::Done(arrival),
                Err(error) => Progress::Wrong(error),
            },
            Progress::NeedMore => {
                self.state = State::Body(Box::new(partial));
                Progress::NeedMore
            }
            Progress::Wrong(error) => Progress::Wrong(error),
        }
    }
}

/// A request whose body is yet to come.
struct Partial {
    wanted: Wanted,
    exchange: Exchange,
    is_gzip: bool,
    decoder: Decoder,
    gathered: Vec<u8>,
}

/// What a head leads to once its body is there.
enum Wanted {
    Message(Message),
    Request(Request),
    Answer(Response),
}

impl Partial {
    fn gather(&mut self, input: &mut &[u8]) -> Progress<()> {
        loop {
            match self.decoder.next(input) {
                Progress::Done(Piece::Data(data)) => {
                    if !matches!(self.wanted, Wanted::Answer(_)) {
                        self.gathered.extend_from_slice(data);
                    }
                }
                Progress::Done(Piece::End) => return Progress::Done(()),
                Progress::NeedMore => return Progress::NeedMore,
                Progress::Wrong(error) => return Progress::Wrong(error),
            }
        }
    }

    fn arrival(self, limits: &Limits) -> Result<Arrival, Error> {
        let body = if self.is_gzip && !self.gathered.is_empty() {
            gzip::decompress(&self.gathered, limits)?
        } else {
            self.gathered
        };
        let body = Bytes::from(body);
        Ok(match self.wanted {
            Wanted::Message(message) => {
                Arrival::Message(Message { body, ..message }, self.exchange)
            }
            Wanted::Request(request) => Arrival::Request(
                Request {
                    body: Body::from(body),
                    ..request
                },
                self.exchange,
            ),
            Wanted::Answer(response) => Arrival::Refused(response, self.exchange),
        })
    }
}

/// As libprocess words it.
const NO_SLASH: &str = "Request URL path must start with '/'";
