//! The form in which libprocess sends a message: an HTTP request with a few marks.
//!
//! ```text
//! POST /<to.id>/<name> HTTP/1.1
//! User-Agent: libprocess/<from>
//! Libprocess-From: <from>
//! Connection: Keep-Alive
//! Host: <to.ip>:<to.port>
//! Transfer-Encoding: chunked
//!
//! <length in lower-case hexadecimal>
//! <body>
//! 0
//!
//! ```
//!
//! These are the bytes of C++ libprocess, order and case included: the body is always one chunk,
//! and an empty body has no `Transfer-Encoding` line and nothing behind the blank line. A sender
//! that is no process is `@0.0.0.0:0`; a receiver without an id has no slash before its name.
//!
//! A receiver takes more than a sender writes. A `POST` is a message if `User-Agent` begins with
//! `libprocess/` or if there is a `Libprocess-From`, which older senders lack and HTTP clients
//! that speak the protocol set; the body may come in any framing; `Host` is ignored.
//!
//! Neither the id nor the name is percent-encoded by a sender, though a receiver decodes the id.
//! What would not arrive as it was sent is therefore an error when it is encoded, where C++
//! libprocess writes a broken request, or somebody else's.

use std::borrow::Cow;
use std::fmt;
use std::io::Write as _;
use std::net::IpAddr;

use bytes::Bytes;

use super::head::RequestHead;
use super::headers::{Headers, InvalidHeader};
use super::url::{self, BadEscape, Target};
use crate::address::{Address, Upid};

pub use super::name::Name;

/// A message between processes: a name, a body, and who sends it to whom.
#[doc(alias = "process::Message")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What selects the handler in the receiver. For typed messages, the name of the type.
    pub name: Name,
    /// Who sent it; empty if that was no process, or did not say who.
    pub from: Upid,
    /// Whom it is for.
    pub to: Upid,
    /// Bytes that libprocess never looks into.
    pub body: Bytes,
}

/// Appends the bytes of a message to `out`; nothing, if it is an error.
///
/// # Errors
///
/// An id or the name holds a character that would not arrive as it was sent.
///
/// ```
/// use libprocess::codec::message::{Message, encode};
///
/// let message = Message {
///     name: "reply".into(),
///     from: "p@127.0.0.1:5599".parse()?,
///     to: "me@127.0.0.1:47387".parse()?,
///     body: "".into(),
/// };
/// let mut out = Vec::new();
/// encode(&message, &mut out)?;
/// assert_eq!(
///     String::from_utf8(out)?,
///     "POST /me/reply HTTP/1.1\r\n\
///      User-Agent: libprocess/p@127.0.0.1:5599\r\n\
///      Libprocess-From: p@127.0.0.1:5599\r\n\
///      Connection: Keep-Alive\r\n\
///      Host: 127.0.0.1:47387\r\n\
///      \r\n",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn encode(message: &Message, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    Head::new(message, &Credentials::default())?.encode(&message.body, out);
    Ok(())
}

/// Everything of a message that does not depend on its body: to one receiver, it is the same for
/// all messages of a name.
pub struct Head {
    /// With the framing of a body that is not empty.
    bytes: Box<[u8]>,
    /// Where that begins.
    framing: usize,
}

impl Head {
    /// The head of this message, and of those that differ in nothing but their bodies.
    ///
    /// # Errors
    ///
    /// As [`encode`].
    pub fn new(message: &Message, credentials: &Credentials) -> Result<Self, EncodeError> {
        check_id(message.from.id())?;
        check_id(message.to.id())?;
        check_name(&message.name)?;
        let mut bytes = Vec::with_capacity(HEAD_BYTES);
        write_head(message, &mut bytes);
        bytes.extend_from_slice(&credentials.0);
        let framing = bytes.len();
        bytes.extend_from_slice(CHUNKED);
        Ok(Self {
            bytes: bytes.into(),
            framing,
        })
    }

