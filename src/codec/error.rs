//! What was wrong with bytes from a peer.

use std::fmt;

/// What was wrong with bytes from a peer.
///
/// A server answers with [`status`](Self::status) and closes the connection: after most of these
/// nobody knows where the next request begins.
///
/// ```
/// use libprocess::codec::{Error, Limits, Progress, head};
///
/// let bytes = b"GET / HTTP/3.0\r\n\r\n";
/// let error = head::parse_request(bytes, &Limits::default());
/// assert_eq!(error, Progress::Wrong(Error::Version));
/// assert_eq!(Error::Version.status(), 505);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The request line is not `METHOD target HTTP/x.y`.
    RequestLine,
    /// The method is well formed but nobody knows it.
    Method,
    /// The target is longer than [`Limits::target_bytes`](super::Limits::target_bytes).
    TargetTooLong,
    /// The version is neither `HTTP/1.0` nor `HTTP/1.1`.
    Version,
    /// The status line of a response is not `HTTP/x.y code reason`.
    StatusLine,
    /// A header's name holds a byte that no token may hold, a folded line or a space before the
    /// colon among them.
    HeaderName,
    /// A header's value holds a control byte.
    HeaderValue,
    /// A line ends in a line feed without its carriage return, or the other way around.
    LineEnd,
    /// The head is larger than [`Limits::head_bytes`](super::Limits::head_bytes).
    HeadTooLarge,
    /// There are more headers than [`Limits::headers`](super::Limits::headers).
    TooManyHeaders,
    /// There is more than one `Host`.
    RepeatedHost,
    /// `Content-Length` is not one plain decimal number, or does not fit.
    ContentLength,
    /// There is more than one `Content-Length`, be they equal.
    RepeatedContentLength,
    /// There are both a `Content-Length` and a `Transfer-Encoding`.
    LengthAndTransferEncoding,
    /// There is a `Transfer-Encoding` in a message of HTTP/1.0, which has none.
    TransferEncodingVersion,
    /// There is more than one `Transfer-Encoding`.
    RepeatedTransferEncoding,
    /// The `Transfer-Encoding` is another than `chunked`.
    TransferEncoding,
    /// A request of HTTP/1.0 that should have a body does not say how long it is.
    LengthRequired,
    /// The client expects something else than `100-continue`.
    Expectation,
    /// A chunk's size is not a plain hexadecimal number, or its line is too long.
    ChunkSize,
    /// A chunk's data is not followed by the end of its line.
    ChunkEnd,
    /// A trailer is not a header line.
    Trailer,
    /// The trailers are larger than [`Limits::trailer_bytes`](super::Limits::trailer_bytes).
    TrailersTooLarge,
    /// The body is larger than [`Limits::body_bytes`](super::Limits::body_bytes).
    BodyTooLarge,
    /// The body does not decompress.
    Compression,
    /// The connection ended within the body.
    Truncated,
}

impl Error {
    /// The code of the response that tells a client of it.
    pub fn status(self) -> u16 {
        match self {
            Self::LengthRequired => 411,
            Self::BodyTooLarge => 413,
            Self::TargetTooLong => 414,
            Self::Expectation => 417,
            Self::HeadTooLarge | Self::TooManyHeaders | Self::TrailersTooLarge => 431,
            Self::Method | Self::TransferEncoding => 501,
            Self::Version => 505,
            _ => 400,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RequestLine => "malformed request line",
            Self::Method => "unknown method",
            Self::TargetTooLong => "request target too long",
            Self::Version => "http version other than 1.0 and 1.1",
            Self::StatusLine => "malformed status line",
            Self::HeaderName => "malformed header name",
            Self::HeaderValue => "control byte in a header value",
            Self::LineEnd => "line does not end in carriage return and line feed",
            Self::HeadTooLarge => "head too large",
            Self::TooManyHeaders => "too many headers",
            Self::RepeatedHost => "more than one host header",
            Self::ContentLength => "content-length is not a plain number in range",
            Self::RepeatedContentLength => "more than one content-length",
            Self::LengthAndTransferEncoding => "both content-length and transfer-encoding",
            Self::TransferEncodingVersion => "transfer-encoding in http/1.0",
            Self::RepeatedTransferEncoding => "more than one transfer-encoding",
            Self::TransferEncoding => "transfer-encoding other than chunked",
            Self::LengthRequired => "request body without a content-length",
            Self::Expectation => "expectation other than 100-continue",
            Self::ChunkSize => "malformed chunk size",
            Self::ChunkEnd => "chunk does not end where its size says",
            Self::Trailer => "malformed trailer",
            Self::TrailersTooLarge => "trailers too large",
            Self::BodyTooLarge => "body too large",
            Self::Compression => "body does not decompress",
            Self::Truncated => "connection ended within the body",
        })
    }
}

impl std::error::Error for Error {}
