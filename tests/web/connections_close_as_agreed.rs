//! A connection stays or closes as both sides said, and no answer is lost by its end.

use std::net::Shutdown;

use libprocess::codec::Limits;
use libprocess::http::Response;

use super::site::{Site, answer, last_answer};
use crate::net::world::World;

on_every_network!(
    the_client_decides,
    the_process_decides,
    nothing_counts_behind_the_last_request,
    half_a_connection_gets_its_answers,
    half_a_request_is_dropped,
    who_leaves_is_forgotten,
    who_breaks_off_is_forgotten_at_once,
);

fn the_client_decides(world: &dyn World) {
    let site = Site::new(world);
    for (head, stays) in [
        ("HTTP/1.1\r\n", true),
        ("HTTP/1.1\r\nConnection: close\r\n", false),
        ("HTTP/1.0\r\n", false),
    ] {
        let stream = site.dial();
        site.say(&*stream, format!("GET /p {head}\r\n"));
        let (request, promise) = site.desk.request();
        assert_eq!(request.keep_alive, stays);
        promise.set(Response::ok("x"));
        if stays {
            site.hear(&*stream, &answer("200 OK", "x"));
            site.say(
                &*stream,
                "GET /nobody HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            );
            let kept =
                last_answer("404 Not Found", "404 Not Found.").replace("close", "keep-alive");
            site.hear(&*stream, &kept);
        } else {
            assert_eq!(site.hear_all(&*stream), last_answer("200 OK", "x"));
        }
    }
}

fn the_process_decides(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(
        &*stream,
        "GET /p/1 HTTP/1.1\r\n\r\nGET /p/2 HTTP/1.1\r\n\r\n",
    );
    let (_, first) = site.desk.request();
    let (_, second) = site.desk.request();
    first.set(
        Response::ok("x")
            .with_header("Connection", "close")
            .unwrap(),
    );
    assert_eq!(site.hear_all(&*stream), last_answer("200 OK", "x"));
    assert!(second.has_discard());
}

fn nothing_counts_behind_the_last_request(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(
        &*stream,
        "GET /p/1 HTTP/1.1\r\nConnection: close\r\n\r\nGET /p/2 HTTP/1.1\r\n\r\n",
    );
    site.say(&*stream, "garbage");
    site.desk.answer("x");
    assert_eq!(site.desk.waiting(), 0);
    assert_eq!(site.hear_all(&*stream), last_answer("200 OK", "x"));
    assert_eq!(site.server().counters().malformed_requests.get(), 0);
}

fn half_a_connection_gets_its_answers(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(
        &*stream,
        "GET /p/1 HTTP/1.1\r\n\r\nGET /p/2 HTTP/1.1\r\n\r\n",
    );
    stream.shutdown(Shutdown::Write).unwrap();
    site.settle();
    site.desk.answer("one");
    site.hear(&*stream, &answer("200 OK", "one"));
    site.desk.answer("two");
    assert_eq!(site.hear_all(&*stream), answer("200 OK", "two"));
}

fn half_a_request_is_dropped(world: &dyn World) {
    let site = Site::new(world);
    assert_eq!(site.exchange("GET /p HTTP/1.1\r\n"), "");
    assert_eq!(
        site.exchange("POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\nhell"),
        ""
    );
    let message = "POST /p/m HTTP/1.1\r\nLibprocess-From: a@1.2.3.4:5\r\n";
    assert_eq!(
        site.exchange(format!(
            "{message}Transfer-Encoding: chunked\r\n\r\n5\r\nhel"
        )),
        ""
    );
    assert_eq!(site.exchange(""), "");
    assert_eq!(site.desk.waiting() + site.desk.messages().len(), 0);
    let counters = site.server().counters();
    assert_eq!(
        (
            counters.truncated_requests.get(),
            counters.malformed_requests.get()
        ),
        (3, 0)
    );
}

fn who_leaves_is_forgotten(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(&*stream, "GET /p HTTP/1.1\r\n\r\nGET /p HTTP/1.1\r\n\r\n");
    let (_, first) = site.desk.request();
    let (_, second) = site.desk.request();
    drop(stream);
    site.settle();
    // A peer that is gone looks like one that only writes no more, until it is written to.
    first.set(Response::ok("x".repeat(1_000_000)));
    while !second.has_discard() {
        assert!(site.turn());
    }
}

/// Also where nothing is read from it any more, and nothing can be written yet.
fn who_breaks_off_is_forgotten_at_once(world: &dyn World) {
    let limits = Limits {
        unanswered_requests: 2,
        ..Limits::default()
    };
    let site = Site::with(world, None, limits);
    for says_its_last in [true, false] {
        let stream = site.dial();
        site.say(&*stream, "GET /p HTTP/1.1\r\n\r\n".repeat(2));
        let (_, first) = site.desk.request();
        let (_, second) = site.desk.request();
        if says_its_last {
            stream.shutdown(Shutdown::Write).unwrap();
            site.settle();
        }
        assert!(!first.has_discard() && !second.has_discard());
        stream.break_off();
        drop(stream);
        while !(first.has_discard() && second.has_discard()) {
            assert!(site.turn());
        }
        assert_eq!(site.server().connections(), 0);
    }
}