    /// Appends the message with this body.
    pub fn encode(&self, body: &[u8], out: &mut Vec<u8>) {
        if body.is_empty() {
            out.extend_from_slice(&self.bytes[..self.framing]);
            return out.extend_from_slice(b"\r\n");
        }
        out.reserve(self.bytes.len() + body.len() + BODY_OVERHEAD);
        self.encode_before(body.len(), out);
        out.extend_from_slice(body);
        encode_after_body(out);
    }

    /// Appends what stands before a body that is not empty and is written apart.
    pub fn encode_before(&self, length: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bytes);
        super::body::encode_chunk_size(length, out);
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not what it holds, which may be credentials.
        f.write_str("Head")
    }
}

/// Appends what stands behind a body that is not empty.
pub fn encode_after_body(out: &mut Vec<u8>) {
    out.extend_from_slice(AFTER_BODY);
}

/// Whether a whole head is, byte for byte, what a sender writes before a message, with a body or
/// without.
pub fn is_plain(head: &[u8], message: &Message, has_body: bool) -> bool {
    let Ok(plain) = Head::new(message, &Credentials::default()) else {
        return false;
    };
    match has_body {
        true => *head == *plain.bytes,
        false => head.strip_prefix(&plain.bytes[..plain.framing]) == Some(b"\r\n"),
    }
}

/// What messages say in `Authorization`, for receivers that let nobody else in: nothing, as in
/// libprocess, or this.
#[derive(Clone, Default)]
pub struct Credentials(Box<[u8]>);

impl Credentials {
    /// Credentials of this form: `Bearer` and a token, say.
    ///
    /// # Errors
    ///
    /// A control byte, which would break the wire.
    pub fn new(text: &str) -> Result<Self, InvalidHeader> {
        Headers::new().insert("Authorization", text)?;
        Ok(Self(
            format!("Authorization: {text}\r\n").into_bytes().into(),
        ))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not what they are.
        f.write_str("Credentials")
    }
}

fn write_head(message: &Message, out: &mut Vec<u8>) {
    let Message { name, from, to, .. } = message;
    out.extend_from_slice(b"POST /");
    if !to.id().is_empty() {
        out.extend_from_slice(to.id().as_bytes());
        out.push(b'/');
    }
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\nUser-Agent: libprocess/");
    let start = out.len();
    out.extend_from_slice(from.id().as_bytes());
    out.push(b'@');
    push_address(from.address(), out);
    let end = out.len();
    out.extend_from_slice(b"\r\nLibprocess-From: ");
    out.extend_from_within(start..end);
    out.extend_from_slice(b"\r\nConnection: Keep-Alive\r\nHost: ");
    push_address(to.address(), out);
    out.extend_from_slice(b"\r\n");
}

/// As its `Display`, at a fraction of the cost: there are two in every message.
fn push_address(address: Address, out: &mut Vec<u8>) {
    let IpAddr::V4(ip) = address.ip() else {
        return write!(out, "{address}").expect("a vector takes every write");
    };
    let mut digits = itoa::Buffer::new();
    for (octet, separator) in ip.octets().into_iter().zip(*b"...:") {
        out.extend_from_slice(digits.format(octet).as_bytes());
        out.push(separator);
    }
    out.extend_from_slice(digits.format(address.port()).as_bytes());
}

/// The last header of a message with a body, and the end of the head.
const CHUNKED: &[u8] = b"Transfer-Encoding: chunked\r\n\r\n";

/// The end of the chunk, and the last chunk.
const AFTER_BODY: &[u8] = b"\r\n0\r\n\r\n";

/// Most heads are shorter.
const HEAD_BYTES: usize = 256;

/// What stands around a body, with as many digits as there can be.
const BODY_OVERHEAD: usize = 32;

