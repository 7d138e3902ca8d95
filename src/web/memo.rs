//! Heads that came before: what they say is known without reading them again.
//!
//! A process that sends to another repeats one head, byte for byte, before each body. Comparing
//! a head with one that was parsed costs a tenth of parsing it, and saves making the name, the
//! sender and the receiver anew; the receiver's name even remembers its process.
//!
//! Of messages only heads in exactly the form of libprocess are kept, so that nothing but the body
//! has to be read behind one. Most clients repeat themselves too, in requests without a body; but
//! some ask each time for something else, so a request's head is kept when it comes again.
//!
//! A memo belongs to the thread that polls a connection, not to the connection: idle ones cost
//! nothing, and peers that send much share it. Heads that meet in one place replace each other.
//!
//! What is kept is what the bytes say, and nothing of whom they lead to: that is found out anew
//! each time.

use std::net::IpAddr;

use bytes::Bytes;
use memchr::memmem::Finder;

use super::bodies::Bodies;
use crate::address::{Upid, UpidStock};
use crate::codec::body::Framing;
use crate::codec::message::{self, Message};
use crate::codec::{Limits, NameStock};
use crate::http::{Exchange, Head, Request};
use crate::primitive::hash;
use crate::primitive::shared::Stock;
use crate::process::Row;

/// Heads, each with what it says.
pub(super) struct Memo {
    /// None, or `PLACES`.
    entries: Vec<Option<Box<Entry>>>,
    /// None, or `PLACES`: of which requests' heads the last ones were that were read.
    seen: Vec<u32>,
    /// Which was found last: most likely the next as well.
    last: usize,
    end_of_head: Finder<'static>,
    bodies: Bodies,
    /// Room for the bodies of messages in a row.
    row: Vec<Bytes>,
}

/// What was found, and where what stands behind it goes.
pub(super) struct Found<'m> {
    pub(super) entry: &'m Entry,
    pub(super) bodies: &'m mut Bodies,
    /// Empty.
    pub(super) row: &'m mut Vec<Bytes>,
}

/// A head that came before.
pub(super) struct Entry {
    head: Box<[u8]>,
    /// From where it came: who may send in whose name can depend on it.
    ip: IpAddr,
    said: Said,
}

/// What a head says.
pub(super) enum Said {
    Message(Known),
    /// A request without a body.
    Request(Stock<Head>, Exchange),
}

/// What the head of a message says.
pub(super) struct Known {
    framing: Framing,
    to: Upid,
    from: UpidStock,
    name: NameStock,
}

impl Memo {
    pub(super) fn new() -> Self {
        Self {
            entries: Vec::new(),
            seen: Vec::new(),
            last: 0,
            end_of_head: Finder::new(b"\r\n\r\n"),
            bodies: Bodies::default(),
            row: Vec::new(),
        }
    }

    /// Whether the head at the front of `input` came from this ip before: then it is
    /// [found](Self::found).
    pub(super) fn find(&mut self, input: &[u8], ip: IpAddr) -> bool {
        let is_at = |entries: &[Option<Box<Entry>>], index: usize| {
            let entry: Option<&Entry> = entries[index].as_deref();
            entry.is_some_and(|entry| input.starts_with(&entry.head) && entry.ip == ip)
        };
        if self.entries.is_empty() {
            return false;
        }
        if is_at(&self.entries, self.last) {
            return true;
        }
        let start = &input[..input.len().min(HEAD_BYTES)];
        let Some(end) = self.end_of_head.find(start) else {
            return false;
        };
        let index = place(hash::of(&input[..end + b"\r\n\r\n".len()]));
        let is_known = is_at(&self.entries, index);
        if is_known {
            self.last = index;
        }
        is_known
    }

