//! The heads of requests and responses: first line, headers, blank line.
//!
//! httparse finds the parts; this module adds what it leaves to its caller: limits, bare line
//! feeds, which methods exist, how the body is framed and whether the connection stays open.

use std::mem::MaybeUninit;

use smallvec::SmallVec;

use super::body::Framing;
use super::headers::Headers;
use super::{Error, Limits, Progress, message};

/// A request's head, borrowed from the bytes that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead<'a> {
    /// One of [`METHODS`].
    pub method: &'static str,
    /// The target as it was sent: see [`Target`](super::url::Target).
    pub target: &'a str,
    /// The version of the request line.
    pub version: Version,
    /// How the body is delimited.
    pub framing: Framing,
    /// Whether the client wants the connection kept: the default of HTTP/1.1, on demand in
    /// HTTP/1.0.
    pub keep_alive: bool,
    /// Whether the client waits for a `100 Continue` before it sends the body.
    pub expects_continue: bool,
    fields: Fields<'a>,
}

impl<'a> RequestHead<'a> {
    /// A copy of the headers.
    pub fn headers(&self) -> Headers {
        Headers::from_parsed(&self.fields)
    }

    /// All values of `name`, in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        values(&self.fields, name)
    }

    /// The last value of `name`.
    pub fn last(&self, name: &str) -> Option<&'a [u8]> {
        values(&self.fields, name).last()
    }
}

/// A response's head, borrowed from the bytes that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHead<'a> {
    /// The version of the status line.
    pub version: Version,
    /// The code: from 100 to 599.
    pub status: u16,
    /// The reason phrase, which means nothing.
    pub reason: &'a str,
    /// How the body is delimited.
    pub framing: Framing,
    /// Whether the server keeps the connection.
    pub keep_alive: bool,
    fields: Fields<'a>,
}

impl ResponseHead<'_> {
    /// A copy of the headers.
    pub fn headers(&self) -> Headers {
        Headers::from_parsed(&self.fields)
    }
}

type Fields<'a> = SmallVec<[httparse::Header<'a>; 8]>;

/// A version of HTTP that can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `HTTP/1.0`: connections close unless asked otherwise, and there are no chunks.
    Http10,
    /// `HTTP/1.1`.
    Http11,
}

/// Reads a request's head from the front of `bytes`; `Done` with it and its length.
///
/// Blank lines before it are skipped, as RFC 9112 asks. A path that does not begin with `/` is
/// not wrong here: how to answer it is for the server.
pub fn parse_request<'a>(bytes: &'a [u8], limits: &Limits) -> Progress<(RequestHead<'a>, usize)> {
    let bytes = &bytes[..bytes.len().min(limits.head_bytes)];
    let line = &bytes[blank_lines(bytes)..];
    if target_too_long(line, limits) {
        return Progress::Wrong(Error::TargetTooLong);
    }
    let mut space = [const { MaybeUninit::uninit() }; HEADERS_MAX];
    let mut request = httparse::Request::new(&mut []);
    match request.parse_with_uninit_headers(bytes, space_for(&mut space, limits)) {
        Ok(httparse::Status::Complete(length)) => {
            match request_head(&request, &bytes[..length], limits) {
                Ok(head) => Progress::Done((head, length)),
                Err(error) => Progress::Wrong(error),
            }
        }
        Ok(httparse::Status::Partial) => incomplete(bytes, limits),
        Err(error) => Progress::Wrong(request_error(error, line)),
    }
}

/// Reads a response's head from the front of `bytes`; `Done` with it and its length.
///
/// `to_head`: whether it answers a `HEAD`, which has no body whatever its headers say.
pub fn parse_response<'a>(
    bytes: &'a [u8],
    to_head: bool,
    limits: &Limits,
) -> Progress<(ResponseHead<'a>, usize)> {
    let bytes = &bytes[..bytes.len().min(limits.head_bytes)];
    let mut space = [const { MaybeUninit::uninit() }; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut []);
    let parsed = httparse::ParserConfig::default().parse_response_with_uninit_headers(
        &mut response,
        bytes,
        space_for(&mut space, limits),
    );
    match parsed {
        Ok(httparse::Status::Complete(length)) => {
            match response_head(&response, &bytes[..length], to_head, limits) {
                Ok(head) => Progress::Done((head, length)),
                Err(error) => Progress::Wrong(error),
            }
        }
        Ok(httparse::Status::Partial) => incomplete(bytes, limits),
        Err(error) => Progress::Wrong(header_error(error).unwrap_or(Error::StatusLine)),
    }
}

