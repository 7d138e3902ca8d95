//! Heads of requests and responses as bytes.
//!
//! What the connection decides is decided here, in one place: the framing of the body, `Date` and
//! `Connection`. A handler's own `Content-Length`, `Transfer-Encoding` and `Date` are not sent:
//! they could only be the same or wrong.

use std::fmt;
use std::io::Write as _;

use super::{Body, Method, Request, Response, Url, accept};
use crate::codec::head::{RequestHead, Version};
use crate::codec::headers::Headers;
use crate::codec::message;
use crate::time::Time;

/// What a response has to know of its request and of their connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    /// Whether the request was a `HEAD`.
    pub to_head: bool,
    /// The version in which the client asked.
    pub version: Version,
    /// Whether the connection is kept after the response.
    pub keep_alive: bool,
    /// Whether the client takes a body that is compressed by gzip.
    pub accepts_gzip: bool,
}

impl Exchange {
    /// What a response to the request of this head has to know.
    pub fn of(head: &RequestHead<'_>) -> Self {
        Self {
            to_head: head.method == Method::HEAD.as_str(),
            version: head.version,
            keep_alive: head.keep_alive,
            accepts_gzip: accepts_gzip(head),
        }
    }

    /// What the response to a plain request of HTTP/1.1 has to know.
    pub fn plain() -> Self {
        Self {
            keep_alive: true,
            ..Self::last()
        }
    }

    /// What the last response of a connection has to know whose request was never understood.
    pub fn last() -> Self {
        Self {
            to_head: false,
            version: Version::Http11,
            keep_alive: false,
            accepts_gzip: false,
        }
    }
}

/// RFC 9110, section 5.3: values of one name on several lines are one list.
fn accepts_gzip(head: &RequestHead<'_>) -> bool {
    let lists: Vec<_> = head.all("Accept-Encoding").collect();
    !lists.is_empty() && accept::encoding(&lists.join(&b','), "gzip")
}

/// How a body follows its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Sending {
    /// Not at all.
    Nothing,
    /// As it is.
    Plain,
    /// In chunks.
    Chunks,
    /// As it is, and the connection ends with it: an HTTP/1.0 client knows no chunks.
    UntilClose,
}

impl Response {
    /// Appends the status line and the headers to `out`; says how the body has to follow, and
    /// whether the connection is kept after it.
    ///
    /// ```
    /// use libprocess::http::{Date, Exchange, Response, Sending};
    /// use libprocess::time::Time;
    ///
    /// let exchange = Exchange::plain();
    /// let mut out = Vec::new();
    /// let date = Date::new().at(Time::EPOCH).to_owned();
    /// let (sending, keep_alive) = Response::accepted().encode_head(exchange, &date, &mut out);
    /// assert_eq!((sending, keep_alive), (Sending::Nothing, true));
    /// assert_eq!(
    ///     String::from_utf8(out)?,
    ///     "HTTP/1.1 202 Accepted\r\n\
    ///      Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\
    ///      Content-Length: 0\r\n\
    ///      \r\n",
    /// );
    /// # Ok::<(), std::string::FromUtf8Error>(())
    /// ```
    pub fn encode_head(
        &self,
        exchange: Exchange,
        date: &str,
        out: &mut Vec<u8>,
    ) -> (Sending, bool) {
        let length = match &self.body {
            Body::Empty => Some(0),
            Body::Bytes(bytes) => Some(bytes.len() as u64),
            Body::Pipe(reader) => reader.length(),
        };
        let bodiless = exchange.to_head || self.status.is_bodiless();
        let sending = match length {
            _ if bodiless => Sending::Nothing,
            Some(0) => Sending::Nothing,
            Some(_) => Sending::Plain,
            None if exchange.version == Version::Http10 => Sending::UntilClose,
            None => Sending::Chunks,
        };
        let is_plain = !self.headers.iter().any(|(name, _)| is_in(OF_SERVER, name));
        let keep_alive = exchange.keep_alive
            && sending != Sending::UntilClose
            && (is_plain || !self.headers.has_token("Connection", "close"));

        out.reserve(self.headers.as_text().len() + HEAD_BYTES);
        let digit = |of: u16| b'0' + (self.status.code() / of % 10) as u8;
        out.extend_from_slice(b"HTTP/1.1 ");
        out.extend_from_slice(&[digit(100), digit(10), digit(1), b' ']);
        out.extend_from_slice(self.status.reason().as_bytes());
        out.extend_from_slice(b"\r\nDate: ");
        out.extend_from_slice(date.as_bytes());
        out.extend_from_slice(b"\r\n");
        if is_plain {
            out.extend_from_slice(self.headers.as_text().as_bytes());
        } else {
            encode_fields(&self.headers, OF_SERVER, out);
        }
        match length {
            _ if self.status.is_bodiless() => {}
            Some(length) => encode_length(length, out),
            None if exchange.version == Version::Http11 => {
                push(out, &[CHUNKED]);
            }
            None => {}
        }
        if !is_plain {
            encode_connection(&self.headers, out);
        }
        encode_keeping(exchange.version, keep_alive, out);
        out.extend_from_slice(b"\r\n");
        (sending, keep_alive)
    }
}

