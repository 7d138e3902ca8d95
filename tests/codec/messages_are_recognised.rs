//! A receiver takes everything that senders of any age write, and nothing else for a message.

use libprocess::address::Upid;
use libprocess::codec::head::parse_request;
use libprocess::codec::message::recognise;
use libprocess::codec::{Limits, Progress};

/// Sender, id and name, if it is a message.
type Recognised = Option<(Option<Upid>, Result<String, String>, String)>;

fn recognised(line: &str, headers: &[&str]) -> Recognised {
    let mut bytes = format!("{line}\r\n");
    headers
        .iter()
        .for_each(|header| bytes.push_str(&format!("{header}\r\n")));
    bytes.push_str("\r\n");
    let Progress::Done((head, length)) = parse_request(bytes.as_bytes(), &Limits::default()) else {
        panic!("{bytes}")
    };
    assert_eq!(length, bytes.len());
    recognise(&head).map(|message| {
        let id = message
            .id()
            .map(String::from)
            .map_err(|error| error.to_string());
        (message.sender(), id, message.name.to_owned())
    })
}

fn message(from: Option<&str>, id: &str, name: &str) -> Recognised {
    let from = from.map(|from| from.parse().unwrap());
    Some((from, Ok(id.to_owned()), name.to_owned()))
}

const ME: &str = "me@127.0.0.1:5";

#[test]
fn by_either_header_or_both() {
    let agent = "User-Agent: libprocess/me@127.0.0.1:5";
    let from = "Libprocess-From: me@127.0.0.1:5";
    for headers in [
        &[agent][..],
        &[from],
        &[agent, from],
        &["libprocess-FROM: me@127.0.0.1:5"],
    ] {
        let found = recognised("POST /p/hello HTTP/1.1", headers);
        assert_eq!(found, message(Some(ME), "p", "hello"), "{headers:?}");
    }
}

#[test]
fn the_sender_is_who_libprocess_from_says() {
    let headers = [
        "User-Agent: libprocess/other@127.0.0.1:6",
        "Libprocess-From: \t me@127.0.0.1:5 ",
    ];
    assert_eq!(
        recognised("POST /p/m HTTP/1.1", &headers),
        message(Some(ME), "p", "m")
    );
    let twice = [
        "Libprocess-From: other@127.0.0.1:6",
        "Libprocess-From: me@127.0.0.1:5",
    ];
    assert_eq!(
        recognised("POST /p/m HTTP/1.1", &twice),
        message(Some(ME), "p", "m")
    );
}

#[test]
fn only_a_post_whose_agent_begins_so() {
    let from = ["Libprocess-From: me@127.0.0.1:5"];
    assert_eq!(recognised("GET /p/m HTTP/1.1", &from), None);
    assert_eq!(recognised("PUT /p/m HTTP/1.1", &from), None);
    for agent in [
        "foo libprocess/me@127.0.0.1:5",
        "LIBPROCESS/me@127.0.0.1:5",
        "curl/8",
        "",
    ] {
        let header = format!("User-Agent: {agent}");
        assert_eq!(
            recognised("POST /p/m HTTP/1.1", &[&header]),
            None,
            "{agent}"
        );
    }
    assert_eq!(recognised("POST /p/m HTTP/1.1", &[]), None);
}

#[test]
fn a_sender_that_cannot_be_read_makes_it_no_less_a_message() {
    for from in ["garbage", "", "x@host:80", "a@1.2.3.4:99999", "caf\u{e9}@1"] {
        let header = format!("Libprocess-From: {from}");
        assert_eq!(
            recognised("POST /p/m HTTP/1.1", &[&header]),
            message(None, "p", "m"),
            "{from}"
        );
    }
    let empty = recognised("POST /p/m HTTP/1.1", &["Libprocess-From: @0.0.0.0:0"]);
    assert_eq!(empty, message(Some("@0.0.0.0:0"), "p", "m"));
    assert!(empty.unwrap().0.unwrap().is_empty());
}

#[test]
fn the_id_is_decoded_and_the_name_is_not() {
    let from = ["Libprocess-From: me@127.0.0.1:5"];
    for (target, id, name) in [
        ("/p/m", "p", "m"),
        ("/p", "p", ""),
        ("/p/", "p", ""),
        ("/", "", ""),
        ("//m", "", "m"),
        ("/p/../m", "p", "../m"),
        ("/p/a//b/", "p", "a//b/"),
        ("/slave%281%29/a%20b", "slave(1)", "a%20b"),
        ("/a+b%2Fc/m+n", "a b/c", "m+n"),
        ("/p/m?query=x#fragment", "p", "m"),
        ("/p?/m", "p", ""),
        ("http://10.0.0.1:5050/p/m", "p", "m"),
    ] {
        let line = format!("POST {target} HTTP/1.1");
        assert_eq!(
            recognised(&line, &from),
            message(Some(ME), id, name),
            "{target}"
        );
    }
}

#[test]
fn a_malformed_escape_in_the_id_is_named() {
    let found = recognised(
        "POST /%zz/msg HTTP/1.1",
        &["Libprocess-From: me@127.0.0.1:5"],
    );
    let error = "Malformed % escape in '%zz': '%zz'".to_owned();
    assert_eq!(found, Some((ME.parse().ok(), Err(error), "msg".to_owned())));
}

#[test]
fn an_empty_or_missing_host_is_fine() {
    let from = "Libprocess-From: me@127.0.0.1:5";
    for headers in [
        &[from, "Host: "][..],
        &[from, "Host:"],
        &[from],
        &[from, "Host: elsewhere:1"],
    ] {
        let found = recognised("POST /p/m HTTP/1.1", headers);
        assert_eq!(found, message(Some(ME), "p", "m"), "{headers:?}");
    }
}
