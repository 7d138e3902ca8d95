//! What two parties could read as two different sequences of requests is refused.
//!
//! Each case is a request that hides another one, `GET /hidden`, behind a framing that somebody
//! might read in another way, with the section of RFC 9112 that lets a server refuse it.

use libprocess::codec::body::{Decoder, Piece};
use libprocess::codec::head::parse_request;
use libprocess::codec::{Error, Limits, Progress};

/// The lines behind `POST / HTTP/1.1` and `Host: h`, why they are refused, and where that stands.
pub(crate) const HEADS: &[(&str, Error, &str)] = &[
    (
        "Content-Length: 0\r\nContent-Length: 27",
        Error::RepeatedContentLength,
        "6.3",
    ),
    (
        "Content-Length: 0\r\nContent-Length: 0",
        Error::RepeatedContentLength,
        "6.3",
    ),
    (
        "Content-Length: 0\r\ncontent-length: 27",
        Error::RepeatedContentLength,
        "6.3",
    ),
    ("Content-Length: 0, 0", Error::ContentLength, "6.3"),
    ("Content-Length: 0, 27", Error::ContentLength, "6.3"),
    ("Content-Length: +0", Error::ContentLength, "6.3"),
    ("Content-Length: -1", Error::ContentLength, "6.3"),
    ("Content-Length: -0", Error::ContentLength, "6.3"),
    ("Content-Length:", Error::ContentLength, "6.3"),
    ("Content-Length: 0x0", Error::ContentLength, "6.3"),
    ("Content-Length: 0;", Error::ContentLength, "6.3"),
    ("Content-Length: 0 0", Error::ContentLength, "6.3"),
    ("Content-Length: \"0\"", Error::ContentLength, "6.3"),
    ("Content-Length: 1e1", Error::ContentLength, "6.3"),
    ("Content-Length: 0.0", Error::ContentLength, "6.3"),
    ("Content-Length: \u{660}", Error::ContentLength, "6.3"),
    (
        "Content-Length: 18446744073709551616",
        Error::ContentLength,
        "6.3",
    ),
    (
        "Content-Length: 99999999999999999999999999",
        Error::ContentLength,
        "6.3",
    ),
    (
        "Content-Length: 18446744073709551615",
        Error::BodyTooLarge,
        "6.3",
    ),
    (
        "Content-Length: 27\r\nTransfer-Encoding: chunked",
        Error::LengthAndTransferEncoding,
        "6.1",
    ),
    (
        "Transfer-Encoding: chunked\r\nContent-Length: 27",
        Error::LengthAndTransferEncoding,
        "6.1",
    ),
    (
        "Content-Length: 27\r\ntRANSFER-eNCODING: chunked",
        Error::LengthAndTransferEncoding,
        "6.1",
    ),
    (
        "Content-Length: 27\r\nTransfer-Encoding: identity",
        Error::LengthAndTransferEncoding,
        "6.1",
    ),
    (
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        Error::RepeatedTransferEncoding,
        "6.1",
    ),
    (
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        Error::RepeatedTransferEncoding,
        "6.1",
    ),
    (
        "Transfer-Encoding: identity",
        Error::TransferEncoding,
        "6.1",
    ),
    (
        "Transfer-Encoding: chunked, identity",
        Error::TransferEncoding,
        "6.1",
    ),
    (
        "Transfer-Encoding: identity, chunked",
        Error::TransferEncoding,
        "6.1",
    ),
    (
        "Transfer-Encoding: gzip, chunked",
        Error::TransferEncoding,
        "6.1",
    ),
    (
        "Transfer-Encoding: chunked, chunked",
        Error::TransferEncoding,
        "7",
    ),
    (
        "Transfer-Encoding: xchunked",
        Error::TransferEncoding,
        "6.1",
    ),
    (
        "Transfer-Encoding: chunkedx",
        Error::TransferEncoding,
        "6.1",
    ),
    (
        "Transfer-Encoding: \"chunked\"",
        Error::TransferEncoding,
        "6.1",
    ),
    (
        "Transfer-Encoding: chunked;q=1",
        Error::TransferEncoding,
        "6.1",
    ),
    ("Transfer-Encoding:", Error::TransferEncoding, "6.1"),
    ("Transfer-Encoding: \u{b}chunked", Error::HeaderValue, "5.5"),
    ("Transfer-Encoding: chunked\0", Error::HeaderValue, "5.5"),
    ("Content-Length : 27", Error::HeaderName, "5.1"),
    ("Transfer-Encoding : chunked", Error::HeaderName, "5.1"),
    ("Transfer-Encoding\t: chunked", Error::HeaderName, "5.1"),
    (" Transfer-Encoding: chunked", Error::HeaderName, "5.2"),
    (
        "X: y\r\n Transfer-Encoding: chunked",
        Error::HeaderName,
        "5.2",
    ),
    ("X: y\r\n\tContent-Length: 27", Error::HeaderName, "5.2"),
    ("Transfer-Encoding:\r\n chunked", Error::HeaderName, "5.2"),
    ("Content-Length: 2\r\n 7", Error::HeaderName, "5.2"),
    ("Content-Length: 0\nX: y", Error::LineEnd, "2.2"),
    ("X: y\nTransfer-Encoding: chunked", Error::LineEnd, "2.2"),
    (
        "X: y\rTransfer-Encoding: chunked",
        Error::HeaderValue,
        "2.2",
    ),
    (
        "X: y\r\r\nTransfer-Encoding: chunked",
        Error::HeaderValue,
        "2.2",
    ),
    ("Content-Length: 0\r", Error::HeaderValue, "2.2"),
    ("Content-Length: 0\n", Error::LineEnd, "2.2"),
    (": chunked", Error::HeaderName, "5"),
    ("Content-Length", Error::HeaderName, "5"),
    ("Content\0-Length: 0", Error::HeaderName, "5.1"),
    ("Content-Length\u{a0}: 0", Error::HeaderName, "5.1"),
    ("Host: other", Error::RepeatedHost, "3.2"),
];

