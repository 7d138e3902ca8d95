//! What holds for every sequence of bytes.
//!
//! A function a target. Each takes whatever bytes there are and panics where something does not
//! hold; a fuzzer looks for such bytes, and the tests try those that were kept.

use std::net::Shutdown;

use libprocess::address::{Address, Upid};
use libprocess::codec::body::{Decoder, Framing, Piece, encode_chunk, encode_last_chunk};
use libprocess::codec::head::{RequestHead, parse_request, parse_response};
use libprocess::codec::message::{self, Message};
use libprocess::codec::url::{Query, Target, decode, encode};
use libprocess::codec::{Error, Limits, Progress};
use libprocess::http::authentication::Challenge;
use libprocess::http::{AbsoluteUrl, Exchange, Headers, Request, Response, Status};

use crate::net::world::{self, Nodes, World};
use crate::web::site::Site;

/// A head is what it is whatever follows it, and nothing as long as a byte of it is missing.
pub fn request_head(bytes: &[u8]) {
    let Progress::Done((head, length)) = parse_request(bytes, &limits()) else {
        return;
    };
    assert!(!has_bare_line_feed(&bytes[..length]));
    assert_eq!(
        parse_request(&bytes[..length], &limits()),
        Progress::Done((head.clone(), length))
    );
    for cut in [length - 1, length / 2] {
        let part = parse_request(&bytes[..cut], &limits());
        assert_eq!(part, Progress::NeedMore, "cut at {cut}");
    }
    look(&head);
}

fn look(head: &RequestHead<'_>) {
    let _ = Request::from_head(head, None);
    if let Some(message) = message::recognise(head) {
        let _ = (message.id(), message.sender());
    }
}

/// As [`request_head`].
pub fn response_head(bytes: &[u8]) {
    let Some((to_head, bytes)) = bytes.split_first() else {
        return;
    };
    let to_head = to_head % 2 == 1;
    let Progress::Done((head, length)) = parse_response(bytes, to_head, &limits()) else {
        return;
    };
    assert!(!has_bare_line_feed(&bytes[..length]));
    assert_eq!(
        parse_response(&bytes[..length], to_head, &limits()),
        Progress::Done((head, length))
    );
    let part = parse_response(&bytes[..length - 1], to_head, &limits());
    assert_eq!(part, Progress::NeedMore);
}

/// A body is the same however it is cut, and so is what is wrong with it; and what was decoded is
/// decoded again from chunks of any size.
pub fn chunked_body(bytes: &[u8]) {
    let [first, second, bytes @ ..] = bytes else {
        return;
    };
    let whole = decoded(&[bytes]);
    for size in [first, second] {
        let pieces: Vec<_> = bytes.chunks(usize::from(*size).max(1)).collect();
        assert_eq!(decoded(&pieces), whole, "cut every {size} bytes");
    }
    let (data, _, _) = whole;
    let mut again = Vec::new();
    for chunk in data.chunks(usize::from(*first).max(1)) {
        encode_chunk(chunk, &mut again);
    }
    encode_last_chunk(&mut again);
    assert_eq!(decoded(&[&again]), (data, 0, Ok(true)));
}

/// What is in a body, how many bytes follow it, and whether it came to its end.
fn decoded(pieces: &[&[u8]]) -> (Vec<u8>, usize, Result<bool, Error>) {
    let mut decoder = Decoder::new(Framing::Chunked, &limits());
    let mut data = Vec::new();
    let mut left = 0;
    for piece in pieces {
        let mut input = *piece;
        loop {
            match decoder.next(&mut input) {
                Progress::Done(Piece::Data(more)) => data.extend_from_slice(more),
                Progress::Done(Piece::End) => {
                    left += input.len();
                    break;
                }
                Progress::NeedMore => break,
                // Some of the data before it may have been given out, or not.
                Progress::Wrong(error) => return (Vec::new(), 0, Err(error)),
            }
        }
    }
    (data, left, Ok(decoder.is_ended()))
}

/// A connection brings the same, and is answered the same, however its bytes are cut.
pub fn connection(bytes: &[u8]) {
    let Some((seed, bytes)) = bytes.split_first() else {
        return;
    };
    // A body that is read while it arrives may break off after it was handed over.
    if holds(bytes, b"/stream") {
        return;
    }
    let mut random = u32::from(*seed) | 0x100;
    let mut cuts = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        random = random.wrapping_mul(1_103_515_245).wrapping_add(12345);
        let (piece, after) = rest.split_at((random as usize >> 16) % 40 % rest.len() + 1);
        cuts.push(piece);
        rest = after;
    }
    assert_eq!(converse(&cuts), converse(&[bytes]));
}

/// Says the pieces one after the other, and answers whatever arrives; what arrived, and what came
/// back.
fn converse(pieces: &[&[u8]]) -> (Vec<String>, Vec<Message>, String) {
    let world = Nodes::new();
    let site = Site::with(&world, None, limits());
    let stream = site.dial();
    let (mut requests, mut messages) = (Vec::new(), Vec::new());
    for piece in pieces {
        if site.wait(world::write_all(&*stream, piece)).is_err() {
            break;
        }
        site.settle();
        while site.desk.waiting() > 0 {
            let (request, promise) = site.desk.request();
            let body = request.body.bytes().expect("a whole body");
            let text = format!("{} {} {body:?}", request.method, request.url.path);
            promise.set(Response::ok(text.clone()));
            requests.push(text);
            site.settle();
        }
        messages.append(&mut site.desk.messages());
    }
    let _ = stream.shutdown(Shutdown::Write);
    let heard = site.wait(world::read_to_end(&*stream)).unwrap_or_default();
    let heard = String::from_utf8_lossy(&heard);
    // Whether a client has to be told to go on depends on what it has sent already.
    let heard = heard.replace("HTTP/1.1 100 Continue\r\n\r\n", "");
    (requests, messages, without_reason(heard))
}

