//! From the bytes of a connection to what arrived on it.

use bytes::Bytes;

use super::front::Front;
use super::gathered::Gathered;
use super::gathering::{Gathering, Held};
use super::memo::{Found, Memo, Said};
use super::passing::{Passing, Stream};
use crate::address::{Address, Upid};
use crate::codec::body::Framing;
use crate::codec::content::{Content, Part};
use crate::codec::head::{RequestHead, parse_request};
use crate::codec::message::Message;
use crate::codec::url::Target;
use crate::codec::{Error, Limits, Progress};
use crate::http::{Body, Exchange, Request, Response, Status, Writer, pipe};
use crate::primitive::sync::Arc;
use crate::process::{Endpoint, Row};

/// What arrived.
pub(super) enum Arrival<'m> {
    /// A message.
    Message(Message, Exchange),
    /// Messages in a row for one receiver, in exactly the form of libprocess, whose senders do not
    /// wait for the answers.
    Plain(&'m Upid, Row<'m>),
    /// A request, for somebody. Its body may still be on its way.
    Request(Request, Arc<dyn Endpoint>, Exchange),
    /// A request without a body. For whom, is yet to be found out.
    Bare(Request, Exchange),
    /// Something that was refused before anybody saw it.
    Refused(Response, Exchange),
    /// A client that waits to be told to send its body.
    Waiting,
    /// The body of a request that was handed over already makes no sense.
    Broken(Error),
    /// Nothing yet, but it took a while: there may be more, after others had a turn.
    Work,
}

/// What taking bytes apart needs to know.
pub(super) struct Surroundings<'a> {
    pub(super) limits: &'a Limits,
    pub(super) front: &'a dyn Front,
    pub(super) gathering: &'a Arc<Gathering>,
    pub(super) peer: Address,
}

/// Takes the bytes of a connection apart.
#[derive(Default)]
pub(super) struct Intake {
    state: State,
}

#[derive(Default)]
enum State {
    #[default]
    Head,
    /// A body that is gathered before anybody sees it.
    Body(Box<Partial>),
    /// A body that somebody reads while it arrives.
    Stream(Box<Stream>),
    /// Nothing that follows counts.
    Closed,
}

