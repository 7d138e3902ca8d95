//! Bodies arrive whole however they were framed and cut, and leave as the answer says.

use libprocess::codec::Limits;
use libprocess::http::{Response, Status, pipe};

use super::site::{Site, answer};
use crate::net::world::{World, read, write_all};

on_every_network!(
    a_request_may_arrive_byte_by_byte,
    a_large_body_arrives_whole,
    a_large_body_leaves_whole,
    a_pipe_is_sent_as_it_is_written,
    a_pipe_that_breaks_ends_the_connection,
    an_old_client_gets_no_chunks,
    heads_have_no_bodies,
    some_statuses_have_no_bodies,
    an_interim_status_is_no_answer,
);

fn a_request_may_arrive_byte_by_byte(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    let text = "POST /p?a=b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
                5;ext\r\nhello\r\n1\r\n!\r\n0\r\n\r\n";
    for _ in 0..2 {
        for byte in text.as_bytes().chunks(1) {
            assert_eq!(site.desk.waiting(), 0);
            site.say(&*stream, byte);
        }
        let (request, promise) = site.desk.request();
        assert_eq!(request.query("a"), Some("b"));
        assert_eq!(request.body, "hello!".into());
        promise.set(Response::ok("ok"));
        site.hear(&*stream, &answer("200 OK", "ok"));
    }
}

fn a_large_body_arrives_whole(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    let body: Vec<u8> = (0..3_000_000_u32)
        .map(|number| (number % 251) as u8)
        .collect();
    let head = format!("POST /p HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
    site.say(&*stream, head);
    site.wait(write_all(&*stream, &body)).unwrap();
    site.settle();
    while site.desk.waiting() == 0 {
        assert!(site.turn());
    }
    let (request, promise) = site.desk.request();
    assert!(request.body == body.into());
    promise.set(Response::ok("ok"));
    site.hear(&*stream, &answer("200 OK", "ok"));
}

fn a_large_body_leaves_whole(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    let body = "0123456789".repeat(300_000);
    site.say(&*stream, "GET /p HTTP/1.1\r\n\r\nGET /p HTTP/1.1\r\n\r\n");
    site.desk.answer(&body);
    site.desk.answer("small");
    site.hear(
        &*stream,
        &(answer("200 OK", &body) + &answer("200 OK", "small")),
    );
}

fn a_pipe_is_sent_as_it_is_written(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    let (reader, writer) = pipe();
    let response = || {
        let mut response = Response::new(Status::OK);
        response.body = reader.clone().into();
        response
    };
    site.say(&*stream, "GET /p HTTP/1.1\r\n\r\nGET /p HTTP/1.1\r\n\r\n");
    site.desk.request().1.set(response());
    site.desk.answer("next");
    let date = "Date: Thu, 01 Jan 1970 00:00:00 GMT";
    site.hear(
        &*stream,
        &format!("HTTP/1.1 200 OK\r\n{date}\r\nTransfer-Encoding: chunked\r\n\r\n"),
    );
    assert!(writer.write("hello"));
    site.hear(&*stream, "5\r\nhello\r\n");
    let long = "x".repeat(100_000);
    assert!(writer.write("hello, worlds") && writer.write(long.clone()));
    site.hear(
        &*stream,
        &format!("d\r\nhello, worlds\r\n186a0\r\n{long}\r\n"),
    );
    assert!(writer.close());
    site.hear(
        &*stream,
        &("0\r\n\r\n".to_owned() + &answer("200 OK", "next")),
    );
}

fn a_pipe_that_breaks_ends_the_connection(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    let (reader, writer) = pipe();
    site.say(&*stream, "GET /p HTTP/1.1\r\n\r\nGET /p HTTP/1.1\r\n\r\n");
    let mut response = Response::new(Status::OK);
    response.body = reader.into();
    site.desk.request().1.set(response);
    let (_, second) = site.desk.request();
    assert!(writer.write("hello") && writer.fail("no more"));
    let heard = site.hear_all(&*stream);
    assert!(heard.ends_with("\r\n\r\n5\r\nhello\r\n"), "{heard}");
    assert!(second.has_discard());
}

fn an_old_client_gets_no_chunks(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    let (reader, writer) = pipe();
    site.say(
        &*stream,
        "GET /p HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    );
    let mut response = Response::new(Status::OK);
    response.body = reader.into();
    site.desk.request().1.set(response);
    assert!(writer.write("hel") && writer.write("lo") && writer.close());
    let heard = site.hear_all(&*stream);
    assert!(
        heard.ends_with("\r\nConnection: close\r\n\r\nhello"),
        "{heard}"
    );
}

fn heads_have_no_bodies(world: &dyn World) {
    let site = Site::with(world, None, Limits::default());
    let stream = site.dial();
    site.say(&*stream, "HEAD /p HTTP/1.1\r\n\r\n");
    site.desk.answer("body");
    let whole = answer("200 OK", "body");
    site.hear(&*stream, whole.strip_suffix("body").unwrap());
    let (reader, writer) = pipe();
    site.say(&*stream, "HEAD /p HTTP/1.1\r\n\r\n");
    let mut response = Response::new(Status::OK);
    response.body = reader.into();
    site.desk.request().1.set(response);
    let heard = String::from_utf8(site.wait(read(&*stream, 1000)).unwrap()).unwrap();
    assert!(
        heard.ends_with("\r\nTransfer-Encoding: chunked\r\n\r\n"),
        "{heard}"
    );
    assert!(writer.reader_closed().is_ready());
}

fn some_statuses_have_no_bodies(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    for status in [Status::NO_CONTENT, Status::NOT_MODIFIED] {
        site.say(&*stream, "GET /p HTTP/1.1\r\n\r\nGET /p HTTP/1.1\r\n\r\n");
        let response = Response::text(status, "not sent");
        site.desk.request().1.set(response);
        site.desk.answer("next");
        let head = format!(
            "HTTP/1.1 {status}\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n"
        );
        site.hear(&*stream, &(head + &answer("200 OK", "next")));
    }
}

/// It would have the client take the next answer for the one to this.
fn an_interim_status_is_no_answer(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    for status in [Status::CONTINUE, Status::SWITCHING_PROTOCOLS] {
        site.say(&*stream, "GET /p HTTP/1.1\r\n\r\nGET /p HTTP/1.1\r\n\r\n");
        site.desk.request().1.set(Response::new(status));
        site.desk.answer("next");
        let text = "500 Internal Server Error";
        let expected = answer(text, &format!("{text}.")) + &answer("200 OK", "next");
        site.hear(&*stream, &expected);
    }
}