    /// The head that was found last.
    pub(super) fn found(&mut self) -> Found<'_> {
        let entry = self.entries[self.last].as_deref();
        Found {
            entry: entry.expect("it was found"),
            bodies: &mut self.bodies,
            row: &mut self.row,
        }
    }

    /// Keeps what the head of a message says, if it is of the form of libprocess.
    pub(super) fn keep(&mut self, head: &[u8], ip: IpAddr, framing: Framing, message: &Message) {
        let is_plain = match framing {
            Framing::Empty => message::is_plain(head, message, false),
            Framing::Chunked => message::is_plain(head, message, true),
            Framing::Length(_) | Framing::UntilClose => false,
        };
        if !is_plain || head.len() > HEAD_BYTES {
            return;
        }
        let known = Known {
            framing,
            to: message.to.clone(),
            from: UpidStock::new(message.from.clone()),
            name: NameStock::new(message.name.clone()),
        };
        self.put(place(hash::of(head)), head, ip, Said::Message(known));
    }

    /// Keeps what the head of a request without a body says, if it has come before.
    pub(super) fn keep_request(
        &mut self,
        head: &[u8],
        ip: IpAddr,
        request: &Request,
        exchange: Exchange,
    ) {
        if head.len() > HEAD_BYTES {
            return;
        }
        self.seen.resize(PLACES, 0);
        let hash = hash::of(head);
        let place = place(hash);
        let mark = hash as u32;
        if std::mem::replace(&mut self.seen[place], mark) == mark {
            let heads = Stock::new(request.head().clone());
            self.put(place, head, ip, Said::Request(heads, exchange));
        }
    }

    fn put(&mut self, place: usize, head: &[u8], ip: IpAddr, said: Said) {
        self.entries.resize_with(PLACES, || None);
        self.last = place;
        self.entries[place] = Some(Box::new(Entry {
            head: head.into(),
            ip,
            said,
        }));
    }
}

impl Entry {
    pub(super) fn said(&self) -> &Said {
        &self.said
    }

    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }
}

impl Known {
    /// For whom its messages are.
    pub(super) fn to(&self) -> &Upid {
        &self.to
    }

    /// Takes the messages in a row at the front of `input`, which begins with this `head`, as far
    /// as they do so too, and each is there whole and in one chunk: their bodies.
    pub(super) fn take(
        &self,
        head: &[u8],
        input: &mut &[u8],
        limits: &Limits,
        bodies: &mut Bodies,
        row: &mut Vec<Bytes>,
    ) {
        let mut is_next = true;
        while is_next && let Some((body, taken)) = self.body(&input[head.len()..]) {
            if body.len() > limits.body_bytes {
                return;
            }
            row.push(bodies.copy(body));
            *input = &input[head.len() + taken..];
            is_next = input.starts_with(head);
        }
    }

    /// The body at the front of `rest`, behind the head, and how many bytes it takes; none unless
    /// it is there whole and in one chunk.
    fn body<'i>(&self, rest: &'i [u8]) -> Option<(&'i [u8], usize)> {
        match self.framing {
            Framing::Chunked => only_chunk(rest),
            _ => Some((&[], 0)),
        }
    }

    /// The messages with these bodies, and leaves none of them.
    pub(super) fn row<'r>(&'r self, bodies: &'r mut Vec<Bytes>) -> Row<'r> {
        Row {
            name: &self.name,
            from: &self.from,
            bodies: bodies.drain(..),
        }
    }

    /// A message without its body.
    pub(super) fn begun(&self) -> Message {
        Message {
            name: self.name.take(),
            from: self.from.take(),
            to: self.to.clone(),
            body: Bytes::new(),
        }
    }

    pub(super) fn framing(&self) -> Framing {
        self.framing
    }
}

/// A body of one chunk at the front of `input`, and how many bytes it takes with its frame.
fn only_chunk(input: &[u8]) -> Option<(&[u8], usize)> {
    let mut size = 0;
    let mut digits = 0;
    while let Some(digit) = (*input.get(digits)? as char).to_digit(16) {
        if digits == SIZE_DIGITS {
            return None;
        }
        size = size * 16 + digit as usize;
        digits += 1;
    }
    let (start, end) = (digits + 2, digits + 2 + size);
    let is_framed = digits > 0
        && size > 0
        && input[digits..].starts_with(b"\r\n")
        && input.get(end..)?.starts_with(b"\r\n0\r\n\r\n");
    is_framed.then(|| (&input[start..end], end + b"\r\n0\r\n\r\n".len()))
}

fn place(hash: u64) -> usize {
    (hash >> (u64::BITS - PLACE_BITS)) as usize
}

const PLACE_BITS: u32 = 8;
const PLACES: usize = 1 << PLACE_BITS;

/// Longer heads are not kept.
const HEAD_BYTES: usize = 1024;

