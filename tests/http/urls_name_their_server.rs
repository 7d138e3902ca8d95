//! A URL with a server is read strictly and written as it was (`URLTest`).

use libprocess::http::{AbsoluteUrl, Url};
use proptest::prelude::*;

fn parse(text: &str) -> AbsoluteUrl {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// `URLTest.ParseUrls`, whose path keeps the query and the fragment: here they are cut off.
#[test]
fn what_is_well_formed_is_taken_apart() {
    for (text, scheme, host, port, path) in [
        ("https://abc.com", "https", "abc.com", 443, "/"),
        ("http://abc.com/", "http", "abc.com", 80, "/"),
        ("HTTP://abc.com:8080/a/b", "http", "abc.com", 8080, "/a/b"),
        ("http://10.1.2.3:5050/x?y#z", "http", "10.1.2.3", 5050, "/x"),
        ("http://[2001:db8::1]:80/", "http", "2001:db8::1", 80, "/"),
        ("http://[::1]", "http", "::1", 80, "/"),
        ("http://abc.com?a=b", "http", "abc.com", 80, "/"),
        ("http://abc.com#top", "http", "abc.com", 80, "/"),
        ("redis://abc.com:6379/0", "redis", "abc.com", 6379, "/0"),
        ("http://abc.com/a://b", "http", "abc.com", 80, "/a://b"),
        ("http://abc.com//a", "http", "abc.com", 80, "//a"),
    ] {
        let url = parse(text);
        assert_eq!((&*url.scheme, &*url.host), (scheme, host), "{text}");
        assert_eq!(
            (url.port(), &*url.target.path),
            (Some(port), path),
            "{text}"
        );
    }
    let url = parse("http://abc.com/p?a=b%20c&flag#here");
    assert_eq!(url.target, Url::parse("/p?a=b%20c&flag#here").unwrap());
}

/// The errors of `URLTest.ParseUrls`, and more.
#[test]
fn what_is_not_is_refused_with_why() {
    for (text, problem) in [
        ("", "missing scheme"),
        ("abc.com", "missing scheme"),
        ("://", "missing scheme"),
        ("://///", "missing scheme"),
        ("1http://abc.com", "missing scheme"),
        ("http://", "missing host"),
        ("http:////", "missing host"),
        ("http://:80/", "missing host"),
        ("http+unix:///state", "missing host"),
        ("http://ann:secret@abc.com/", "malformed host"),
        ("http://abc.com\r\nX: y/", "malformed host"),
        ("http://abc com/", "malformed host"),
        ("http://[::1/", "malformed host"),
        ("http://[::g]/", "malformed host"),
        ("http://[::1]80/", "malformed host"),
        ("http://a:1:2/", "malformed port"),
        ("http://abc.com:/", "malformed port"),
        ("http://abc.com:+80/", "malformed port"),
        ("http://abc.com:65536/", "malformed port"),
        (
            "unknown://abc.com",
            "missing port, and the scheme has none of its own",
        ),
        (
            "http://abc.com/?a=%zz",
            "Malformed % escape in '%zz': '%zz'",
        ),
    ] {
        let error = text.parse::<AbsoluteUrl>().unwrap_err();
        assert_eq!(error.to_string(), format!("url {text:?}: {problem}"));
    }
}

/// `URLTest.Stringification`. A port that was not said is not printed: C++ libprocess has 80 for
/// every scheme and prints it.
#[test]
fn it_is_written_as_it_was_read() {
    for text in [
        "http://abc.com/",
        "https://abc.com/",
        "http://172.158.1.23:8080/",
        "http://172.158.1.23:80/path",
        "http://[::1]:5050/",
        "http://abc.com/?foo=bar&baz=bam",
        "http://abc.com/path?foo=bar&baz=bam#fragment",
        "http+unix://%2Fvar%2Frun%2Fagent.sock/state?a=b",
    ] {
        assert_eq!(parse(text).to_string(), text);
        assert_eq!(parse(&parse(text).to_string()), parse(text));
    }
    assert_eq!(parse("HTTPS://abc.com").to_string(), "https://abc.com/");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_read_is_written_so_that_it_is_read_again(
        text in "(http|https|http\\+unix|x)://[a-b%2F:\\[\\]0-9.@]{0,8}[/?#=&%a-c]{0,8}",
    ) {
        if let Ok(url) = text.parse::<AbsoluteUrl>() {
            let again: AbsoluteUrl = url.to_string().parse().unwrap();
            prop_assert_eq!((&again.scheme, &again.host), (&url.scheme, &url.host));
            prop_assert_eq!((again.port(), &again.target.path), (url.port(), &url.target.path));
            prop_assert_eq!(again.target.fragment, url.target.fragment);
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,30}") {
        let _ = text.parse::<AbsoluteUrl>();
        let _ = format!("http://{text}").parse::<AbsoluteUrl>();
    }
}
