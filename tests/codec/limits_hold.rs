//! Nothing that a peer sends is without bound, and the answer says which bound it was.

use libprocess::codec::body::{Decoder, Framing, Piece};
use libprocess::codec::head::parse_request;
use libprocess::codec::{Error, Limits, Progress};

fn refused(text: &str, limits: &Limits) -> u16 {
    match parse_request(text.as_bytes(), limits) {
        Progress::Wrong(error) => error.status(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn heads() {
    let limits = Limits {
        head_bytes: 100,
        ..Limits::default()
    };
    let head = |bytes: usize| {
        let empty = "GET / HTTP/1.1\r\nA: \r\n\r\n".len();
        format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "x".repeat(bytes - empty))
    };
    assert!(matches!(
        parse_request(head(100).as_bytes(), &limits),
        Progress::Done((_, 100))
    ));
    assert_eq!(refused(&head(101), &limits), 431);
    assert_eq!(refused(&head(101)[..100], &limits), 431);
    assert_eq!(
        parse_request(&head(101).as_bytes()[..99], &limits),
        Progress::NeedMore
    );
    assert_eq!(refused(&"\r\n".repeat(50), &limits), 431);
}

#[test]
fn header_lines() {
    let limits = Limits {
        headers: 3,
        ..Limits::default()
    };
    let head = |count| format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(count));
    assert!(matches!(
        parse_request(head(3).as_bytes(), &limits),
        Progress::Done(_)
    ));
    assert_eq!(refused(&head(4), &limits), 431);
    assert_eq!(refused(&head(101), &Limits::default()), 431);
}

#[test]
fn targets() {
    let limits = Limits {
        target_bytes: 20,
        ..Limits::default()
    };
    let head = |bytes: usize| format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(bytes - 1));
    assert!(matches!(
        parse_request(head(20).as_bytes(), &limits),
        Progress::Done(_)
    ));
    assert_eq!(refused(&head(21), &limits), 414);
    // As soon as it is known, not when the line ends.
    assert_eq!(refused(&head(100)[..30], &limits), 414);
}

#[test]
fn bodies() {
    let limits = Limits {
        body_bytes: 10,
        ..Limits::default()
    };
    assert_eq!(
        refused("POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n", &limits),
        413
    );
    let outcome = |framing, input: &'static [u8]| {
        let mut decoder = Decoder::new(framing, &limits);
        let mut input = input;
        loop {
            match decoder.next(&mut input) {
                Progress::Done(_) => {}
                other => return other,
            }
        }
    };
    let wrong = Progress::Wrong(Error::BodyTooLarge);
    assert_eq!(outcome(Framing::Chunked, b"b\r\n"), wrong);
    assert_eq!(outcome(Framing::Chunked, b"6\r\n123456\r\n5\r\n"), wrong);
    assert_eq!(outcome(Framing::UntilClose, b"12345678901"), wrong);
}

#[test]
fn lines_between_chunks() {
    let limits = Limits {
        chunk_line_bytes: 10,
        trailer_bytes: 10,
        ..Limits::default()
    };
    let outcome = |mut input: &[u8]| {
        let mut decoder = Decoder::new(Framing::Chunked, &limits);
        loop {
            match decoder.next(&mut input) {
                Progress::Done(Piece::End) => return Ok(()),
                Progress::Done(_) => {}
                Progress::NeedMore => panic!("more is wanted"),
                Progress::Wrong(error) => return Err(error),
            }
        }
    };
    assert_eq!(outcome(b"1;345678\r\nx\r\n0\r\nA: 34567\r\n\r\n"), Ok(()));
    assert_eq!(outcome(b"1;3456789012\r\nx"), Err(Error::ChunkSize));
    assert_eq!(outcome(b"00000000001\r\nx"), Err(Error::ChunkSize));
    assert_eq!(
        outcome(b"0\r\nA: 34567890123\r\n\r\n"),
        Err(Error::TrailersTooLarge)
    );
    assert_eq!(
        outcome(b"0\r\nA: 3456\r\nB: 3456\r\n\r\n"),
        Err(Error::TrailersTooLarge)
    );
}
