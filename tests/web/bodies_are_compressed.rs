//! gzip, both ways: what arrives is decompressed within its limit, what leaves is compressed where
//! the client takes that.

use libprocess::codec::{Limits, gzip};
use libprocess::http::{Body, Response, Status};

use super::site::{Site, last_answer};
use crate::net::world::{Nodes, World, read, write_all};

fn post(path: &str, encoding: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nContent-Encoding: {encoding}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[test]
fn requests_are_decompressed_however_they_are_cut() {
    let world = Nodes::new();
    let site = Site::new(&world);
    let stream = site.dial();
    let plain = "hello ".repeat(1000);
    for encoding in ["gzip", "GZIP", "x-gzip"] {
        let request = post("/p", encoding, &gzip::compress(plain.as_bytes()));
        for size in [1, 100, request.len()] {
            for piece in request.chunks(size) {
                site.say(&*stream, piece);
            }
            let (request, promise) = site.desk.request();
            assert!(request.body == plain.clone().into());
            promise.set(Response::accepted());
            site.settle();
        }
    }
}

#[test]
fn streamed_requests_are_decompressed() {
    let world = Nodes::new();
    let site = Site::new(&world);
    let stream = site.dial();
    let plain = "hello ".repeat(1000);
    let request = post("/p/stream", "gzip", &gzip::compress(plain.as_bytes()));
    for piece in request.chunks(request.len() - 5) {
        site.say(&*stream, piece);
    }
    let (request, _promise) = site.desk.request();
    let Body::Pipe(body) = request.body else {
        panic!("it arrives while it is read")
    };
    assert!(site.wait(body.read_all()).unwrap() == plain);
}

/// A few kilobytes that stand for 10 MB.
#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    let world = Nodes::new();
    let body_bytes = 1_000_000;
    let site = Site::with(
        &world,
        None,
        Limits {
            body_bytes,
            ..Limits::default()
        },
    );
    let bomb = gzip::compress(&vec![0; 10_000_000]);
    let refusal = last_answer("413 Request Entity Too Large", "body too large");
    assert_eq!(site.exchange(post("/p", "gzip", &bomb)), refusal);
    assert_eq!(site.desk.waiting(), 0);
    let stream = site.dial();
    site.say(&*stream, post("/p/stream", "gzip", &bomb));
    let (request, _promise) = site.desk.request();
    let Body::Pipe(body) = request.body else {
        panic!("it arrives while it is read")
    };
    let error = site.wait(body.read_all()).unwrap_err();
    assert_eq!(error.to_string(), "body too large");
}

/// What is small is there before what takes long, though it came later.
#[test]
fn others_have_their_turn_while_much_comes_out() {
    let world = Nodes::new();
    let site = Site::new(&world);
    let (long, short) = (site.dial(), site.dial());
    let much = vec![0; 20_000_000];
    let request = post("/p", "gzip", &gzip::compress(&much));
    site.wait(write_all(&*long, &request)).unwrap();
    site.wait(write_all(&*short, b"GET /q HTTP/1.1\r\n\r\n"))
        .unwrap();
    site.settle();
    assert_eq!(site.desk.request().0.url.path, "/q");
    assert!(site.desk.request().0.body == much.into());
}

#[test]
fn other_encodings_are_not_supported() {
    let world = Nodes::new();
    let site = Site::new(&world);
    let stream = site.dial();
    site.say(&*stream, post("/p", "br", b"?"));
    let heard = String::from_utf8(site.wait(read(&*stream, 1000)).unwrap()).unwrap();
    assert!(
        heard.starts_with("HTTP/1.1 415 Unsupported Media Type\r\n"),
        "{heard}"
    );
    assert!(heard.contains("\r\nAccept-Encoding: gzip\r\n"), "{heard}");
    // Both of them, one after the other, is another one.
    let twice = "POST /p HTTP/1.1\r\nContent-Encoding: br\r\nContent-Encoding: gzip\r\n\
                 Content-Length: 1\r\n\r\n?";
    site.say(&*stream, twice);
    let again = String::from_utf8(site.wait(read(&*stream, 1000)).unwrap()).unwrap();
    assert_eq!(again, heard);
    site.say(&*stream, post("/p", "identity", b"plain"));
    assert_eq!(site.desk.request().0.body, "plain".into());
}

#[test]
fn broken_gzip_is_refused() {
    let world = Nodes::new();
    let site = Site::new(&world);
    let body = gzip::compress(b"hello");
    let refusal = last_answer("400 Bad Request", "body does not decompress");
    assert_eq!(site.exchange(post("/p", "gzip", b"hello")), refusal);
    assert_eq!(
        site.exchange(post("/p", "gzip", &body[..body.len() - 1])),
        refusal
    );
    assert_eq!(site.desk.waiting(), 0);
}

#[test]
fn answers_are_compressed_where_it_is_worth_it() {
    let world = Nodes::new();
    let site = Site::new(&world);
    let long = "0123456789".repeat(200);
    for (accepted, body, is_compressed) in [
        ("gzip", &long[..1024], true),
        ("gzip", &long[..1023], false),
        ("br, *;q=0.1", &long, true),
        ("gzip;q=0", &long, false),
        ("br", &long, false),
    ] {
        let stream = site.dial();
        let request = format!("GET /p HTTP/1.1\r\nAccept-Encoding: {accepted}\r\n\r\n");
        site.say(&*stream, request);
        site.desk.answer(body);
        site.settle();
        let heard = site.wait(read(&*stream, 10_000)).unwrap();
        let end = heard
            .windows(4)
            .position(|bytes| bytes == b"\r\n\r\n")
            .unwrap();
        let head = std::str::from_utf8(&heard[..end]).unwrap();
        assert_eq!(
            head.contains("Content-Encoding: gzip"),
            is_compressed,
            "{accepted}"
        );
        assert_eq!(
            head.contains("Vary: Accept-Encoding"),
            is_compressed,
            "{accepted}"
        );
        let sent = &heard[end + 4..];
        assert!(
            head.contains(&format!("Content-Length: {}", sent.len())),
            "{head}"
        );
        let plain = match is_compressed {
            true => gzip::decompress(sent, &Limits::default()).unwrap(),
            false => sent.to_vec(),
        };
        assert_eq!(plain, body.as_bytes());
    }
}

#[test]
fn what_is_encoded_already_stays_as_it_is() {
    let world = Nodes::new();
    let site = Site::new(&world);
    let stream = site.dial();
    let long = || "x".repeat(2000);
    let encoded = Response::ok(long()).with_header("Content-Encoding", "x-mine");
    // A range is of what is not compressed.
    let part = Response::text(Status::PARTIAL_CONTENT, long());
    for response in [encoded.unwrap(), part] {
        site.say(&*stream, "GET /p HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n");
        site.desk.request().1.set(response);
        site.settle();
        let heard = String::from_utf8(site.wait(read(&*stream, 10_000)).unwrap()).unwrap();
        assert!(heard.ends_with(&long()));
    }
}