/// Digits of the size of a chunk that is read here: 256 MiB less one.
const SIZE_DIGITS: usize = 7;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;

    fn bytes(body: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        message::encode(&message(body), &mut bytes).unwrap();
        bytes
    }

    fn message(body: &str) -> Message {
        Message {
            name: "ping".into(),
            from: "a@10.0.0.2:2".parse().unwrap(),
            to: "b@10.0.0.1:1".parse().unwrap(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    fn ip() -> IpAddr {
        [10, 0, 0, 2].into()
    }

    /// A memo that has seen the message with this body.
    fn memo(body: &str) -> Memo {
        let mut memo = Memo::new();
        let bytes = bytes(body);
        let end = memo.end_of_head.find(&bytes).unwrap() + 4;
        let framing = if body.is_empty() {
            Framing::Empty
        } else {
            Framing::Chunked
        };
        memo.keep(&bytes[..end], ip(), framing, &message(""));
        memo
    }

    /// The messages in a row at the front of `input`, and how many bytes they take.
    fn messages(memo: &mut Memo, input: &[u8]) -> (Vec<Message>, usize) {
        let mut rest = input;
        let Found { entry, bodies, row } = memo.found();
        let Said::Message(known) = entry.said() else {
            panic!("it was a message")
        };
        known.take(entry.head(), &mut rest, &Limits::default(), bodies, row);
        let row = known.row(row);
        let messages = row.map(|message| message.addressed(known.to().clone()));
        (messages.collect(), input.len() - rest.len())
    }

    #[test]
    fn a_request_that_came_twice_is_known() {
        let mut memo = Memo::new();
        let request = Request::new(Method::GET, "/a/b?c=d").unwrap();
        let head = b"GET /a/b?c=d HTTP/1.1\r\n\r\n";
        let other = b"GET /a/b?c=e HTTP/1.1\r\n\r\n";
        for known in [false, false, true] {
            assert_eq!(memo.find(head, ip()), known);
            memo.keep_request(head, ip(), &request, Exchange::plain());
        }
        assert!(!memo.find(other, ip()));
        assert!(!memo.find(head, [10, 0, 0, 3].into()));
        assert!(memo.find(head, ip()));
        match memo.found().entry.said() {
            Said::Request(heads, exchange) => {
                let found = Request::of(heads.take(), None);
                assert_eq!((found, *exchange), (request, Exchange::plain()));
            }
            Said::Message(_) => panic!("it was a request"),
        }
    }

    #[test]
    fn what_came_before_is_known() {
        for body in ["", "x", "hello, world", &"y".repeat(1000)] {
            let mut memo = memo(body);
            let input = [bytes(body), bytes(body), b"rest".to_vec()].concat();
            assert!(memo.find(&input, ip()));
            let expected = (vec![message(body); 2], input.len() - 4);
            assert_eq!(messages(&mut memo, &input), expected);
        }
    }

    #[test]
    fn another_head_or_ip_is_not_known() {
        let mut memo = memo("x");
        let input = bytes("x");
        assert!(!memo.find(&input[1..], ip()));
        assert!(!memo.find(&bytes(""), ip()));
        assert!(!memo.find(&input, [10, 0, 0, 3].into()));
        assert!(memo.find(&input, ip()));
    }

    #[test]
    fn what_is_not_whole_or_not_in_one_chunk_is_left_to_the_decoder() {
        let mut memo = memo("x");
        let input = bytes("hello, world");
        for length in 0..input.len() {
            let part = &input[..length];
            if memo.find(part, ip()) {
                assert_eq!(messages(&mut memo, part), (vec![], 0), "{length}");
            }
        }
        let head = &bytes("x")[..bytes("x").len() - b"1\r\nx\r\n0\r\n\r\n".len()];
        for body in [
            "1\r\nx\r\n1\r\ny\r\n0\r\n\r\n",
            "1\r\nx\r\n0\r\nTrailer: 1\r\n\r\n",
            "1;e\r\nx\r\n0\r\n\r\n",
            "\r\nx\r\n0\r\n\r\n",
            "0\r\n\r\n0\r\n\r\n",
            "00000001\r\nx\r\n0\r\n\r\n",
            "fffffffffffffffff\r\n",
        ] {
            let input = [head, body.as_bytes()].concat();
            assert!(memo.find(&input, ip()));
            assert_eq!(messages(&mut memo, &input), (vec![], 0), "{body:?}");
        }
    }

    #[test]
    fn another_form_is_not_kept() {
        let mut memo = Memo::new();
        let bytes = String::from_utf8(bytes("")).unwrap();
        for other in [
            bytes.replace("Keep-Alive", "keep-alive"),
            bytes.replace("Host: 10", "Host: 11"),
            bytes.replace("\r\n\r\n", "\r\nA: 1\r\n\r\n"),
        ] {
            memo.keep(other.as_bytes(), ip(), Framing::Empty, &message(""));
            assert!(!memo.find(other.as_bytes(), ip()));
        }
    }
}
