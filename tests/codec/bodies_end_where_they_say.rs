//! A body ends where its framing says, and what follows is left alone.

use libprocess::codec::body::{Decoder, Framing, Piece};
use libprocess::codec::{Error, Limits, Progress};

/// The whole body, and what was left behind it.
fn decoded(framing: Framing, mut input: &[u8]) -> Result<(Vec<u8>, &[u8]), Error> {
    let mut decoder = Decoder::new(framing, &Limits::default());
    let mut body = Vec::new();
    loop {
        match decoder.next(&mut input) {
            Progress::Done(Piece::Data(data)) => body.extend_from_slice(data),
            Progress::Done(Piece::End) => return Ok((body, input)),
            Progress::Wrong(error) => return Err(error),
            Progress::NeedMore => {
                decoder.end_of_input()?;
                assert!(decoder.is_ended());
            }
        }
    }
}

fn chunked(input: &[u8]) -> Result<(Vec<u8>, &[u8]), Error> {
    decoded(Framing::Chunked, input)
}

#[test]
fn plain_bodies() {
    assert_eq!(decoded(Framing::Empty, b"GET"), Ok((vec![], &b"GET"[..])));
    assert_eq!(
        decoded(Framing::Length(0), b"GET"),
        Ok((vec![], &b"GET"[..]))
    );
    assert_eq!(
        decoded(Framing::Length(2), b"hiGET"),
        Ok((b"hi".to_vec(), &b"GET"[..]))
    );
    assert_eq!(
        decoded(Framing::UntilClose, b"all of it"),
        Ok((b"all of it".to_vec(), &b""[..]))
    );
    assert_eq!(decoded(Framing::Length(2), b"h"), Err(Error::Truncated));
}

#[test]
fn chunks() {
    let hello = Ok((b"hello".to_vec(), &b"GET"[..]));
    assert_eq!(chunked(b"5\r\nhello\r\n0\r\n\r\nGET"), hello);
    assert_eq!(chunked(b"1\r\nh\r\n4\r\nello\r\n000\r\n\r\nGET"), hello);
    let sixteen = chunked(b"A\r\n0123456789\r\nf\r\n0123456789abcde\r\n0\r\n\r\n")
        .unwrap()
        .0;
    assert_eq!(sixteen, b"01234567890123456789abcde");
}

#[test]
fn extensions_are_skipped() {
    let hello = Ok((b"hello".to_vec(), &b""[..]));
    assert_eq!(chunked(b"5;name=value\r\nhello\r\n0;last\r\n\r\n"), hello);
    assert_eq!(chunked(b"5 \t;a=\"b;c\"\r\nhello\r\n0\r\n\r\n"), hello);
    assert_eq!(
        chunked(b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
        Err(Error::ChunkSize)
    );
}

#[test]
fn trailers_are_dropped() {
    let hello = Ok((b"hello".to_vec(), &b"GET"[..]));
    assert_eq!(
        chunked(b"5\r\nhello\r\n0\r\nDigest: abc\r\nX:\r\n\r\nGET"),
        hello
    );
    for trailer in [
        "no colon\r\n",
        " folded: x\r\n",
        ": x\r\n",
        "A : x\r\n",
        "A: \x07\r\n",
        "A: b\n",
        "A: b\rc",
    ] {
        let input = format!("5\r\nhello\r\n0\r\n{trailer}\r\n");
        assert_eq!(
            chunked(input.as_bytes()),
            Err(Error::Trailer),
            "{trailer:?}"
        );
    }
}

#[test]
fn bad_chunks_are_refused() {
    for (input, error) in [
        (&b"\r\n"[..], Error::ChunkSize),
        (b";x\r\n", Error::ChunkSize),
        (b"+5\r\nhello\r\n", Error::ChunkSize),
        (b"0x5\r\nhello\r\n", Error::ChunkSize),
        (b" 5\r\nhello\r\n", Error::ChunkSize),
        (b"5 \r\nhello\r\n", Error::ChunkSize),
        (b"g\r\n", Error::ChunkSize),
        (b"5\nhello\r\n", Error::ChunkSize),
        (b"5\r\rhello\r\n", Error::ChunkSize),
        (b"10000000000000000\r\n", Error::BodyTooLarge),
        (b"fffffffffffffffff\r\n", Error::BodyTooLarge),
        (b"5\r\nhello6\r\nworlds", Error::ChunkEnd),
        (b"5\r\nhello\n0\r\n\r\n", Error::ChunkEnd),
        (b"5\r\nhello\rx", Error::ChunkEnd),
        (b"5\r\nhell", Error::Truncated),
        (b"5\r\nhello\r\n0\r\n", Error::Truncated),
        (b"0\r\n\rx", Error::Trailer),
    ] {
        let shown = String::from_utf8_lossy(input);
        assert_eq!(chunked(input), Err(error), "{shown:?}");
    }
}

#[test]
fn what_is_wrong_stays_wrong() {
    let mut decoder = Decoder::new(Framing::Chunked, &Limits::default());
    let mut input: &[u8] = b"x5\r\nhello\r\n0\r\n\r\n";
    assert_eq!(decoder.next(&mut input), Progress::Wrong(Error::ChunkSize));
    assert_eq!(decoder.next(&mut input), Progress::Wrong(Error::ChunkSize));
    assert_eq!(decoder.end_of_input(), Err(Error::ChunkSize));
}
