//! Bytes to values and back, pure: HTTP heads, bodies, URLs, headers and libprocess messages.
//!
//! Everything here is a function over buffers. A parser is given all bytes that have arrived so
//! far and answers with a [`Progress`]: a value and how many bytes it took, a wish for more bytes,
//! or what was wrong. Nothing here knows a socket, a clock or a process, so every parser can be
//! fed byte by byte, replayed and fuzzed.
//!
//! # How strict
//!
//! Two parties that read the same bytes differently is how requests are smuggled, so wherever
//! RFC 9112 lets a recipient choose, the parsers refuse: no folded headers, no space before a
//! colon, no bare line feed, no control bytes, never both a `Content-Length` and a
//! `Transfer-Encoding`, never two lengths, even equal ones. C++ libprocess is more lenient in
//! places; its own senders never use that leniency.
//!
//! Kept lenient, because real peers of libprocess depend on it: a request may lack `Host`, and
//! `Host` may be empty.
//!
//! # The parts
//!
//! A connection reads a [`head`], then a [`body`] framed as the head says. A head that
//! [`message`] recognises is a libprocess message; any other is a request for a [`url`] with
//! [`headers`]. All bounds are in [`Limits`].

mod error;
mod limits;
mod name;

pub mod body;
pub(crate) mod content;
pub mod gzip;
pub mod head;
pub mod headers;
pub mod message;
pub mod url;

pub use error::Error;
pub use limits::Limits;
pub(crate) use name::NameStock;

/// What a parser makes of the bytes that have arrived so far.
///
/// ```
/// use libprocess::codec::{Limits, Progress, head};
///
/// let limits = Limits::default();
/// assert!(matches!(head::parse_request(b"GET / HT", &limits), Progress::NeedMore));
/// let bytes = b"GET / HTTP/1.1\r\n\r\n";
/// let Progress::Done((head, length)) = head::parse_request(bytes, &limits) else { panic!() };
/// assert_eq!((head.method, head.target, length), ("GET", "/", bytes.len()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Progress<T> {
    /// The value is complete.
    Done(T),
    /// So far nothing is wrong, but the value is not complete.
    NeedMore,
    /// No further byte can make this right.
    Wrong(Error),
}

impl<T> Progress<T> {
    /// Applies `f` to a complete value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Progress<U> {
        match self {
            Self::Done(value) => Progress::Done(f(value)),
            Self::NeedMore => Progress::NeedMore,
            Self::Wrong(error) => Progress::Wrong(error),
        }
    }
}
