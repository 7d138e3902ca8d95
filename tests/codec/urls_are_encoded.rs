//! Percent-encoding and queries read and write as in libprocess.

use libprocess::codec::url::{Query, decode, encode};
use proptest::prelude::*;

#[test]
fn exactly_what_libprocess_encodes_is_encoded() {
    let odd = b"a$&+,/:;=?@ \"<>#%{}|\\^~[]`\x19\x80\xFF\0";
    let encoded = "a%24%26%2B%2C%2F%3A%3B%3D%3F%40%20%22%3C%3E%23%25%7B%7D%7C%5C%5E%7E%5B%5D%60\
                   %19%80%FF%00";
    assert_eq!(encode(odd, ""), encoded);
    assert_eq!(&*decode(encoded).unwrap(), odd);
    assert_eq!(encode(b"()!*'-_.\x7F", ""), "()!*'-_.\x7F");
    assert_eq!(encode(b"foo.bar", "."), "foo%2Ebar");
    assert_eq!(&*decode("foo%2Ebar").unwrap(), b"foo.bar");
}

#[test]
fn a_plus_is_a_space_and_a_broken_escape_an_error() {
    assert_eq!(&*decode("a+b").unwrap(), b"a b");
    for (text, escape) in [
        ("%", "%"),
        ("%1", "%1"),
        ("%;1", "%;1"),
        ("%1;", "%1;"),
        ("a%+1b", "%+1"),
    ] {
        let expected = format!("Malformed % escape in '{text}': '{escape}'");
        assert_eq!(decode(text).unwrap_err().to_string(), expected);
    }
}

#[test]
fn queries_encode_and_decode() {
    for (pairs, text) in [
        (&[][..], ""),
        (&[("foo", "bar")], "foo=bar"),
        (&[("c~/asdf", "%asdf")], "c%7E%2Fasdf=%25asdf"),
        (&[("a()", "b%20")], "a()=b%2520"),
        (&[("foo", "")], "foo"),
        (&[("a&b=c", "d&e=fg")], "a%26b%3Dc=d%26e%3Dfg"),
        (
            &[("path", "C:\\foo\\bar%3Abaz")],
            "path=C%3A%5Cfoo%5Cbar%253Abaz",
        ),
    ] {
        let query: Query = pairs.iter().copied().collect();
        assert_eq!(query.to_string(), text);
        assert_eq!(Query::parse(text).unwrap(), query);
    }
}

#[test]
fn queries_are_split_at_both_separators() {
    let query = Query::parse("a=1;b=2&&c;d==&a=3").unwrap();
    let pairs: Vec<_> = query.iter().collect();
    assert_eq!(
        pairs,
        [("a", "1"), ("b", "2"), ("c", ""), ("d", "="), ("a", "3")]
    );
    assert_eq!(query.get("a"), Some("3"));
    assert_eq!(query.get("e"), None);
    assert!(Query::parse("%x=%y").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn all_bytes_survive(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        let encoded = encode(&bytes, "");
        prop_assert_eq!(&*decode(&encoded).unwrap(), &bytes[..]);
    }

    #[test]
    fn all_queries_survive(pairs in proptest::collection::vec((".{1,8}", ".{0,8}"), 0..5)) {
        let query: Query = pairs.into_iter().collect();
        prop_assert_eq!(Query::parse(&query.to_string()).unwrap(), query);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,10}%?.{0,4}") {
        let _ = decode(&text);
        let _ = Query::parse(&text);
    }
}
