//! Wherever two readers of the same bytes could disagree, a head is refused.

use libprocess::codec::body::Framing;
use libprocess::codec::head::{RequestHead, Version, parse_request, parse_response};
use libprocess::codec::{Error, Limits, Progress};

fn request(text: &str) -> Progress<RequestHead<'_>> {
    parse_request(text.as_bytes(), &Limits::default()).map(|(head, length)| {
        assert_eq!(length, text.len());
        head
    })
}

fn refused(text: &str) -> (Error, u16) {
    match request(text) {
        Progress::Wrong(error) => (error, error.status()),
        other => panic!("{text:?}: {other:?}"),
    }
}

/// A request of HTTP/1.1 with these headers.
fn with(headers: &str) -> String {
    format!("POST / HTTP/1.1\r\n{headers}\r\n\r\n")
}

#[test]
fn a_plain_request_is_taken_apart() {
    let text = "GET /path/file.json?key1=value1&key2=value2#fragment HTTP/1.1\r\n\
                Host: localhost\r\ncOnnECtioN: close\r\naccept-ENCODING: compress,   gzip\r\n\r\n";
    let Progress::Done(head) = request(text) else {
        panic!()
    };
    assert_eq!(head.method, "GET");
    assert_eq!(
        head.target,
        "/path/file.json?key1=value1&key2=value2#fragment"
    );
    assert_eq!(
        (head.version, head.framing),
        (Version::Http11, Framing::Empty)
    );
    assert!(!head.keep_alive);
    let headers = head.headers();
    assert_eq!(headers.len(), 3);
    assert_eq!(headers.get("Accept-Encoding"), Some("compress,   gzip"));
    assert_eq!(headers.get("Connection"), Some("close"));
}

#[test]
fn connections_stay_as_version_and_header_say() {
    for (line, keep_alive) in [
        ("GET / HTTP/1.1\r\n", true),
        ("GET / HTTP/1.1\r\nConnection: Keep-Alive\r\n", true),
        ("GET / HTTP/1.1\r\nConnection: upgrade, Close\r\n", false),
        (
            "GET / HTTP/1.1\r\nConnection: upgrade\r\nConnection: close\r\n",
            false,
        ),
        ("GET / HTTP/1.1\r\nConnection: closed\r\n", true),
        ("GET / HTTP/1.0\r\n", false),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n", true),
        ("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n", false),
    ] {
        let text = format!("{line}\r\n");
        let Progress::Done(head) = request(&text) else {
            panic!("{line}")
        };
        assert_eq!(head.keep_alive, keep_alive, "{line}");
    }
}

#[test]
fn request_lines() {
    assert_eq!(refused("garbage\r\n\r\n"), (Error::RequestLine, 400));
    assert_eq!(
        refused("GET /a b HTTP/1.1\r\n\r\n"),
        (Error::RequestLine, 400)
    );
    assert_eq!(
        refused("GET  / HTTP/1.1\r\n\r\n"),
        (Error::RequestLine, 400)
    );
    assert_eq!(
        refused("GET / HTTPS/1.1\r\n\r\n"),
        (Error::RequestLine, 400)
    );
    assert_eq!(refused("GET /\r\n\r\n"), (Error::RequestLine, 400));
    assert_eq!(refused("\0\x01\x02"), (Error::RequestLine, 400));
    assert_eq!(refused("GET / HTTP/2.0\r\n\r\n"), (Error::Version, 505));
    assert_eq!(refused("GET / HTTP/1.9\r\n\r\n"), (Error::Version, 505));
    assert_eq!(
        refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        (Error::Version, 505)
    );
    assert_eq!(refused("get / HTTP/1.1\r\n\r\n"), (Error::Method, 501));
    assert_eq!(
        refused("CONNECT a:80 HTTP/1.1\r\n\r\n"),
        (Error::Method, 501)
    );
    assert!(matches!(
        request("OPTIONS * HTTP/1.1\r\n\r\n"),
        Progress::Done(_)
    ));
    assert!(matches!(
        request("\r\n\r\nPROPFIND / HTTP/1.1\r\n\r\n"),
        Progress::Done(_)
    ));
}

#[test]
fn line_ends() {
    assert_eq!(refused("GET / HTTP/1.1\n\n"), (Error::LineEnd, 400));
    assert_eq!(
        refused("GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n"),
        (Error::LineEnd, 400)
    );
    assert_eq!(
        refused("GET / HTTP/1.1\r\nA: b\r\n\n"),
        (Error::LineEnd, 400)
    );
    assert_eq!(refused("\nGET / HTTP/1.1\r\n\r\n"), (Error::LineEnd, 400));
    assert_eq!(refused("GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n").1, 400);
}