impl Request {
    /// Appends the request line and the headers to `out`; says how the body has to follow. The
    /// fragment is not sent: it is for who asks (RFC 9110, section 7.1). C++ libprocess sends it.
    ///
    /// # Errors
    ///
    /// The path holds a character that would end or break the request line.
    ///
    /// ```
    /// use libprocess::http::{Method, Request, Sending};
    ///
    /// let mut request = Request::new(Method::POST, "/p/echo?a=b c")?.with_body("hi");
    /// request.keep_alive = false;
    /// let mut out = Vec::new();
    /// assert_eq!(request.encode_head("127.0.0.1:5050", &mut out), Ok(Sending::Plain));
    /// assert_eq!(
    ///     String::from_utf8(out)?,
    ///     "POST /p/echo?a=b%20c HTTP/1.1\r\n\
    ///      Host: 127.0.0.1:5050\r\n\
    ///      Content-Length: 2\r\n\
    ///      Connection: close\r\n\
    ///      \r\n",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn encode_head(&self, host: &str, out: &mut Vec<u8>) -> Result<Sending, InvalidTarget> {
        let Url { path, query, .. } = &self.url;
        if message::check_name(path).is_err() {
            return Err(InvalidTarget(path.as_str().into()));
        }
        push(out, &[self.method.as_str(), " ", path]);
        if !query.is_empty() {
            write!(out, "?{query}").expect("a vector takes every write");
        }
        push(out, &[" HTTP/1.1\r\nHost: ", host, "\r\n"]);
        encode_fields(&self.headers, OF_CLIENT, out);
        let sending = match &self.body {
            Body::Empty if matches!(self.method, Method::GET | Method::HEAD) => Sending::Nothing,
            Body::Empty => {
                encode_length(0, out);
                Sending::Nothing
            }
            Body::Bytes(bytes) => {
                encode_length(bytes.len() as u64, out);
                Sending::Plain
            }
            Body::Pipe(reader) => match reader.length() {
                Some(length) => {
                    encode_length(length, out);
                    Sending::Plain
                }
                None => {
                    push(out, &[CHUNKED]);
                    Sending::Chunks
                }
            },
        };
        encode_connection(&self.headers, out);
        encode_keeping(Version::Http11, self.keep_alive, out);
        out.extend_from_slice(b"\r\n");
        Ok(sending)
    }
}

/// A request's path would end or break the request line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidTarget(Box<str>);

impl fmt::Display for InvalidTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} cannot stand in a request line", self.0)
    }
}

impl std::error::Error for InvalidTarget {}

/// The value of `Date`, formatted once a second and not once a response.
#[derive(Debug, Clone, Default)]
pub struct Date {
    second: Option<u64>,
    text: String,
}

impl Date {
    /// Nothing formatted yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value at `now`.
    pub fn at(&mut self, now: Time) -> &str {
        let second = now.as_nanos() / 1_000_000_000;
        if self.second != Some(second) {
            self.second = Some(second);
            self.text = now.rfc1123();
        }
        &self.text
    }
}

/// Encodes what is sent as it stands.
fn encode_fields(headers: &Headers, but: &[&str], out: &mut Vec<u8>) {
    for (name, value) in headers.iter() {
        if !is_in(but, name) {
            push(out, &[name, ": ", value, "\r\n"]);
        }
    }
}

fn is_in(names: &[&str], name: &str) -> bool {
    names.iter().any(|other| other.eq_ignore_ascii_case(name))
}

fn encode_length(length: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"Content-Length: ");
    out.extend_from_slice(itoa::Buffer::new().format(length).as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// Encodes what else `Connection` says than what becomes of it.
fn encode_connection(headers: &Headers, out: &mut Vec<u8>) {
    for value in headers.get_all("Connection") {
        let is_other = |token: &&str| {
            !["close", "keep-alive"]
                .iter()
                .any(|ours| ours.eq_ignore_ascii_case(token))
        };
        let others: Vec<_> = value.split(',').map(str::trim).filter(is_other).collect();
        if !others.is_empty() {
            push(out, &["Connection: ", &others.join(", "), "\r\n"]);
        }
    }
}

/// Says what becomes of the connection, where that is not what the version says by itself.
fn encode_keeping(version: Version, keep_alive: bool, out: &mut Vec<u8>) {
    match (version, keep_alive) {
        (_, false) => push(out, &["Connection: close\r\n"]),
        (Version::Http10, true) => push(out, &["Connection: keep-alive\r\n"]),
        (Version::Http11, true) => {}
    }
}

fn push(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

/// Headers about which the server's connection decides, and not who answers.
const OF_SERVER: &[&str] = &["Date", "Connection", "Content-Length", "Transfer-Encoding"];

/// And the client's, and not who asks.
const OF_CLIENT: &[&str] = &["Host", "Connection", "Content-Length", "Transfer-Encoding"];

/// What a head of few fields takes beside their text.
const HEAD_BYTES: usize = 192;

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";
