//! A request on the wire says what the request says.

use libprocess::codec::head::parse_request;
use libprocess::codec::{Limits, Progress};
use libprocess::http::{Method, Request, Sending};
use proptest::prelude::*;

#[test]
fn queries_are_encoded_and_paths_are_not() {
    let mut request = Request::new(Method::GET, "/a%20b?x#top").unwrap();
    request.url.query.append("path", "C:\\foo\\bar%3Abaz");
    let mut out = Vec::new();
    assert_eq!(
        request.encode_head("localhost", &mut out),
        Ok(Sending::Nothing)
    );
    let text = String::from_utf8(out).unwrap();
    // The fragment stays here.
    let line = "GET /a%20b?x&path=C%3A%5Cfoo%5Cbar%253Abaz HTTP/1.1\r\n";
    assert!(text.starts_with(line), "{text}");
}

#[test]
fn a_host_of_the_callers_own_is_overwritten() {
    let request = Request::new(Method::POST, "/")
        .unwrap()
        .with_header("host", "other")
        .unwrap();
    let mut out = Vec::new();
    assert_eq!(
        request.encode_head("1.2.3.4:5", &mut out),
        Ok(Sending::Nothing)
    );
    let expected = "POST / HTTP/1.1\r\nHost: 1.2.3.4:5\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn what_would_break_the_request_line_is_an_error() {
    for path in ["/a b", "/a\r\nX: y", "/a?b", "/a#b", "/\0"] {
        let mut request = Request::new(Method::GET, "/").unwrap();
        request.url.path = path.to_owned();
        let mut out = Vec::new();
        assert!(
            request.encode_head("localhost", &mut out).is_err(),
            "{path:?}"
        );
        assert!(out.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_encoded_is_read_again(
        path in "(/[a-zA-Z0-9%._~()-]{0,8}){1,3}",
        pairs in proptest::collection::vec(("\\PC{1,5}", "\\PC{0,5}"), 0..3),
        fragment in proptest::option::of("[a-z]{1,5}"),
        value in "[!-~]{0,8}",
        keep_alive in any::<bool>(),
    ) {
        let mut request = Request::new(Method::DELETE, &path)
            .unwrap()
            .with_header("X-Value", &value)
            .unwrap();
        request.url.query = pairs.into_iter().collect();
        request.url.fragment = fragment;
        request.keep_alive = keep_alive;
        let mut out = Vec::new();
        prop_assert_eq!(request.encode_head("h:1", &mut out), Ok(Sending::Nothing));
        let Progress::Done((head, length)) = parse_request(&out, &Limits::default()) else {
            panic!()
        };
        prop_assert_eq!(length, out.len());
        let read = Request::from_head(&head, None).unwrap();
        prop_assert_eq!(read.header("X-Value"), Some(&*value));
        request.url.fragment = None;
        prop_assert_eq!((read.method, &read.url), (request.method, &request.url));
        prop_assert_eq!(read.keep_alive, keep_alive);
    }
}