#[test]
fn header_lines() {
    for (headers, error) in [
        ("A: b\r\n folded", Error::HeaderName),
        (" A: b", Error::HeaderName),
        ("A : b", Error::HeaderName),
        ("A\t: b", Error::HeaderName),
        ("no colon", Error::HeaderName),
        (": b", Error::HeaderName),
        ("A(b): c", Error::HeaderName),
        ("Caf\u{e9}: c", Error::HeaderName),
        ("A: b\0c", Error::HeaderValue),
        ("A: b\x07c", Error::HeaderValue),
        ("A: b\x7Fc", Error::HeaderValue),
        ("Host: a\r\nHost: a", Error::RepeatedHost),
    ] {
        assert_eq!(refused(&with(headers)), (error, 400), "{headers:?}");
    }
}

#[test]
fn lengths_of_bodies() {
    for (headers, framing) in [
        ("A: b", Framing::Empty),
        ("Content-Length: 0", Framing::Empty),
        ("Content-Length: 17", Framing::Length(17)),
        ("content-length: 0017", Framing::Length(17)),
        ("Transfer-Encoding: chunked", Framing::Chunked),
        ("transfer-encoding: \tChunked ", Framing::Chunked),
    ] {
        let text = with(headers);
        let Progress::Done(head) = request(&text) else {
            panic!("{headers}")
        };
        assert_eq!(head.framing, framing, "{headers}");
    }
    for (headers, error) in [
        (
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            Error::LengthAndTransferEncoding,
        ),
        (
            "Content-Length: 5\r\nContent-Length: 6",
            Error::RepeatedContentLength,
        ),
        (
            "Content-Length: 5\r\nContent-Length: 5",
            Error::RepeatedContentLength,
        ),
        ("Content-Length: 5, 5", Error::ContentLength),
        ("Content-Length: +5", Error::ContentLength),
        ("Content-Length: -5", Error::ContentLength),
        ("Content-Length: 0x5", Error::ContentLength),
        ("Content-Length: 5 5", Error::ContentLength),
        ("Content-Length:", Error::ContentLength),
        ("Content-Length: 18446744073709551616", Error::ContentLength),
        (
            "Content-Length: 99999999999999999999999",
            Error::ContentLength,
        ),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            Error::RepeatedTransferEncoding,
        ),
    ] {
        assert_eq!(refused(&with(headers)), (error, 400), "{headers}");
    }
    for coding in [
        "gzip",
        "gzip, chunked",
        "chunked, chunked",
        "identity",
        "",
        "xchunked",
    ] {
        let text = with(&format!("Transfer-Encoding: {coding}"));
        assert_eq!(refused(&text), (Error::TransferEncoding, 501), "{coding}");
    }
    let old = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(refused(old), (Error::TransferEncodingVersion, 400));
}

#[test]
fn waiting_clients() {
    for (text, waits) in [
        (with("Expect: 100-Continue"), true),
        (
            "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n".to_owned(),
            false,
        ),
    ] {
        let Progress::Done(head) = request(&text) else {
            panic!("{text}")
        };
        assert_eq!(head.expects_continue, waits, "{text}");
    }
    for text in [
        with("Expect: the-unexpected"),
        with("Expect: 100-continue\r\nExpect: more"),
    ] {
        assert_eq!(
            request(&text),
            Progress::Wrong(Error::Expectation),
            "{text}"
        );
    }
}

/// RFC 1945, section 7.2.2: the end of such a body could not be told.
#[test]
fn old_requests_with_bodies_need_a_length() {
    for method in ["POST", "PUT", "PATCH"] {
        let text = format!("{method} / HTTP/1.0\r\n\r\n");
        assert_eq!(
            request(&text),
            Progress::Wrong(Error::LengthRequired),
            "{text}"
        );
    }
    let message = "POST /p/m HTTP/1.0\r\nLibprocess-From: a@127.0.0.1:1\r\n\r\n";
    assert!(matches!(request(message), Progress::Done(_)));
}

#[test]
fn responses() {
    let limits = Limits::default();
    let parse = |text: &'static str, to_head| {
        parse_response(text.as_bytes(), to_head, &limits)
            .map(|(head, _)| (head.status, head.reason, head.framing, head.keep_alive))
    };
    let done = |status, reason, framing, keep| Progress::Done((status, reason, framing, keep));
    let accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(
        parse(accepted, false),
        done(202, "Accepted", Framing::Empty, true)
    );
    let to_head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    assert_eq!(parse(to_head, true), done(200, "OK", Framing::Empty, true));
    assert_eq!(
        parse(to_head, false),
        done(200, "OK", Framing::Length(5), true)
    );
    let until_close = "HTTP/1.1 200 OK\r\n\r\n";
    assert_eq!(
        parse(until_close, false),
        done(200, "OK", Framing::UntilClose, false)
    );
    let unchanged = "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n";
    assert_eq!(
        parse(unchanged, false),
        done(304, "Not Modified", Framing::Empty, true)
    );
    let old = "HTTP/1.0 599\r\nContent-Length: 5\r\n\r\n";
    assert_eq!(parse(old, false), done(599, "", Framing::Length(5), false));
    for text in [
        "HTTP/1.1 999 x\r\n\r\n",
        "HTTP/1.1 20 x\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "SSH-2.0\r\n",
    ] {
        assert_eq!(
            parse(text, false),
            Progress::Wrong(Error::StatusLine),
            "{text}"
        );
    }
}