impl Intake {
    /// The next arrival at the front of `input`, which is advanced. With `NeedMore` what is left
    /// of the input is the beginning of a head, or of what a [stalled](Self::stalled) reader has
    /// no room for, and has to be there again the next time.
    ///
    /// After a request that asks for the connection to be closed, and after the first thing that
    /// was wrong, everything is dropped.
    pub(super) fn next<'m>(
        &mut self,
        input: &mut &[u8],
        around: &Surroundings<'_>,
        memo: &'m mut Memo,
    ) -> Progress<Arrival<'m>> {
        if matches!(self.state, State::Head)
            && around.front.is_steady()
            && memo.find(input, around.peer.ip())
        {
            return self.known(memo.found(), input, around);
        }
        loop {
            match std::mem::replace(&mut self.state, State::Closed) {
                State::Head => return self.head(input, around, memo),
                State::Body(partial) => return self.body(*partial, input, around),
                State::Stream(mut stream) => match stream.pass(input) {
                    Ok(Passing::Ended) => self.state = after(stream.keep_alive),
                    Ok(Passing::Waits) => {
                        self.state = State::Stream(stream);
                        return Progress::NeedMore;
                    }
                    Ok(Passing::Work) => {
                        self.state = State::Stream(stream);
                        return Progress::Done(Arrival::Work);
                    }
                    // Nobody reads it any more; where it would end, nobody wants to know.
                    Ok(Passing::Unwanted) => {}
                    Err(error) => {
                        stream.writer.fail(error.to_string());
                        return Progress::Done(Arrival::Broken(error));
                    }
                },
                State::Closed => {
                    *input = &[];
                    return Progress::NeedMore;
                }
            }
        }
    }

    /// Whether nothing that follows counts.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// How many bytes of a body have arrived, if the connection is in the middle of one.
    pub(super) fn received(&self) -> Option<u64> {
        match &self.state {
            State::Body(partial) => Some(partial.received),
            State::Stream(stream) => Some(stream.received),
            State::Head | State::Closed => None,
        }
    }

    /// The pipe that has to be read before anything else can be taken, if there is one.
    pub(super) fn stalled(&self) -> Option<&Writer> {
        match &self.state {
            State::Stream(stream) if !stream.writer.is_ready() => Some(&stream.writer),
            _ => None,
        }
    }

    /// Takes nothing more, and tells so whoever reads a body; whether somebody did.
    pub(super) fn close(&mut self, why: &str) -> bool {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Stream(stream) => stream.writer.fail(why),
            _ => false,
        }
    }

    /// Takes what begins with a head that came before.
    fn known<'m>(
        &mut self,
        found: Found<'m>,
        input: &mut &[u8],
        around: &Surroundings<'_>,
    ) -> Progress<Arrival<'m>> {
        let Found { entry, bodies, row } = found;
        let rest = &input[entry.head().len()..];
        let known = match entry.said() {
            Said::Message(known) => known,
            Said::Request(heads, exchange) => {
                *input = rest;
                self.state = after(exchange.keep_alive);
                let request = Request::of(heads.take(), Some(around.peer));
                return Progress::Done(Arrival::Bare(request, *exchange));
            }
        };
        known.take(entry.head(), input, around.limits, bodies, row);
        if !row.is_empty() {
            return Progress::Done(Arrival::Plain(known.to(), known.row(row)));
        }
        *input = rest;
        let wanted = Wanted::Message(known.begun());
        let content = Content::new(known.framing(), false, around.limits);
        let partial = Partial::new(wanted, Exchange::plain(), content);
        self.state = State::Closed;
        self.body(partial, input, around)
    }

    fn head(
        &mut self,
        input: &mut &[u8],
        around: &Surroundings<'_>,
        memo: &mut Memo,
    ) -> Progress<Arrival<'static>> {
        let (head, length) = match parse_request(input, around.limits) {
            Progress::Done(done) => done,
            Progress::NeedMore => {
                self.state = State::Head;
                return Progress::NeedMore;
            }
            Progress::Wrong(error) => return Progress::Wrong(error),
        };
        let bytes = &input[..length];
        *input = &input[length..];
        let mut exchange = Exchange::of(&head);
        let keep = |request: &Request| {
            if head.framing == Framing::Empty && !head.expects_continue {
                memo.keep_request(bytes, around.peer.ip(), request, exchange);
            }
        };
        let wanted = match wanted(&head, around, keep) {
            Wanted::Answer(response) if is_long(&head) => {
                exchange.keep_alive = false;
                return Progress::Done(Arrival::Refused(response, exchange));
            }
            wanted => wanted,
        };
        if let Wanted::Message(message) = &wanted {
            memo.keep(bytes, around.peer.ip(), head.framing, message);
        }
        if head.framing == Framing::Empty {
            self.state = after(exchange.keep_alive);
            return Progress::Done(wanted.arrival(Body::Empty, exchange));
        }
        let is_read = !matches!(wanted, Wanted::Answer(_));
        let is_gzip = is_read && content_encoding(&head) == Some(Encoding::Gzip);
        let content = Content::new(head.framing, is_gzip, around.limits);
        let partial = Partial::new(wanted, exchange, content);
        if head.expects_continue && input.is_empty() {
            self.state = State::Body(Box::new(partial));
            return Progress::Done(Arrival::Waiting);
        }
        self.body(partial, input, around)
    }

    fn body(
        &mut self,
        mut partial: Partial,
        input: &mut &[u8],
        around: &Surroundings<'_>,
    ) -> Progress<Arrival<'static>> {
        match partial.gather(input) {
            Ok(Brought::Whole) => {
                self.state = after(partial.exchange.keep_alive);
                let body = Bytes::from(partial.gathered).into();
                Progress::Done(partial.wanted.arrival(body, partial.exchange))
            }
            Ok(Brought::Part) => self.go_on(partial, Progress::NeedMore, around),
            Ok(Brought::Work) => self.go_on(partial, Progress::Done(Arrival::Work), around),
            Err(error) => Progress::Wrong(error),
        }
    }

    /// Has a body be read while it arrives, or gathers on, of which there is this to be told.
    fn go_on(
        &mut self,
        mut partial: Partial,
        gathering: Progress<Arrival<'static>>,
        around: &Surroundings<'_>,
    ) -> Progress<Arrival<'static>> {
        if partial.wanted.is_streaming() {
            return Progress::Done(self.hand_over(partial));
        }
        if partial.hold(around.gathering) {
            self.state = State::Body(Box::new(partial));
            return gathering;
        }
        partial.exchange.keep_alive = false;
        let response = Response::canned(Status::SERVICE_UNAVAILABLE);
        Progress::Done(Arrival::Refused(response, partial.exchange))
    }

    /// Gives a request to somebody who reads its body while it arrives.
    fn hand_over(&mut self, partial: Partial) -> Arrival<'static> {
        let (reader, writer) = pipe();
        writer.write(Bytes::from(partial.gathered));
        self.state = State::Stream(Box::new(Stream {
            writer,
            content: partial.content,
            received: partial.received,
            keep_alive: partial.exchange.keep_alive,
        }));
        partial.wanted.arrival(reader.into(), partial.exchange)
    }
}

fn after(keep_alive: bool) -> State {
    match keep_alive {
        true => State::Head,
        false => State::Closed,
    }
}

/// A request whose body is yet to come.
struct Partial {
    wanted: Wanted,
    exchange: Exchange,
    content: Content,
    gathered: Gathered,
    /// What was gathered, as all connections together count it.
    held: Option<Held>,
    received: u64,
}

/// What a head leads to once its body is there.
enum Wanted {
    Message(Message),
    Request(Request, Arc<dyn Endpoint>),
    /// A request that has no body.
    Bare(Request),
    Answer(Response),
}