fn request_head<'a>(
    request: &httparse::Request<'_, 'a>,
    bytes: &[u8],
    limits: &Limits,
) -> Result<RequestHead<'a>, Error> {
    check_line_ends(bytes)?;
    let method = request.method.expect("a complete request has a method");
    let method = METHODS
        .iter()
        .find(|known| **known == method)
        .ok_or(Error::Method)?;
    let version = version(request.version);
    let facts = Facts::gather(request.headers, version, limits)?;
    if facts.hosts > 1 {
        return Err(Error::RepeatedHost);
    }
    // RFC 9110, section 10.1.1: what HTTP/1.0 expects is ignored.
    if facts.expects == Some(false) && version == Version::Http11 {
        return Err(Error::Expectation);
    }
    let head = RequestHead {
        method,
        target: request.path.expect("a complete request has a target"),
        version,
        framing: facts.framing.unwrap_or(Framing::Empty),
        keep_alive: facts.keep_alive,
        expects_continue: facts.expects == Some(true) && version == Version::Http11,
        fields: SmallVec::from_slice(request.headers),
    };
    if version == Version::Http10 && facts.framing.is_none() && lacks_length(&head) {
        return Err(Error::LengthRequired);
    }
    Ok(head)
}

/// Whether a request of HTTP/1.0 should have a body, whose end only its length could tell (RFC
/// 1945, section 7.2.2). A message without a body has always been one without a length.
fn lacks_length(head: &RequestHead<'_>) -> bool {
    ["POST", "PUT", "PATCH"].contains(&head.method) && message::recognise(head).is_none()
}

fn response_head<'a>(
    response: &httparse::Response<'_, 'a>,
    bytes: &[u8],
    to_head: bool,
    limits: &Limits,
) -> Result<ResponseHead<'a>, Error> {
    check_line_ends(bytes)?;
    let status = response.code.expect("a complete response has a code");
    if !(100..600).contains(&status) {
        return Err(Error::StatusLine);
    }
    let version = version(response.version);
    let facts = Facts::gather(response.headers, version, limits)?;
    let framing = match status {
        _ if to_head => Framing::Empty,
        100..200 | 204 | 304 => Framing::Empty,
        _ => facts.framing.unwrap_or(Framing::UntilClose),
    };
    Ok(ResponseHead {
        version,
        status,
        reason: response.reason.unwrap_or_default(),
        framing,
        keep_alive: facts.keep_alive && framing != Framing::UntilClose,
        fields: SmallVec::from_slice(response.headers),
    })
}

/// What the headers say about the message and the connection that carries it.
struct Facts {
    framing: Option<Framing>,
    keep_alive: bool,
    /// Whether what the client expects is `100-continue`, if it expects anything.
    expects: Option<bool>,
    hosts: usize,
}

impl Facts {
    fn gather(
        fields: &[httparse::Header<'_>],
        version: Version,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let (mut length, mut coding) = (None, None);
        let (mut close, mut keep, mut expects, mut hosts) = (false, false, None, 0);
        for field in fields {
            // Lengths first: they are compared for every header of every request.
            match field.name.len() {
                4 if field.name.eq_ignore_ascii_case("Host") => hosts += 1,
                6 if field.name.eq_ignore_ascii_case("Expect") => {
                    let known = field.value.eq_ignore_ascii_case(b"100-continue");
                    expects = Some(known && expects != Some(false));
                }
                10 if field.name.eq_ignore_ascii_case("Connection") => {
                    close |= has_token(field.value, b"close");
                    keep |= has_token(field.value, b"keep-alive");
                }
                14 if field.name.eq_ignore_ascii_case("Content-Length") => {
                    once(&mut length, field.value, Error::RepeatedContentLength)?;
                }
                17 if field.name.eq_ignore_ascii_case("Transfer-Encoding") => {
                    once(&mut coding, field.value, Error::RepeatedTransferEncoding)?;
                }
                _ => {}
            }
        }
        Ok(Self {
            framing: framing(length, coding, version, limits)?,
            keep_alive: !close && (keep || version == Version::Http11),
            expects,
            hosts,
        })
    }
}

fn once<T>(slot: &mut Option<T>, value: T, repeated: Error) -> Result<(), Error> {
    if slot.replace(value).is_some() {
        Err(repeated)
    } else {
        Ok(())
    }
}

/// RFC 9112, section 6.3, with every choice taken for refusing.
fn framing(
    length: Option<&[u8]>,
    coding: Option<&[u8]>,
    version: Version,
    limits: &Limits,
) -> Result<Option<Framing>, Error> {
    match (length, coding) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Error::LengthAndTransferEncoding),
        (None, Some(_)) if version == Version::Http10 => Err(Error::TransferEncodingVersion),
        (None, Some(coding)) if coding.eq_ignore_ascii_case(b"chunked") => {
            Ok(Some(Framing::Chunked))
        }
        (None, Some(_)) => Err(Error::TransferEncoding),
        (Some(length), None) => match content_length(length).ok_or(Error::ContentLength)? {
            0 => Ok(Some(Framing::Empty)),
            length if length > limits.body_bytes as u64 => Err(Error::BodyTooLarge),
            length => Ok(Some(Framing::Length(length))),
        },
    }
}

