//! `Accept` and `Accept-Encoding` say what a client takes, as libprocess reads them.
//!
//! A value of the original's tables has a line feed in front, which no header can have here.

use libprocess::codec::head::parse_request;
use libprocess::codec::{Limits, Progress};
use libprocess::http::{Exchange, Method, Request};

fn request(name: &str, value: &str) -> Request {
    let request = Request::new(Method::GET, "/").unwrap();
    request.with_header(name, value).unwrap()
}

/// `EncoderTest.AcceptableEncodings`.
#[test]
fn encodings() {
    for (value, is_accepted) in [
        ("gzip;q=0.0,*", false),
        ("compress", false),
        ("compress, gzip;q=0.0", false),
        ("*, gzip;q=0.0", false),
        ("*;q=0.0, compress", false),
        (" compress", false),
        ("compress,\tgzip;q=0.0", false),
        ("gzipbug;q=0.1", false),
        ("", false),
        (",", false),
        ("gzip;q=0.1,*", true),
        ("compress, gzip;q=0.1", true),
        ("*, gzip;q=0.5", true),
        ("*;q=0.9, compress", true),
        ("compress,\tgzip;q=0.1", true),
        ("gzip", true),
        ("compress, gzip", true),
        ("*", true),
        ("*, compress", true),
        (" gzip", true),
        ("compress,\tgzip", true),
        ("GZIP ; Q=0.5", true),
        ("gzip;q=none", true),
    ] {
        let request = request("Accept-Encoding", value);
        assert_eq!(request.accepts_encoding("gzip"), is_accepted, "{value:?}");
    }
    let silent = Request::new(Method::GET, "/").unwrap();
    assert!(!silent.accepts_encoding("gzip"));
}

/// `HTTPTest.Accepts`.
#[test]
fn media_types() {
    for value in [
        "text/*;q=0.0",
        "text/html;q=0.0",
        "text/",
        "text",
        "foo/*",
        "foo/*, text/*;q=0.0",
        "foo/*,\ttext/*;q=0.0",
        "*/*, text/*;q=0.0",
        "*/*;q=0.0, foo",
        "textttt/*",
    ] {
        let request = request("Accept", value);
        for media_type in ["text/*", "text/html"] {
            assert!(!request.accepts_media_type(media_type), "{value}");
        }
    }
    for value in [
        "text/*",
        "text/*;q=0.1",
        "text/html",
        "text/html;q=0.1",
        "text/bar, text/html,q=0.1",
        "foo/*, text/*",
        "text/html;q=0.0, text/html",
        "*/*",
        "*/*;q=0.1",
        "*/*, foo",
        "*/*;q=0.0, text/*",
        "TEXT/HTML",
    ] {
        let is_accepted = request("Accept", value).accepts_media_type("text/html");
        // The first entry of a name decides.
        assert_eq!(
            is_accepted,
            !value.starts_with("text/html;q=0.0"),
            "{value}"
        );
    }
    let silent = Request::new(Method::GET, "/").unwrap();
    assert!(silent.accepts_media_type("text/html"));
    for odd in ["", "text", "/", "text/"] {
        assert!(!request("Accept", "*/*").accepts_media_type(odd), "{odd}");
    }
}

/// RFC 9110, section 5.3: a header that is repeated is one list.
#[test]
fn repeated_headers() {
    let mut request = request("Accept", "text/plain");
    request.headers.append("Accept", "image/png").unwrap();
    assert!(request.accepts_media_type("image/png"));
    assert!(!request.accepts_media_type("text/html"));
    request.headers.append("Accept-Encoding", "br").unwrap();
    request.headers.append("Accept-Encoding", "gzip").unwrap();
    assert!(request.accepts_encoding("gzip"));
}

/// Several lines are one list (RFC 9110, section 5.3).
#[test]
fn encodings_on_several_lines() {
    for (first, second, is_accepted) in [
        ("gzip", "br", true),
        ("br", "gzip", true),
        ("br", "gzip;q=0", false),
        ("gzip;q=0", "br", false),
    ] {
        let head = format!(
            "GET / HTTP/1.1\r\nAccept-Encoding: {first}\r\nAccept-Encoding: {second}\r\n\r\n"
        );
        let Progress::Done((head, _)) = parse_request(head.as_bytes(), &Limits::default()) else {
            panic!("{head:?}")
        };
        let is_read = Exchange::of(&head).accepts_gzip;
        assert_eq!(is_read, is_accepted, "{first}, {second}");
    }
}