impl Wanted {
    /// Whether it is for somebody who reads the body while it arrives.
    fn is_streaming(&self) -> bool {
        match self {
            Self::Request(request, endpoint) => endpoint.is_streaming(&request.url.path),
            _ => false,
        }
    }

    fn arrival(self, body: Body, exchange: Exchange) -> Arrival<'static> {
        match self {
            Self::Message(message) => {
                let body = body.bytes().expect("only a request's body is a pipe");
                Arrival::Message(Message { body, ..message }, exchange)
            }
            Self::Request(request, endpoint) => {
                Arrival::Request(request.with_body(body), endpoint, exchange)
            }
            Self::Bare(request) => Arrival::Bare(request, exchange),
            Self::Answer(response) => Arrival::Refused(response, exchange),
        }
    }
}

/// What gathering brought.
enum Brought {
    /// The end of the body.
    Whole,
    /// All of the input, which was not the end.
    Part,
    /// A part that took a while.
    Work,
}

impl Partial {
    /// Of which nothing has arrived yet.
    fn new(wanted: Wanted, exchange: Exchange, content: Content) -> Self {
        Self {
            wanted,
            exchange,
            content,
            gathered: Gathered::default(),
            held: None,
            received: 0,
        }
    }

    /// Gathers what there is.
    fn gather(&mut self, input: &mut &[u8]) -> Result<Brought, Error> {
        let before = input.len();
        let brought = loop {
            let progress = self.content.next(input);
            let is_much = matches!(&progress, Progress::Done(part) if part.is_much_work());
            match progress {
                Progress::Done(Part::End) => break Brought::Whole,
                Progress::Done(Part::Data(data)) => {
                    if !matches!(self.wanted, Wanted::Answer(_)) {
                        self.gathered.extend(&data);
                    }
                    if is_much {
                        break Brought::Work;
                    }
                }
                Progress::NeedMore => break Brought::Part,
                Progress::Wrong(error) => return Err(error),
            }
        };
        self.received += (before - input.len()) as u64;
        Ok(brought)
    }

    /// Counts what was gathered; whether that is still bearable.
    fn hold(&mut self, gathering: &Arc<Gathering>) -> bool {
        let held = self.held.get_or_insert_with(|| Held::new(gathering));
        held.grow_to(self.gathered.size())
    }
}

/// What a head leads to; `keep` sees a request before.
fn wanted(
    head: &RequestHead<'_>,
    around: &Surroundings<'_>,
    keep: impl FnOnce(&Request),
) -> Wanted {
    if !head.target.starts_with('/') && !Target::parse(head.target).path.starts_with('/') {
        return Wanted::Answer(Response::bad_request(NO_SLASH));
    }
    if head.framing != Framing::Empty && content_encoding(head).is_none() {
        return Wanted::Answer(unsupported());
    }
    if let Some(opened) = around.front.open(head, around.peer) {
        return match opened {
            Ok(message) => Wanted::Message(message),
            Err(response) => Wanted::Answer(response),
        };
    }
    let mut request = match Request::from_head(head, Some(around.peer)) {
        Ok(request) => request,
        Err(error) => return Wanted::Answer(Response::bad_request(error.to_string())),
    };
    keep(&request);
    if head.framing == Framing::Empty && around.front.is_steady() {
        return Wanted::Bare(request);
    }
    match around.front.admit(head, &mut request, around.peer) {
        Ok(endpoint) => Wanted::Request(request, endpoint),
        Err(response) => Wanted::Answer(response),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Plain,
    Gzip,
}

/// How the body is encoded; `None` if nobody here can decode it.
fn content_encoding(head: &RequestHead<'_>) -> Option<Encoding> {
    let is = |encoding: &[u8], name: &str| encoding.eq_ignore_ascii_case(name.as_bytes());
    let mut encodings = head.all("Content-Encoding");
    match (encodings.next(), encodings.next()) {
        (None, _) => Some(Encoding::Plain),
        (Some(encoding), None) if is(encoding, "identity") => Some(Encoding::Plain),
        // RFC 9110, section 8.4.1.3, has the second name mean the first.
        (Some(encoding), None) if is(encoding, "gzip") || is(encoding, "x-gzip") => {
            Some(Encoding::Gzip)
        }
        _ => None,
    }
}

/// RFC 9110, section 15.5.16: the answer says what would have been taken.
fn unsupported() -> Response {
    Response::canned(Status::UNSUPPORTED_MEDIA_TYPE)
        .with_header("Accept-Encoding", "gzip")
        .expect("a plain word")
}

/// Whether the body of a request that is refused is better not waited for: it is long, or its
/// client waits to hear whether to send it.
fn is_long(head: &RequestHead<'_>) -> bool {
    match head.framing {
        Framing::Empty => false,
        Framing::Length(length) => head.expects_continue || length > DRAINED_BYTES,
        Framing::Chunked | Framing::UntilClose => head.expects_continue,
    }
}

/// Up to here the body of a request that is refused is read, to keep its connection.
const DRAINED_BYTES: u64 = 64 * 1024;

/// As libprocess words it.
const NO_SLASH: &str = "Request URL path must start with '/'";
