//! Who takes too long is told so, or cut off; who belongs to a peer is not.

use std::time::Duration;

use libprocess::codec::Limits;
use libprocess::http::{Response, Status, pipe};

use super::site::{Site, accepted, answer, last_answer};
use crate::net::world::{World, read, write_all};

on_every_network!(
    a_head_has_its_time,
    a_body_has_its_time_for_each_mebibyte,
    a_streamed_body_has_its_time,
    a_connection_without_a_request_is_closed,
    a_peer_may_be_silent,
    a_new_connection_may_be_silent_unless_told,
    an_answer_has_all_the_time,
    who_takes_no_answer_is_cut_off,
);

fn limits() -> Limits {
    Limits {
        head_time: secs(10),
        body_time: secs(20),
        idle_time: secs(30),
        write_time: secs(40),
        ..Limits::default()
    }
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn timed_out() -> String {
    last_answer("408 Request Time-out", "408 Request Time-out.")
}

/// The answers without their dates.
fn plain(answer: &str) -> String {
    let is_date = |line: &&str| !line.starts_with("Date: ");
    answer
        .split("\r\n")
        .filter(is_date)
        .collect::<Vec<_>>()
        .join("\r\n")
}

fn a_head_has_its_time(world: &dyn World) {
    let site = Site::with(world, None, limits());
    let stream = site.dial();
    for byte in b"GET /p H" {
        site.say(&*stream, [*byte]);
        site.advance(secs(1));
    }
    site.say(&*stream, "T");
    site.advance(secs(2));
    site.say(&*stream, "TP/1.1\r\n\r\n");
    assert_eq!(plain(&site.hear_all(&*stream)), plain(&timed_out()));
    assert_eq!(site.desk.waiting(), 0);
    assert_eq!(site.server().counters().timed_out_requests.get(), 1);
}

fn a_body_has_its_time_for_each_mebibyte(world: &dyn World) {
    let site = Site::with(world, None, limits());
    let stream = site.dial();
    site.say(
        &*stream,
        "POST /p HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n",
    );
    let part = vec![b'x'; 1_100_000];
    for _ in 0..2 {
        site.advance(secs(15));
        let writing = write_all(&*stream, &part);
        site.wait(writing).unwrap();
        site.settle();
    }
    site.advance(secs(21));
    assert_eq!(plain(&site.hear_all(&*stream)), plain(&timed_out()));
    assert_eq!(site.desk.waiting(), 0);
}

fn a_streamed_body_has_its_time(world: &dyn World) {
    let site = Site::with(world, None, limits());
    let stream = site.dial();
    site.say(
        &*stream,
        "POST /p/stream HTTP/1.1\r\nContent-Length: 10\r\n\r\n12345",
    );
    let (request, promise) = site.desk.request();
    let libprocess::http::Body::Pipe(body) = request.body else {
        panic!("it arrives while it is read")
    };
    assert_eq!(site.wait(body.read()).unwrap(), "12345");
    site.advance(secs(21));
    let error = site.wait(body.read()).unwrap_err();
    assert_eq!(error.to_string(), "the body took too long");
    promise.set(Response::canned(Status::BAD_REQUEST));
    let heard = site.hear_all(&*stream);
    assert!(heard.ends_with("400 Bad Request."), "{heard}");
}

fn a_connection_without_a_request_is_closed(world: &dyn World) {
    let site = Site::with(world, None, limits());
    let stream = site.dial();
    for _ in 0..3 {
        site.advance(secs(29));
        site.say(&*stream, "GET /nobody HTTP/1.1\r\n\r\n");
        let expected = answer("404 Not Found", "404 Not Found.").len();
        let mut heard = 0;
        while heard < expected {
            heard += site.wait(read(&*stream, expected - heard)).unwrap().len();
        }
    }
    site.advance(secs(31));
    assert_eq!(site.hear_all(&*stream), "");
    assert_eq!(site.server().connections(), 0);
}

fn a_peer_may_be_silent(world: &dyn World) {
    let site = Site::with(world, None, limits());
    let stream = site.dial();
    let message = "POST /p/m HTTP/1.1\r\nLibprocess-From: a@127.0.0.1:1\r\n\r\n";
    site.say(&*stream, message);
    site.hear(&*stream, &accepted());
    site.advance(secs(1_000_000));
    site.say(&*stream, message);
    let heard = site.wait(read(&*stream, 100)).unwrap();
    assert!(heard.starts_with(b"HTTP/1.1 202 Accepted\r\n"));
}

fn a_new_connection_may_be_silent_unless_told(world: &dyn World) {
    let site = Site::with(world, None, limits());
    let _stream = site.dial();
    site.settle();
    site.advance(secs(1_000_000));
    assert_eq!(site.server().connections(), 1);

    let silent_time = Some(secs(5));
    let site = Site::with(
        world,
        None,
        Limits {
            silent_time,
            ..limits()
        },
    );
    let stream = site.dial();
    site.settle();
    site.advance(secs(6));
    assert_eq!(site.hear_all(&*stream), "");
    assert_eq!(site.server().connections(), 0);
}

fn an_answer_has_all_the_time(world: &dyn World) {
    let site = Site::with(world, None, limits());
    let stream = site.dial();
    site.say(&*stream, "GET /p HTTP/1.1\r\n\r\n");
    site.advance(secs(1_000_000));
    site.desk.answer("late");
    site.settle();
    let heard = site.wait(read(&*stream, 1000)).unwrap();
    assert!(heard.ends_with(b"late"));
}

fn who_takes_no_answer_is_cut_off(world: &dyn World) {
    let site = Site::with(world, None, limits());
    let stream = site.dial();
    site.say(&*stream, "GET /p HTTP/1.1\r\n\r\n");
    let (reader, writer) = pipe();
    let mut response = Response::new(Status::OK);
    response.body = reader.into();
    site.desk.request().1.set(response);
    site.settle();
    // As much as the network takes, and more.
    while writer.is_ready() {
        writer.write(vec![b'x'; 60_000]);
        site.settle();
    }
    site.advance(secs(41));
    assert_eq!(site.server().connections(), 0);
    assert!(site.wait(writer.reader_closed()).is_ok());
}