/// Checks that a process of this id can be named on the wire.
///
/// Refused are spaces and control characters of any alphabet, which end or break the request line
/// or are no part of a UPID; `/`, `?` and
/// `#`, which end the id; `%` and `+`, which a receiver decodes; and `@`, at which C++ libprocess
/// ends the id of a sender.
///
/// # Errors
///
/// Names the first character that is in the way.
pub fn check_id(id: &str) -> Result<(), EncodeError> {
    let breaks = |char: &char| {
        char.is_whitespace()
            || char.is_control()
            || matches!(char, '/' | '?' | '#' | '%' | '+' | '@')
    };
    match id.chars().find(breaks) {
        Some(char) => Err(EncodeError::Id {
            id: id.to_owned(),
            char,
        }),
        None => Ok(()),
    }
}

/// Checks that a message of this name can be sent. Unlike an id it may hold slashes, and it is
/// not decoded.
///
/// # Errors
///
/// Names the first character that is in the way.
pub fn check_name(name: &str) -> Result<(), EncodeError> {
    match name.bytes().find(|byte| breaks_target(*byte)) {
        Some(byte) => Err(EncodeError::Name {
            name: name.to_owned(),
            char: byte.into(),
        }),
        None => Ok(()),
    }
}

fn breaks_target(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, 0x7F | b'?' | b'#')
}

/// A message that cannot be put on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The id of the sender or of the receiver.
    Id {
        /// The whole id.
        id: String,
        /// The first character in it that is in the way.
        char: char,
    },
    /// The name of the message.
    Name {
        /// The whole name.
        name: String,
        /// The first character in it that is in the way.
        char: char,
    },
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, text, char) = match self {
            Self::Id { id, char } => ("process id", id, char),
            Self::Name { name, char } => ("message name", name, char),
        };
        write!(
            f,
            "{what} {text:?} holds {char:?}, which would break the wire"
        )
    }
}

impl std::error::Error for EncodeError {}

/// The head of a request that is a message; its body follows as the head frames it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageHead<'a> {
    /// What names the sender, trimmed: read it with [`sender`](Self::sender).
    from: &'a [u8],
    /// The first segment of the path, still encoded.
    id: &'a str,
    /// The name: all behind the second slash, neither decoded nor normalised.
    pub name: &'a str,
}

impl<'a> MessageHead<'a> {
    /// The sender, or `None` if what names it is no UPID: the message counts all the same, and
    /// its sender is the empty UPID.
    pub fn sender(&self) -> Option<Upid> {
        std::str::from_utf8(self.from).ok()?.parse().ok()
    }

    /// The id of the receiver, decoded.
    ///
    /// # Errors
    ///
    /// A malformed escape, which C++ libprocess answers with a 500.
    pub fn id(&self) -> Result<Cow<'a, str>, BadEscape> {
        url::decode_text(self.id)
    }
}

/// Recognises a message by its head. The path must begin with `/`: check that first.
///
/// ```
/// use libprocess::codec::{Limits, Progress, head, message};
///
/// let bytes = b"POST /p%20q/a/../b HTTP/1.1\r\nUser-Agent: libprocess/me@127.0.0.1:5\r\n\r\n";
/// let Progress::Done((head, _)) = head::parse_request(bytes, &Limits::default()) else {
///     panic!()
/// };
/// let message = message::recognise(&head).unwrap();
/// assert_eq!(message.id()?, "p q");
/// assert_eq!(message.name, "a/../b");
/// assert_eq!(message.sender(), "me@127.0.0.1:5".parse().ok());
/// # Ok::<(), libprocess::codec::url::BadEscape>(())
/// ```
pub fn recognise<'a>(head: &RequestHead<'a>) -> Option<MessageHead<'a>> {
    if head.method != "POST" {
        return None;
    }
    // Of a repeated header the last counts, as in the map that C++ libprocess keeps.
    let from = match head.last("Libprocess-From") {
        Some(from) => from,
        None => head.last("User-Agent")?.strip_prefix(b"libprocess/")?,
    };
    let (id, name) = Target::parse(head.target).first_segment();
    Some(MessageHead {
        from: from.trim_ascii(),
        id,
        name,
    })
}
