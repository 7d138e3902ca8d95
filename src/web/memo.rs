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

use std::hash::Hasher;
use std::net::IpAddr;

use memchr::memmem::Finder;

use super::bodies::Bodies;
use crate::codec::Limits;
use crate::codec::body::Framing;
use crate::codec::message::{self, Message};
use crate::http::{Exchange, Request};
use crate::primitive::hash::Folding;

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
    /// A request without a body, and without the peer that it came from.
    Request(Request, Exchange),
}

/// What the head of a message says.
pub(super) struct Known {
    head_length: usize,
    framing: Framing,
    /// Without a body.
    message: Message,
}

impl Memo {
    pub(super) fn new() -> Self {
        Self {
            entries: Vec::new(),
            seen: Vec::new(),
            last: 0,
            end_of_head: Finder::new(b"\r\n\r\n"),
            bodies: Bodies::default(),
        }
    }

    /// What the head at the front of `input` says, if it came from this ip before, and where its
    /// body goes.
    pub(super) fn find(&mut self, input: &[u8], ip: IpAddr) -> Option<(&Entry, &mut Bodies)> {
        let is_at = |entries: &[Option<Box<Entry>>], index: usize| {
            let entry: Option<&Entry> = entries[index].as_deref();
            entry.is_some_and(|entry| input.starts_with(&entry.head) && entry.ip == ip)
        };
        if self.entries.is_empty() {
            return None;
        }
        if !is_at(&self.entries, self.last) {
            let start = &input[..input.len().min(HEAD_BYTES)];
            let length = self.end_of_head.find(start)? + b"\r\n\r\n".len();
            let index = place(hash(&input[..length]));
            if !is_at(&self.entries, index) {
                return None;
            }
            self.last = index;
        }
        let entry = self.entries[self.last].as_deref();
        entry.map(|entry| (entry, &mut self.bodies))
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
            head_length: head.len(),
            framing,
            message: message.clone(),
        };
        self.put(place(hash(head)), head, ip, Said::Message(known));
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
        let hash = hash(head);
        let place = place(hash);
        let mark = hash as u32;
        if std::mem::replace(&mut self.seen[place], mark) == mark {
            let request = Request {
                peer: None,
                ..request.clone()
            };
            self.put(place, head, ip, Said::Request(request, exchange));
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

    pub(super) fn head_length(&self) -> usize {
        self.head.len()
    }
}

impl Known {
    /// The message at the front of `input`, which begins with this head, and how many bytes it
    /// takes; none unless it is there whole and in one chunk.
    pub(super) fn message(
        &self,
        input: &[u8],
        limits: &Limits,
        bodies: &mut Bodies,
    ) -> Option<(Message, usize)> {
        let start = self.head_length;
        let (body, taken) = match self.framing {
            Framing::Chunked => only_chunk(&input[start..])?,
            _ => (&[][..], 0),
        };
        if body.len() > limits.body_bytes {
            return None;
        }
        let message = Message {
            body: bodies.copy(body),
            ..self.begun()
        };
        Some((message, start + taken))
    }

    /// The message without its body.
    pub(super) fn begun(&self) -> Message {
        self.message.clone()
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

fn hash(head: &[u8]) -> u64 {
    let mut hasher = Folding::default();
    hasher.write(head);
    hasher.finish()
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
    use bytes::Bytes;

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

    fn message_of(
        (entry, bodies): (&Entry, &mut Bodies),
        input: &[u8],
    ) -> Option<(Message, usize)> {
        match entry.said() {
            Said::Message(known) => known.message(input, &Limits::default(), bodies),
            Said::Request(..) => None,
        }
    }

    #[test]
    fn a_request_that_came_twice_is_known() {
        let mut memo = Memo::new();
        let request = Request::new(Method::GET, "/a/b?c=d").unwrap();
        let head = b"GET /a/b?c=d HTTP/1.1\r\n\r\n";
        let other = b"GET /a/b?c=e HTTP/1.1\r\n\r\n";
        for known in [false, false, true] {
            assert_eq!(memo.find(head, ip()).is_some(), known);
            memo.keep_request(head, ip(), &request, Exchange::plain());
        }
        assert!(memo.find(other, ip()).is_none());
        assert!(memo.find(head, [10, 0, 0, 3].into()).is_none());
        match memo.find(head, ip()).unwrap().0.said() {
            Said::Request(found, exchange) => {
                assert_eq!((found, *exchange), (&request, Exchange::plain()));
            }
            Said::Message(_) => panic!("it was a request"),
        }
    }

    #[test]
    fn what_came_before_is_known() {
        for body in ["", "x", "hello, world", &"y".repeat(1000)] {
            let mut memo = memo(body);
            let input = [bytes(body), b"rest".to_vec()].concat();
            let found = memo.find(&input, ip()).unwrap();
            let (found, taken) = message_of(found, &input).unwrap();
            assert_eq!((found, taken), (message(body), input.len() - 4));
        }
    }

    #[test]
    fn another_head_or_ip_is_not_known() {
        let mut memo = memo("x");
        let input = bytes("x");
        assert!(memo.find(&input[1..], ip()).is_none());
        assert!(memo.find(&bytes(""), ip()).is_none());
        assert!(memo.find(&input, [10, 0, 0, 3].into()).is_none());
        assert!(memo.find(&input, ip()).is_some());
    }

    #[test]
    fn what_is_not_whole_or_not_in_one_chunk_is_left_to_the_decoder() {
        let mut memo = memo("x");
        let input = bytes("hello, world");
        for length in 0..input.len() {
            let part = &input[..length];
            let found = memo.find(part, ip());
            let found = found.and_then(|found| message_of(found, part));
            assert_eq!(found, None, "{length}");
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
            let found = memo.find(&input, ip()).unwrap();
            assert_eq!(message_of(found, &input), None, "{body:?}");
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
            assert!(memo.find(other.as_bytes(), ip()).is_none());
        }
    }
}