/// Chunked bodies, up to where they go wrong, why, and where that stands.
pub(crate) const BODIES: &[(&str, Error, &str)] = &[
    ("+0\r\n\r\n", Error::ChunkSize, "7.1"),
    ("-0\r\n\r\n", Error::ChunkSize, "7.1"),
    ("-1\r\n", Error::ChunkSize, "7.1"),
    ("0x0\r\n\r\n", Error::ChunkSize, "7.1"),
    ("\r\n0\r\n\r\n", Error::ChunkSize, "7.1"),
    (" 0\r\n\r\n", Error::ChunkSize, "7.1"),
    (";x\r\n", Error::ChunkSize, "7.1"),
    ("g\r\n", Error::ChunkSize, "7.1"),
    ("1g\r\na\r\n", Error::ChunkSize, "7.1"),
    ("1 1\r\na\r\n", Error::ChunkSize, "7.1"),
    ("10000000000000000\r\n", Error::BodyTooLarge, "7.1"),
    ("ffffffffffffffff\r\n", Error::BodyTooLarge, "7.1"),
    ("ffffffffffffffffffff\r\n", Error::BodyTooLarge, "7.1"),
    ("0\n\n", Error::ChunkSize, "2.2"),
    ("1\na\r\n", Error::ChunkSize, "2.2"),
    ("1\r\r\na\r\n", Error::ChunkSize, "2.2"),
    ("1;x\na\r\n", Error::ChunkSize, "7.1.1"),
    ("1;x\ra\r\n", Error::ChunkSize, "7.1.1"),
    ("1;x\0\r\na\r\n", Error::ChunkSize, "7.1.1"),
    ("1\r\nab\r\n", Error::ChunkEnd, "7.1"),
    ("1\r\na\n", Error::ChunkEnd, "7.1"),
    ("1\r\na\r\r\n", Error::ChunkEnd, "7.1"),
    ("1\r\na0\r\n\r\n", Error::ChunkEnd, "7.1"),
    ("0\r\nX\r\n", Error::Trailer, "7.1.2"),
    ("0\r\nX : y\r\n", Error::Trailer, "7.1.2"),
    ("0\r\n X: y\r\n", Error::Trailer, "7.1.2"),
    ("0\r\nX: y\n\r\n", Error::Trailer, "7.1.2"),
    ("0\r\n\n", Error::Trailer, "7.1.2"),
    ("0\r\nX: y\r\r\n", Error::Trailer, "7.1.2"),
    ("0\r\n\rGET", Error::Trailer, "7.1.2"),
];

#[test]
fn heads() {
    for (lines, error, section) in HEADS {
        let text = format!("POST / HTTP/1.1\r\nHost: h\r\n{lines}\r\n\r\n");
        let parsed = parse_request(text.as_bytes(), &Limits::default());
        assert_eq!(
            parsed,
            Progress::Wrong(*error),
            "{lines:?}, RFC 9112, {section}"
        );
    }
}

#[test]
fn bodies() {
    for (text, error, section) in BODIES {
        let framing = libprocess::codec::body::Framing::Chunked;
        let mut decoder = Decoder::new(framing, &Limits::default());
        let mut input = text.as_bytes();
        let failed = loop {
            match decoder.next(&mut input) {
                Progress::Done(Piece::Data(_)) => {}
                other => break other,
            }
        };
        assert_eq!(
            failed,
            Progress::Wrong(*error),
            "{text:?}, RFC 9112, {section}"
        );
    }
}