/// Digits only: no sign, no list, nothing that does not fit.
fn content_length(value: &[u8]) -> Option<u64> {
    if value.is_empty() {
        return None;
    }
    value.iter().try_fold(0_u64, |length, byte| {
        let digit = char::from(*byte).to_digit(10)?;
        length.checked_mul(10)?.checked_add(digit.into())
    })
}

fn has_token(list: &[u8], token: &[u8]) -> bool {
    list.split(|byte| *byte == b',')
        .any(|entry| entry.trim_ascii().eq_ignore_ascii_case(token))
}

fn values<'a>(fields: &[httparse::Header<'a>], name: &str) -> impl Iterator<Item = &'a [u8]> {
    fields
        .iter()
        .filter(move |field| field.name.eq_ignore_ascii_case(name))
        .map(|f| f.value)
}

fn version(minor: Option<u8>) -> Version {
    if minor == Some(0) {
        Version::Http10
    } else {
        Version::Http11
    }
}

/// How many bytes at the front are empty lines.
fn blank_lines(bytes: &[u8]) -> usize {
    2 * bytes
        .chunks_exact(2)
        .take_while(|pair| pair == b"\r\n")
        .count()
}

/// httparse takes a bare line feed for the end of a line.
fn check_line_ends(head: &[u8]) -> Result<(), Error> {
    let bare = |at: usize| at == 0 || head[at - 1] != b'\r';
    if memchr::memchr_iter(b'\n', head).any(bare) {
        Err(Error::LineEnd)
    } else {
        Ok(())
    }
}

/// Whether the target that follows the first space does not end within its limit.
fn target_too_long(line: &[u8], limits: &Limits) -> bool {
    if line.len() <= limits.target_bytes {
        return false;
    }
    let mut parts = line.splitn(2, |byte| *byte == b' ');
    let target = parts.nth(1).unwrap_or_default();
    target.len() > limits.target_bytes
        && memchr::memchr3(b' ', b'\r', b'\n', &target[..=limits.target_bytes]).is_none()
}

fn incomplete<T>(bytes: &[u8], limits: &Limits) -> Progress<T> {
    if bytes.len() >= limits.head_bytes {
        Progress::Wrong(Error::HeadTooLarge)
    } else {
        Progress::NeedMore
    }
}

fn request_error(error: httparse::Error, line: &[u8]) -> Error {
    let version = || {
        line.splitn(3, |byte| *byte == b' ')
            .nth(2)
            .unwrap_or_default()
    };
    match error {
        httparse::Error::Version if version().starts_with(b"HTTP/") => Error::Version,
        other => header_error(other).unwrap_or(Error::RequestLine),
    }
}

/// The errors that mean the same in requests and responses.
fn header_error(error: httparse::Error) -> Option<Error> {
    match error {
        httparse::Error::HeaderName => Some(Error::HeaderName),
        httparse::Error::HeaderValue => Some(Error::HeaderValue),
        httparse::Error::NewLine => Some(Error::LineEnd),
        httparse::Error::TooManyHeaders => Some(Error::TooManyHeaders),
        _ => None,
    }
}

fn space_for<'a, 'b>(
    space: &'a mut [Space<'b>; HEADERS_MAX],
    limits: &Limits,
) -> &'a mut [Space<'b>] {
    &mut space[..limits.headers.min(HEADERS_MAX)]
}

type Space<'a> = MaybeUninit<httparse::Header<'a>>;

/// As many headers as there is space for on the stack, whatever the limits say.
const HEADERS_MAX: usize = 256;

/// The methods that a request may have: those of RFC 9110 and the verbs of WebDAV, as C++
/// libprocess knows them. `CONNECT` is not among them: there is no proxy here.
pub const METHODS: &[&str] = &[
    "GET",
    "POST",
    "PUT",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "PATCH",
    "TRACE",
    "COPY",
    "LOCK",
    "MKCOL",
    "MOVE",
    "PROPFIND",
    "PROPPATCH",
    "SEARCH",
    "UNLOCK",
    "BIND",
    "REBIND",
    "UNBIND",
    "ACL",
    "REPORT",
    "MKACTIVITY",
    "CHECKOUT",
    "MERGE",
    "M-SEARCH",
    "NOTIFY",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "PURGE",
    "MKCALENDAR",
    "LINK",
    "UNLINK",
    "SOURCE",
];
