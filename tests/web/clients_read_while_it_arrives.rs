//! A client hands out a response before its body, holds the server back, and waits no longer than
//! it was told to.
//!
//! The names in brackets are those of the tests of C++ libprocess of the same behaviour.

use std::time::Duration;

use libprocess::codec::gzip;
use libprocess::future::Future;
use libprocess::http::{Body, Method, Reader, Request, Response, Status, pipe};
use libprocess::web::client::Error;

use super::site::Site;
use crate::net::world::{World, accept, read, write_all};

on_every_network!(
    a_response_is_there_before_its_body,
    a_body_that_fails_fails_here,
    a_body_that_is_cut_off_fails_behind_what_came,
    a_slow_reader_holds_the_server_back,
    who_reads_no_more_disconnects,
    what_is_compressed_comes_out_plain,
    a_response_that_is_late_is_an_error,
    every_method_has_its_verb,
    connections_are_what_they_are,
    a_body_of_known_length_is_sent_with_it,
);

fn request(method: Method, target: &str) -> Request {
    Request::new(method, target).unwrap()
}

fn piped(body: Body) -> Reader {
    match body {
        Body::Pipe(reader) => reader,
        body => panic!("{body:?} is no pipe"),
    }
}

fn problem(site: &Site<'_>, response: Future<Response>) -> Error {
    let error = site.wait(response).unwrap_err();
    Error::of(&error).expect("an error of the client").clone()
}

/// (`HTTPTest.StreamingGetComplete`, `HTTPConnectionTest.Serial`)
fn a_response_is_there_before_its_body(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    for _ in 0..2 {
        let response = connection.send_streamed(request(Method::GET, "/p"));
        site.settle();
        let (reader, writer) = pipe();
        let mut answer = Response::new(Status::OK);
        answer.body = reader.into();
        site.desk.request().1.set(answer);
        let response = site.wait(response).unwrap();
        let body = piped(response.body);
        for text in ["hello", "world"] {
            assert!(writer.write(text));
            assert_eq!(site.wait(body.read()).unwrap(), text);
        }
        writer.close();
        assert_eq!(site.wait(body.read()).unwrap(), "");
    }
    let empty = connection.send_streamed(request(Method::HEAD, "/p"));
    site.settle();
    site.desk.answer("no body");
    let body = piped(site.wait(empty).unwrap().body);
    assert_eq!(site.wait(body.read()).unwrap(), "");
    connection.disconnect();
    assert!(matches!(
        problem(&site, connection.send(request(Method::GET, "/p"))),
        Error::Disconnected
    ));
}

/// (`HTTPTest.StreamingGetFailure`)
fn a_body_that_fails_fails_here(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let response = connection.send_streamed(request(Method::GET, "/p"));
    site.settle();
    let (reader, writer) = pipe();
    let mut answer = Response::new(Status::OK);
    answer.body = reader.into();
    site.desk.request().1.set(answer);
    let body = piped(site.wait(response).unwrap().body);
    writer.write("hello");
    assert_eq!(site.wait(body.read()).unwrap(), "hello");
    writer.fail("broken");
    assert!(site.wait(body.read()).is_err());
    site.wait(connection.disconnected()).unwrap();
}

/// (`DecoderTest.StreamingResponseFailure`)
fn a_body_that_is_cut_off_fails_behind_what_came(world: &dyn World) {
    let site = Site::new(world);
    let listener = site.far().listen(site.far_address()).unwrap();
    let connection = site.client().connect(listener.address());
    let response = connection.send_streamed(request(Method::GET, "/"));
    let (stream, _) = site.wait(accept(&*listener)).unwrap();
    assert!(!site.wait(read(&*stream, 1000)).unwrap().is_empty());
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1";
    site.wait(write_all(&*stream, answer)).unwrap();
    let body = piped(site.wait(response).unwrap().body);
    assert_eq!(site.wait(body.read()).unwrap(), "1");
    let rest = body.read();
    site.settle();
    assert!(rest.is_pending());
    drop(stream);
    site.wait(rest).unwrap_err();
    site.wait(connection.disconnected()).unwrap();
}

fn a_slow_reader_holds_the_server_back(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let response = connection.send_streamed(request(Method::GET, "/p"));
    site.settle();
    let (reader, writer) = pipe();
    let mut answer = Response::new(Status::OK);
    answer.body = reader.into();
    site.desk.request().1.set(answer);
    let body = piped(site.wait(response).unwrap().body);
    let mut written = 0;
    // Until the way there is full, with whatever the network itself holds.
    let mut waited = 0;
    while waited < 20 {
        site.settle();
        waited += 1;
        if writer.is_ready() {
            writer.write(vec![b'x'; 100_000]);
            written += 100_000;
            waited = 0;
        }
    }
    assert!(written < 50_000_000, "{written}");
    writer.close();
    let mut read = 0;
    loop {
        match site.wait(body.read()).unwrap().len() {
            0 => break,
            length => read += length,
        }
    }
    assert_eq!(read, written);
}