/// Where more than one thing is wrong with a request, it depends on the cut which is found first.
fn without_reason(mut heard: String) -> String {
    if let Some(last) = heard.rfind("HTTP/1.1 ")
        && ["4", "5"]
            .iter()
            .any(|class| heard[last + 9..].starts_with(class))
        && heard[last..].contains("Connection: close")
    {
        heard.truncate(last);
        heard.push_str("refused");
    }
    heard
}

/// A message that can be encoded arrives as it was sent.
pub fn message(bytes: &[u8]) {
    let mut parts = bytes.splitn(4, |byte| *byte == 0);
    let mut text = || std::str::from_utf8(parts.next().unwrap_or_default()).unwrap_or("x");
    let (name, from, to) = (text(), text(), text());
    let sent = Message {
        name: name.to_owned().into(),
        from: Upid::new(from, Address::loopback(1)),
        to: Upid::new(to, Address::loopback(2)),
        body: parts.next().unwrap_or_default().to_vec().into(),
    };
    let mut wire = Vec::new();
    // Who has no id is reached by a name alone, which then reads as an id.
    if to.is_empty() || message::encode(&sent, &mut wire).is_err() {
        return;
    }
    let Progress::Done((head, length)) = parse_request(&wire, &Limits::default()) else {
        // A name may be longer than a target may be.
        return assert!(
            name.len() + from.len() + to.len() > 1000,
            "it is not a request"
        );
    };
    let heard = message::recognise(&head).expect("it is a message");
    assert_eq!(heard.name, name);
    assert_eq!(heard.sender(), Some(sent.from));
    assert_eq!(heard.id().as_deref(), Ok(to));
    let mut decoder = Decoder::new(head.framing, &Limits::default());
    let mut input = &wire[length..];
    let mut body = Vec::new();
    while let Progress::Done(Piece::Data(data)) = decoder.next(&mut input) {
        body.extend_from_slice(data);
    }
    assert!(decoder.is_ended() && input.is_empty() && body == sent.body);
}

/// What a query says it says again when it is printed; what is encoded is decoded.
pub fn url(bytes: &[u8]) {
    assert_eq!(decode(&encode(bytes, "")).as_deref(), Ok(bytes));
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let target = Target::parse(text);
    let _ = (target.first_segment(), decode(target.path));
    if let Ok(query) = Query::parse(target.query.unwrap_or_default()) {
        let printed = query.to_string();
        let again = Query::parse(&printed).expect("what was printed can be read");
        // A pair without a key and a value is printed as nothing.
        let is_something = |pair: &(&str, &str)| !pair.0.is_empty() || !pair.1.is_empty();
        assert!(
            query.iter().filter(is_something).eq(again.iter()),
            "{printed}"
        );
    }
    if let Ok(url) = text.parse::<AbsoluteUrl>() {
        let printed = url.to_string().parse::<AbsoluteUrl>();
        let again = printed.expect("what was printed can be read");
        assert_eq!((again.port(), again.host), (url.port(), url.host));
        assert_eq!(again.target.path, url.target.path);
    }
}

/// What is a name stays it.
pub fn upid(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(upid) = text.parse::<Upid>() {
        assert_eq!(upid.to_string().parse(), Ok(upid));
    }
}

/// Headers that may be set arrive as they were set.
pub fn headers(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(challenges) = Challenge::parse(&text) {
        // Each names its realm, and was not made of nothing.
        let length: usize = challenges
            .iter()
            .map(|one| one.scheme.len() + one.realm().len())
            .sum();
        assert!(!challenges.is_empty() && length <= text.len());
    }
    let mut headers = Headers::new();
    for line in text.split('\n').take(50) {
        let (name, value) = line.split_once('\0').unwrap_or((line, ""));
        let _ = headers.append(name, value);
    }
    let mut response = Response::new(Status::NO_CONTENT);
    response.headers = headers;
    let mut wire = Vec::new();
    let _ = response.encode_head(Exchange::last(), "now", &mut wire);
    let Progress::Done((head, length)) = parse_response(&wire, false, &Limits::default()) else {
        return assert!(wire.len() > 10_000, "it is not a response");
    };
    assert_eq!(length, wire.len());
    let heard = head.headers();
    let ours = ["Date", "Connection", "Content-Length", "Transfer-Encoding"];
    let is_theirs =
        |pair: &(&str, &str)| !ours.iter().any(|name| pair.0.eq_ignore_ascii_case(name));
    let trim = |pair: (&str, &str)| {
        (
            pair.0.to_owned(),
            pair.1.trim_matches([' ', '\t']).to_owned(),
        )
    };
    let sent: Vec<_> = response
        .headers
        .iter()
        .filter(is_theirs)
        .map(trim)
        .collect();
    let heard: Vec<_> = heard.iter().filter(is_theirs).map(trim).collect();
    assert_eq!(sent, heard);
}

/// Small, so that few bytes reach them.
fn limits() -> Limits {
    Limits {
        head_bytes: 1000,
        headers: 20,
        target_bytes: 200,
        body_bytes: 500,
        chunk_line_bytes: 30,
        trailer_bytes: 50,
        ..Limits::default()
    }
}

fn has_bare_line_feed(bytes: &[u8]) -> bool {
    let mut before = 0;
    bytes.iter().any(|byte| {
        let is_bare = *byte == b'\n' && before != b'\r';
        before = *byte;
        is_bare
    })
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
