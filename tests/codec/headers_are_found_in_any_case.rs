//! A header is found in any case, and its value kept as it was sent.

use libprocess::codec::head::{parse_request, parse_response};
use libprocess::codec::headers::Headers;
use libprocess::codec::{Limits, Progress};

/// `RequestDecoderTest.HeaderContinuation`, `RequestDecoderTest.HeaderCaseInsensitive`.
#[test]
fn those_of_a_request() {
    let spaces = " ".repeat(17);
    let text = format!(
        "GET /path HTTP/1.1\r\nHost: localhost\r\ncOnnECtioN: close\r\n\
         accept-ENCODING: compress,{spaces}gzip\r\n\r\n"
    );
    let parsed = parse_request(text.as_bytes(), &Limits::default());
    let Progress::Done((head, _)) = parsed else {
        panic!("{parsed:?}")
    };
    assert!(!head.keep_alive);
    let headers = head.headers();
    assert_eq!(headers.len(), 3);
    assert_eq!(
        headers.get("Accept-Encoding"),
        Some(&*format!("compress,{spaces}gzip"))
    );
    assert_eq!(headers.get("CONNECTION"), Some("close"));
}

/// `HTTPTest.CaseInsensitiveHeaders`, of a response.
#[test]
fn those_of_a_response() {
    let text = "HTTP/1.1 200 OK\r\ncontent-LENGTH: 2\r\n\r\n";
    let parsed = parse_response(text.as_bytes(), false, &Limits::default());
    let Progress::Done((head, _)) = parsed else {
        panic!("{parsed:?}")
    };
    let mut headers = head.headers();
    assert_eq!(headers.get("Content-Length"), Some("2"));
    headers.insert("CONTENT-length", "3").unwrap();
    assert_eq!(headers.get_all("content-length").collect::<Vec<_>>(), ["3"]);
}

/// `HTTPTest.Headers`; a name may have several values here.
#[test]
fn those_of_our_own() {
    let mut headers = Headers::new();
    assert!(headers.is_empty() && headers.get("a").is_none());
    headers.append("A", "1").unwrap();
    headers.append("B", "2").unwrap();
    assert!(headers.contains("a") && !headers.contains("c"));
    headers.insert("a", "3").unwrap();
    headers.append("b", "4").unwrap();
    assert_eq!((headers.len(), headers.get("A")), (3, Some("3")));
    assert_eq!(headers.get_all("B").collect::<Vec<_>>(), ["2", "4"]);
    let clone = headers.clone();
    assert!(headers.remove("A") && headers.remove("B"));
    assert!(headers.is_empty() && headers != clone);
}
