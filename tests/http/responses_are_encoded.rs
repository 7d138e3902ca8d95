//! A response on the wire is framed as its request and its connection need.

use libprocess::codec::head::{Version, parse_response};
use libprocess::codec::{Limits, Progress};
use libprocess::http::{Date, Exchange, Headers, Response, Sending, Status, pipe};
use libprocess::time::{Time, secs};

const PLAIN: Exchange = Exchange {
    to_head: false,
    version: Version::Http11,
    keep_alive: true,
    accepts_gzip: false,
};

fn head(response: &Response, exchange: Exchange) -> (String, Sending, bool) {
    let mut out = Vec::new();
    let (sending, keep_alive) = response.encode_head(exchange, "D", &mut out);
    (String::from_utf8(out).unwrap(), sending, keep_alive)
}

#[test]
fn what_is_encoded_can_be_read() {
    let mut out = Vec::new();
    let date = Date::new().at(Time::EPOCH + secs(1_700_000_000)).to_owned();
    let (sending, keep_alive) = Response::ok("body").encode_head(PLAIN, &date, &mut out);
    assert_eq!((sending, keep_alive), (Sending::Plain, true));
    let Progress::Done((head, length)) = parse_response(&out, false, &Limits::default()) else {
        panic!()
    };
    assert_eq!(length, out.len());
    assert_eq!((head.status, head.reason), (200, "OK"));
    let mut expected = Headers::new();
    expected
        .append("Date", "Tue, 14 Nov 2023 22:13:20 GMT")
        .unwrap();
    expected
        .append("Content-Type", "text/plain; charset=utf-8")
        .unwrap();
    expected.append("Content-Length", "4").unwrap();
    assert_eq!(head.headers(), expected);
}

#[test]
fn a_head_request_gets_the_length_and_no_body() {
    let (text, sending, _) = head(
        &Response::ok("body"),
        Exchange {
            to_head: true,
            ..PLAIN
        },
    );
    assert!(text.contains("\r\nContent-Length: 4\r\n"), "{text}");
    assert_eq!(sending, Sending::Nothing);
}

#[test]
fn some_statuses_have_no_body() {
    for status in [Status::NO_CONTENT, Status::NOT_MODIFIED] {
        let (text, sending, _) = head(&Response::text(status, "body"), PLAIN);
        assert!(!text.contains("Content-Length"), "{text}");
        assert_eq!(sending, Sending::Nothing);
    }
}

#[test]
fn the_connection_is_kept_if_both_sides_want_it() {
    let ok = Response::ok("body");
    let closing = Response::ok("body")
        .with_header("Connection", "close")
        .unwrap();
    let close = "\r\nConnection: close\r\n";
    let asked = Exchange {
        keep_alive: false,
        ..PLAIN
    };
    for (response, exchange, keep_alive) in [
        (&ok, PLAIN, true),
        (&ok, asked, false),
        (&closing, PLAIN, false),
        (&closing, asked, false),
    ] {
        let (text, _, kept) = head(response, exchange);
        assert_eq!(kept, keep_alive, "{text}");
        assert_eq!(
            text.matches(close).count(),
            usize::from(!keep_alive),
            "{text}"
        );
    }
    let (text, _, kept) = head(
        &ok,
        Exchange {
            version: Version::Http10,
            ..PLAIN
        },
    );
    assert!(
        kept && text.contains("\r\nConnection: keep-alive\r\n"),
        "{text}"
    );
}

#[test]
fn what_the_connection_decides_is_not_for_handlers() {
    let mut response = Response::ok("body");
    for (name, value) in [
        ("content-length", "3"),
        ("transfer-encoding", "chunked"),
        ("date", "yesterday"),
        ("connection", "upgrade, Keep-Alive"),
        ("X-Mine", "1"),
    ] {
        response.headers.append(name, value).unwrap();
    }
    assert_eq!(
        head(&response, PLAIN).0,
        "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Type: text/plain; charset=utf-8\r\nX-Mine: 1\r\n\
         Content-Length: 4\r\nConnection: upgrade\r\n\r\n",
    );
}

#[test]
fn a_date_is_formatted_once_a_second() {
    let mut date = Date::new();
    assert_eq!(date.at(Time::EPOCH), "Thu, 01 Jan 1970 00:00:00 GMT");
    let same = date.at(Time::EPOCH + secs(1) / 2).as_ptr();
    assert_eq!(date.at(Time::EPOCH).as_ptr(), same);
    assert_eq!(
        date.at(Time::EPOCH + secs(61)),
        "Thu, 01 Jan 1970 00:01:01 GMT"
    );
}

#[test]
fn a_pipe_comes_in_chunks_to_who_knows_them() {
    let (reader, _writer) = pipe();
    let mut response = Response::new(Status::OK);
    response.body = reader.into();
    let (text, sending, keep_alive) = head(&response, PLAIN);
    assert_eq!(
        text,
        "HTTP/1.1 200 OK\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    assert_eq!((sending, keep_alive), (Sending::Chunks, true));
    let to_head = Exchange {
        to_head: true,
        ..PLAIN
    };
    assert_eq!(head(&response, to_head), (text, Sending::Nothing, true));
    let old = Exchange {
        version: Version::Http10,
        ..PLAIN
    };
    let (text, sending, keep_alive) = head(&response, old);
    assert_eq!(
        text,
        "HTTP/1.1 200 OK\r\nDate: D\r\nConnection: close\r\n\r\n"
    );
    assert_eq!((sending, keep_alive), (Sending::UntilClose, false));
}
