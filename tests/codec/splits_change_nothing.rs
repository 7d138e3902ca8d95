//! Bytes that arrive one by one, or cut anywhere, mean the same as bytes that arrive at once.

use libprocess::codec::body::{Decoder, Framing, Piece};
use libprocess::codec::head::{parse_request, parse_response};
use libprocess::codec::{Error, Limits, Progress};
use proptest::prelude::*;

const REQUESTS: &[&str] = &[
    "POST /p/m HTTP/1.1\r\nUser-Agent: libprocess/a@1.2.3.4:5\r\nHost: \r\n\r\n",
    "\r\nGET /a?b=c#d HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\n\r\n",
    "GET / HTTP/2.0\r\n\r\n",
    "GET / HTTP/1.1\r\nA : b\r\n\r\n",
    "GET / HTTP/1.1\nA: b\n\n",
    "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "get / HTTP/1.1\r\n\r\n",
    "hello\r\n\r\n",
];

#[test]
fn heads_of_requests() {
    let limits = Limits::default();
    for text in REQUESTS {
        let whole = parse_request(text.as_bytes(), &limits);
        assert_ne!(whole, Progress::NeedMore, "{text:?}");
        let answer = (1..=text.len())
            .map(|length| parse_request(&text.as_bytes()[..length], &limits))
            .find(|progress| *progress != Progress::NeedMore)
            .unwrap();
        assert_eq!(answer, whole, "{text:?}");
    }
}

#[test]
fn heads_of_responses() {
    let limits = Limits::default();
    let text = b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello";
    let head = text.len() - 5;
    for length in 1..head {
        assert_eq!(
            parse_response(&text[..length], false, &limits),
            Progress::NeedMore
        );
    }
    let Progress::Done((_, length)) = parse_response(text, false, &limits) else {
        panic!()
    };
    assert_eq!(length, head);
}

/// The body of `input`, fed in pieces of these lengths, and how many bytes it took.
fn fed(framing: Framing, input: &[u8], pieces: &[usize]) -> Result<(Vec<u8>, usize), Error> {
    let mut decoder = Decoder::new(framing, &Limits::default());
    let (mut body, mut taken, mut start) = (Vec::new(), 0, 0);
    let mut pieces = pieces.iter().copied().cycle();
    loop {
        let end = input.len().min(start + pieces.next().unwrap());
        let mut piece = &input[start..end];
        loop {
            let before = piece.len();
            let progress = decoder.next(&mut piece);
            taken += before - piece.len();
            match progress {
                Progress::Done(Piece::Data(data)) => body.extend_from_slice(data),
                Progress::Done(Piece::End) => return Ok((body, taken)),
                Progress::Wrong(error) => return Err(error),
                Progress::NeedMore => {
                    assert!(piece.is_empty(), "with NeedMore all of the input was taken");
                    break;
                }
            }
        }
        if end == input.len() {
            decoder.end_of_input()?;
        }
        start = end;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn bodies(
        chunks in "([0-9a-f]{0,2}(;[a-z]{0,3})?\r\n[a-z]{0,9}\r\n){0,3}",
        end in "0\r\n(a: b\r\n)?\r\n[a-z]{0,3}",
        length in 0_u64..20,
        pieces in proptest::collection::vec(1_usize..9, 1..4),
    ) {
        let input = chunks + &end;
        for framing in [Framing::Chunked, Framing::Length(length), Framing::UntilClose] {
            let whole = fed(framing, input.as_bytes(), &[input.len()]);
            prop_assert_eq!(&fed(framing, input.as_bytes(), &pieces), &whole);
            prop_assert_eq!(&fed(framing, input.as_bytes(), &[1]), &whole);
        }
    }

    #[test]
    fn chunks_that_are_written_are_read(chunks in proptest::collection::vec("[a-z]{0,40}", 0..5)) {
        let mut bytes = Vec::new();
        for chunk in &chunks {
            libprocess::codec::body::encode_chunk(chunk.as_bytes(), &mut bytes);
        }
        libprocess::codec::body::encode_last_chunk(&mut bytes);
        let length = bytes.len();
        bytes.extend_from_slice(b"next");
        let whole = chunks.concat().into_bytes();
        prop_assert_eq!(fed(Framing::Chunked, &bytes, &[bytes.len()]), Ok((whole, length)));
    }
}
