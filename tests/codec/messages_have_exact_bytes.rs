//! What is sent is, byte for byte, what C++ libprocess sends.

use libprocess::codec::message::{EncodeError, Message, encode};

fn message(from: &str, to: &str, name: &str, body: &str) -> Message {
    Message {
        name: name.to_owned().into(),
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        body: body.to_owned().into(),
    }
}

fn encoded(message: &Message) -> String {
    let mut out = Vec::new();
    encode(message, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_body_is_one_chunk() {
    let reply = message("p@127.0.0.1:5599", "me@127.0.0.1:47387", "reply", "hello");
    assert_eq!(
        encoded(&reply),
        "POST /me/reply HTTP/1.1\r\n\
         User-Agent: libprocess/p@127.0.0.1:5599\r\n\
         Libprocess-From: p@127.0.0.1:5599\r\n\
         Connection: Keep-Alive\r\n\
         Host: 127.0.0.1:47387\r\n\
         Transfer-Encoding: chunked\r\n\
         \r\n\
         5\r\nhello\r\n0\r\n\r\n",
    );
}

#[test]
fn an_empty_body_is_nothing_at_all() {
    let reply = message("p@127.0.0.1:5599", "me@127.0.0.1:47387", "reply", "");
    assert_eq!(
        encoded(&reply),
        "POST /me/reply HTTP/1.1\r\n\
         User-Agent: libprocess/p@127.0.0.1:5599\r\n\
         Libprocess-From: p@127.0.0.1:5599\r\n\
         Connection: Keep-Alive\r\n\
         Host: 127.0.0.1:47387\r\n\
         \r\n",
    );
}

#[test]
fn lengths_are_lower_case_hexadecimal() {
    let long = message("p@1.2.3.4:5", "q@1.2.3.4:6", "m", &"x".repeat(0xabc));
    assert!(encoded(&long).contains("\r\n\r\nabc\r\nxxx"));
}

#[test]
fn nobody_sends_from_nowhere() {
    let post = message(
        "@0.0.0.0:0",
        "slave(1)@10.0.0.1:5051",
        "mesos.internal.Ping",
        "",
    );
    let text = encoded(&post);
    assert!(
        text.starts_with("POST /slave(1)/mesos.internal.Ping HTTP/1.1\r\n"),
        "{text}"
    );
    assert!(
        text.contains("\r\nUser-Agent: libprocess/@0.0.0.0:0\r\n"),
        "{text}"
    );
    assert!(
        text.contains("\r\nLibprocess-From: @0.0.0.0:0\r\n"),
        "{text}"
    );
}

#[test]
fn without_an_id_the_name_follows_one_slash() {
    let reply = message("p@1.2.3.4:5", "@10.0.0.1:1234", "answer", "");
    assert!(encoded(&reply).starts_with("POST /answer HTTP/1.1\r\n"));
}

#[test]
fn an_ipv6_address_keeps_its_brackets() {
    let hello = message("p@[::1]:5", "q@[::1]:6", "hello", "");
    assert!(encoded(&hello).contains("\r\nLibprocess-From: p@[::1]:5\r\n"));
    assert!(encoded(&hello).contains("\r\nHost: [::1]:6\r\n"));
}

#[test]
fn a_name_may_hold_what_is_not_decoded() {
    let odd = message("p@1.2.3.4:5", "q@1.2.3.4:6", "a/../b%20c+d@e(1)", "");
    assert!(encoded(&odd).starts_with("POST /q/a/../b%20c+d@e(1) HTTP/1.1\r\n"));
}

#[test]
fn what_would_break_the_wire_is_an_error_and_writes_nothing() {
    let good = message("p@1.2.3.4:5", "q@1.2.3.4:6", "hello", "body");
    let mut broken = Vec::new();
    for char in [
        ' ', '\r', '\n', '\t', '\0', '\x7F', '?', '#', '/', '%', '+', '@',
    ] {
        let id = format!("a{char}b");
        let upid = libprocess::address::Upid::new(id, good.to.address());
        broken.push((
            char,
            Message {
                to: upid.clone(),
                ..good.clone()
            },
        ));
        broken.push((
            char,
            Message {
                from: upid,
                ..good.clone()
            },
        ));
    }
    for char in [' ', '\r', '\n', '\t', '\0', '\x7F', '?', '#'] {
        broken.push((
            char,
            Message {
                name: format!("a{char}b").into(),
                ..good.clone()
            },
        ));
    }
    for (expected, message) in broken {
        let mut out = b"before".to_vec();
        match encode(&message, &mut out).unwrap_err() {
            EncodeError::Id { char, .. } | EncodeError::Name { char, .. } => {
                assert_eq!(char, expected, "{message:?}");
            }
            other => panic!("{other}"),
        }
        assert_eq!(out, b"before");
    }
}

#[test]
fn an_error_names_the_text_and_the_character() {
    let message = message("p@1.2.3.4:5", "q@1.2.3.4:6", "two words", "");
    let error = encode(&message, &mut Vec::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "message name \"two words\" holds ' ', which would break the wire",
    );
}
