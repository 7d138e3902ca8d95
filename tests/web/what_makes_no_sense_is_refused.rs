//! Garbage costs whoever sends it the connection, and nobody else anything.

use libprocess::codec::Limits;

use super::site::{Site, answer, last_answer};
use crate::net::world::World;

on_every_network!(
    the_answer_says_what_was_wrong,
    what_came_before_is_answered_first,
    others_go_on,
    an_answer_outlives_a_flood,
);

fn the_answer_says_what_was_wrong(world: &dyn World) {
    let limits = Limits {
        target_bytes: 100,
        body_bytes: 100,
        ..Limits::default()
    };
    let site = Site::with(world, None, limits);
    let long = "x".repeat(200);
    let large = "x".repeat(100_000);
    let cases = [
        (
            "garbage\r\n".to_owned(),
            "400 Bad Request",
            "malformed request line",
        ),
        (
            "\0\u{1}\u{2}".to_owned(),
            "400 Bad Request",
            "malformed request line",
        ),
        (
            "get / HTTP/1.1\r\n\r\n".to_owned(),
            "501 Not Implemented",
            "unknown method",
        ),
        (
            "GET / HTTP/2.0\r\n\r\n".to_owned(),
            "505 HTTP Version not supported",
            "http version other than 1.0 and 1.1",
        ),
        (
            format!("GET /{long}"),
            "414 Request-URI Too Large",
            "request target too long",
        ),
        (
            format!("GET / HTTP/1.1\r\nA: {large}"),
            "431 Request Header Fields Too Large",
            "head too large",
        ),
        (
            "POST /p HTTP/1.1\r\nContent-Length: 101\r\n\r\n".to_owned(),
            "413 Request Entity Too Large",
            "body too large",
        ),
        (
            "POST /p HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
                .to_owned(),
            "400 Bad Request",
            "both content-length and transfer-encoding",
        ),
        (
            "POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx".to_owned(),
            "400 Bad Request",
            "malformed chunk size",
        ),
    ];
    for (text, status, problem) in &cases {
        let stream = site.dial();
        site.say(&*stream, text);
        assert_eq!(
            site.hear_all(&*stream),
            last_answer(status, problem),
            "{problem}"
        );
    }
    let refused = site.server().counters().malformed_requests.get();
    assert_eq!(refused, cases.len() as i64);
    assert_eq!(site.desk.waiting(), 0);
}

fn what_came_before_is_answered_first(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(
        &*stream,
        "GET /p HTTP/1.1\r\n\r\ngarbage\r\n\r\nGET /p HTTP/1.1\r\n\r\n",
    );
    site.desk.answer("fine");
    assert_eq!(site.desk.waiting(), 0);
    let expected =
        answer("200 OK", "fine") + &last_answer("400 Bad Request", "malformed request line");
    assert_eq!(site.hear_all(&*stream), expected);
}

fn others_go_on(world: &dyn World) {
    let site = Site::new(world);
    let (good, bad) = (site.dial(), site.dial());
    site.say(&*good, "GET /p HT");
    site.say(&*bad, "\r\r\r");
    assert!(
        site.hear_all(&*bad)
            .starts_with("HTTP/1.1 400 Bad Request\r\n")
    );
    site.say(&*good, "TP/1.1\r\n\r\n");
    site.desk.answer("fine");
    site.hear(&*good, &answer("200 OK", "fine"));
}

fn an_answer_outlives_a_flood(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(&*stream, "garbage\r\n");
    // Unread bytes at our end would reset the connection and take the answer with them.
    for _ in 0..10 {
        site.say(&*stream, "more garbage".repeat(1000));
    }
    let expected = last_answer("400 Bad Request", "malformed request line");
    assert_eq!(site.hear_all(&*stream), expected);
}