fn who_reads_no_more_disconnects(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let response = connection.send_streamed(request(Method::GET, "/p"));
    site.settle();
    let (reader, writer) = pipe();
    let mut answer = Response::new(Status::OK);
    answer.body = reader.into();
    site.desk.request().1.set(answer);
    drop(site.wait(response).unwrap());
    writer.write("hello");
    site.wait(connection.disconnected()).unwrap();
    // Who is gone is noticed when there is more to say.
    let closed = writer.reader_closed();
    while closed.is_pending() {
        writer.write("more");
        site.turn();
    }
}

fn what_is_compressed_comes_out_plain(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let text = "0123456789".repeat(1000);
    for is_streamed in [false, true] {
        let request = request(Method::GET, "/p");
        let request = request.with_header("Accept-Encoding", "gzip").unwrap();
        let response = match is_streamed {
            true => connection.send_streamed(request),
            false => connection.send(request),
        };
        site.settle();
        site.desk.answer(&text);
        let response = site.wait(response).unwrap();
        assert_eq!(response.header("Vary"), Some("Accept-Encoding"));
        assert_eq!(response.header("Content-Encoding"), None);
        assert_eq!(response.header("Content-Length"), None);
        let body = match response.body {
            Body::Pipe(reader) => site.wait(reader.read_all()).unwrap(),
            body => body.bytes().unwrap(),
        };
        assert!(body == text);
    }
    // (`HTTPConnectionTest.GzipRequestBody`)
    let request = request(Method::POST, "/p").with_body(gzip::compress(text.as_bytes()));
    let request = request.with_header("Content-Encoding", "gzip").unwrap();
    let _response = connection.send(request);
    site.settle();
    assert!(site.desk.request().0.body == text.into());
}

fn a_response_that_is_late_is_an_error(world: &dyn World) {
    let site = Site::new(world);
    let client = site.client().within(Duration::from_secs(5));
    let response = client.get(site.server().address(), "/p");
    site.advance(Duration::from_secs(4));
    site.desk.answer("in time");
    assert_eq!(site.wait(response).unwrap().body, "in time".into());
    let response = client.get(site.server().address(), "/p");
    site.advance(Duration::from_secs(6));
    assert!(matches!(problem(&site, response), Error::TimedOut));
    // Whether anybody reads the answer, the server learns when it writes.
    site.desk.answer("late");
    site.settle();
    assert_eq!(site.server().connections(), 0);
}

/// (`HTTPTest.Get`, `HTTPTest.Post`, `HTTPTest.Delete`, `HTTPTest.Request`)
fn every_method_has_its_verb(world: &dyn World) {
    let site = Site::new(world);
    let (client, address) = (site.client(), site.server().address());
    for (method, body) in [
        (Method::GET, ""),
        (Method::POST, "posted"),
        (Method::PUT, "put"),
        (Method::DELETE, ""),
    ] {
        let target = "/p?foo=bar";
        let response = match method {
            Method::GET => client.get(address, target),
            Method::POST => client.post(address, target, body),
            Method::PUT => client.put(address, target, body),
            _ => client.delete(address, target),
        };
        site.settle();
        let (request, promise) = site.desk.request();
        assert_eq!(
            (request.method, request.query("foo")),
            (method, Some("bar"))
        );
        assert_eq!(request.body, body.into());
        assert_ne!(request.peer, Some(address));
        promise.set(Response::ok("1"));
        assert_eq!(site.wait(response).unwrap().status, Status::OK);
    }
}

/// (`HTTPConnectionTest.Equality`, `HTTPConnectionTest.ReferenceCounting`)
fn connections_are_what_they_are(world: &dyn World) {
    let site = Site::new(world);
    let (client, address) = (site.client(), site.server().address());
    let (one, other) = (client.connect(address), client.connect(address));
    let again = one.clone();
    assert!(one == again && one != other);
    site.settle();
    assert_eq!(site.server().connections(), 2);
    drop(one);
    site.settle();
    assert_eq!(site.server().connections(), 2);
    let disconnected = again.disconnected();
    drop(again);
    site.wait(disconnected).unwrap();
    site.settle();
    assert_eq!(site.server().connections(), 1);
}

fn a_body_of_known_length_is_sent_with_it(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    for (text, arrives) in [("hello", true), ("hell", false)] {
        let (reader, writer) = libprocess::http::pipe_of(5);
        let response = connection.send(request(Method::POST, "/p").with_body(reader));
        writer.write(text);
        writer.close();
        site.settle();
        if arrives {
            let (request, promise) = site.desk.request();
            assert_eq!(request.header("Content-Length"), Some("5"));
            assert_eq!(request.body, text.into());
            promise.set(Response::accepted());
            assert!(site.wait(response).is_ok());
        } else {
            assert!(matches!(problem(&site, response), Error::Body(_)));
        }
    }
}
