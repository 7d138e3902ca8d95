//! A streaming route reads its request while it arrives, and the client is held back by how fast
//! it reads.

use std::future::poll_fn;
use std::net::Shutdown;
use std::pin::pin;
use std::task::{Context, Waker};

use libprocess::http::{Body, Reader, Response};

use super::site::{Site, answer};
use crate::net::world::{World, write_all};

on_every_network!(
    the_request_is_there_before_its_body,
    a_slow_reader_holds_its_client_back,
    who_reads_no_more_ends_the_connection,
    a_body_that_breaks_off_fails,
    a_client_is_told_to_go_on,
);

fn piped(body: Body) -> Reader {
    match body {
        Body::Pipe(reader) => reader,
        body => panic!("{body:?} is no pipe"),
    }
}

fn the_request_is_there_before_its_body(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(
        &*stream,
        "POST /p/stream HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    let (request, promise) = site.desk.request();
    let body = piped(request.body);
    for text in ["hello", "world"] {
        site.say(&*stream, format!("5\r\n{text}\r\n"));
        assert_eq!(site.wait(body.read()).unwrap(), text);
    }
    site.say(&*stream, "0\r\n\r\nGET /p/next HTTP/1.1\r\n\r\n");
    assert_eq!(site.wait(body.read()).unwrap(), "");
    promise.set(Response::ok("1"));
    site.desk.answer("2");
    site.settle();
    site.hear(&*stream, &(answer("200 OK", "1") + &answer("200 OK", "2")));
}

fn a_slow_reader_holds_its_client_back(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    let length = 20_000_000;
    let head = format!("POST /p/stream HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
    site.say(&*stream, head);
    let (request, promise) = site.desk.request();
    let body = piped(request.body);
    let sent = vec![b'x'; length];
    let mut writing = pin!(write_all(&*stream, &sent));
    let mut ctx = Context::from_waker(Waker::noop());
    for _ in 0..100 {
        assert!(writing.as_mut().poll(&mut ctx).is_pending());
        site.settle();
    }
    let mut reading = pin!(async {
        let mut read = 0;
        while read < length {
            read += body.read().await.unwrap().len();
        }
    });
    let mut is_written = false;
    site.wait(poll_fn(|ctx| {
        is_written = is_written || writing.as_mut().poll(ctx).is_ready();
        reading.as_mut().poll(ctx)
    }));
    assert_eq!(site.wait(body.read()).unwrap(), "");
    promise.set(Response::ok("all"));
    site.settle();
    site.hear(&*stream, &answer("200 OK", "all"));
}

fn who_reads_no_more_ends_the_connection(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    site.say(
        &*stream,
        "POST /p/stream HTTP/1.1\r\nContent-Length: 100000\r\n\r\nbegin",
    );
    let (request, promise) = site.desk.request();
    drop(request);
    promise.set(Response::ok("enough"));
    site.say(&*stream, "more");
    let heard = site.hear_all(&*stream);
    assert!(heard.ends_with("enough"), "{heard}");
}

fn a_body_that_breaks_off_fails(world: &dyn World) {
    let site = Site::new(world);
    for (rest, error) in [
        ("1\r\nab GET", "chunk does not end where its size says"),
        ("x\r\n", "malformed chunk size"),
        ("5\r\nhel", "the connection ended within the body"),
    ] {
        let stream = site.dial();
        site.say(
            &*stream,
            "POST /p/stream HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        );
        let (request, promise) = site.desk.request();
        let body = piped(request.body);
        site.say(&*stream, rest);
        stream.shutdown(Shutdown::Write).unwrap();
        site.settle();
        assert_eq!(site.wait(body.read_all()).unwrap_err().to_string(), error);
        promise.set(Response::ok("sorry"));
        assert!(site.hear_all(&*stream).ends_with("sorry"));
    }
}

fn a_client_is_told_to_go_on(world: &dyn World) {
    let site = Site::new(world);
    let stream = site.dial();
    let head = "POST /p/stream HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    site.say(&*stream, head);
    site.hear(&*stream, "HTTP/1.1 100 Continue\r\n\r\n");
    site.say(&*stream, "hi");
    let (request, promise) = site.desk.request();
    assert_eq!(site.wait(piped(request.body).read_all()).unwrap(), "hi");
    promise.set(Response::ok("heard"));
    site.settle();
    site.hear(&*stream, &answer("200 OK", "heard"));
}
