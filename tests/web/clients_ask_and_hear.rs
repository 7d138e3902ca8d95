//! The client asks any server, one request or many, and says why it heard nothing.

use std::error::Error as _;

use libprocess::address::Address;
use libprocess::future::{Error, Failure, Future};
use libprocess::http::{Body, Method, Request, Response, Status, pipe};
use libprocess::web::client;

use super::site::Site;
use crate::net::world::{World, accept, read, wait, write_all};

on_every_network!(
    one_request_has_a_connection_of_its_own,
    requests_may_be_pipelined,
    bodies_go_and_come_in_every_form,
    there_is_nothing_behind_the_last_request,
    a_closing_response_fails_what_waits_behind_it,
    a_dropped_connection_hears_what_it_asked_for,
    who_disconnects_hears_no_more,
    nobody_there_is_an_error,
    what_no_server_should_say_is_an_error,
    a_response_may_end_with_its_connection,
    a_long_head_is_read_up_to_its_limit,
    what_cannot_be_asked_is_an_error,
    an_answer_is_heard_where_the_body_is_not,
);

fn request(method: Method, target: &str) -> Request {
    Request::new(method, target).unwrap()
}

fn text(response: Result<Response, Error>) -> String {
    String::from_utf8(response.unwrap().body.bytes().unwrap().to_vec()).unwrap()
}

/// Which error a request failed with.
fn problem(site: &Site<'_>, response: Future<Response>) -> client::Error {
    let error = site.wait(response).unwrap_err();
    let source = error
        .failure()
        .and_then(Failure::source)
        .expect("a failure with its source");
    source
        .downcast_ref::<client::Error>()
        .expect("an error of the client")
        .clone()
}

fn one_request_has_a_connection_of_its_own(world: &dyn World) {
    let site = Site::new(world);
    let (client, address) = (site.client(), site.server().address());
    let response = client.get(address, "/p/x?a=b c");
    site.settle();
    let (request, promise) = site.desk.request();
    assert_eq!((request.method, &*request.url.path), (Method::GET, "/p/x"));
    assert_eq!(
        (request.query("a"), request.keep_alive),
        (Some("b c"), false)
    );
    assert_eq!(request.header("Host"), Some(&*address.to_string()));
    promise.set(Response::ok("hello").with_header("X-Mine", "1").unwrap());
    let response = site.wait(response).unwrap();
    assert_eq!(
        (response.status, response.header("x-mine")),
        (Status::OK, Some("1"))
    );
    assert_eq!(response.body, "hello".into());
    let response = site.wait(client.post(address, "/nobody", "body"));
    assert_eq!(response.unwrap().status, Status::NOT_FOUND);
}

fn requests_may_be_pipelined(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let responses =
        ["/p/1", "/q/2", "/p/3"].map(|path| connection.clone().send(request(Method::GET, path)));
    site.settle();
    let promises = [(); 3].map(|()| site.desk.request().1);
    for (promise, body) in promises.into_iter().zip(["one", "two", "three"]).rev() {
        assert!(responses.iter().all(Future::is_pending));
        promise.set(Response::ok(body));
        site.settle();
    }
    let bodies = responses.map(|response| text(site.wait(response)));
    assert_eq!(bodies, ["one", "two", "three"]);
    let again = connection.send(request(Method::HEAD, "/p"));
    site.settle();
    site.desk.answer("no body");
    assert_eq!(text(site.wait(again)), "");
    let again = connection.send(request(Method::GET, "/p"));
    site.settle();
    site.desk.answer("again");
    assert_eq!(text(site.wait(again)), "again");
}

fn bodies_go_and_come_in_every_form(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let large = "0123456789".repeat(100_000);
    let (reader, writer) = pipe();
    let responses = [Body::from(large.clone()), reader.into(), Body::Empty]
        .map(|body| connection.send(request(Method::POST, "/p").with_body(body)));
    site.settle();
    assert!(writer.write("hel"));
    site.settle();
    assert!(writer.write("lo") && writer.close());
    while site.desk.waiting() < 3 {
        assert!(site.turn());
    }
    for sent in [&large, "hello", ""] {
        let (request, promise) = site.desk.request();
        assert!(request.body == sent.to_owned().into());
        let (reader, writer) = pipe();
        let mut response = Response::new(Status::OK);
        response.body = reader.into();
        promise.set(response);
        assert!(writer.write(sent.to_owned()) && writer.write("!") && writer.close());
    }
    for (response, sent) in responses.into_iter().zip([&large, "hello", ""]) {
        assert!(text(site.wait(response)) == format!("{sent}!"));
    }
    let (reader, writer) = pipe();
    let broken = connection.send(request(Method::POST, "/p").with_body(reader));
    site.settle();
    assert!(writer.fail("no more"));
    assert!(matches!(problem(&site, broken), client::Error::Body(_)));
}

fn there_is_nothing_behind_the_last_request(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let first = connection.send(request(Method::GET, "/p"));
    let mut closing = request(Method::GET, "/p");
    closing.keep_alive = false;
    let second = connection.send(closing);
    let third = connection.send(request(Method::GET, "/p"));
    assert!(matches!(problem(&site, third), client::Error::LastWasSent));
    site.settle();
    site.desk.answer("one");
    site.desk.answer("two");
    assert_eq!(
        [first, second].map(|response| text(site.wait(response))),
        ["one", "two"]
    );
    site.wait(connection.disconnected()).unwrap();
    let late = connection.send(request(Method::GET, "/p"));
    site.wait(late).unwrap_err();
}

fn a_closing_response_fails_what_waits_behind_it(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let [first, second] = [(); 2].map(|()| connection.send(request(Method::GET, "/p")));
    site.settle();
    let (_, promise) = site.desk.request();
    promise.set(
        Response::ok("x")
            .with_header("Connection", "close")
            .unwrap(),
    );
    assert_eq!(text(site.wait(first)), "x");
    assert!(matches!(problem(&site, second), client::Error::Closed));
    site.wait(connection.disconnected()).unwrap();
    let third = connection.send(request(Method::GET, "/p"));
    assert!(matches!(problem(&site, third), client::Error::Closed));
}

fn a_dropped_connection_hears_what_it_asked_for(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let response = connection.send(request(Method::GET, "/p"));
    drop(connection);
    site.settle();
    site.desk.answer("x");
    assert_eq!(text(site.wait(response)), "x");
}

fn who_disconnects_hears_no_more(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let response = connection.send(request(Method::GET, "/p"));
    site.settle();
    connection.disconnect();
    assert!(matches!(
        problem(&site, response),
        client::Error::Disconnected
    ));
    site.wait(connection.disconnected()).unwrap();
    let late = connection.send(request(Method::GET, "/p"));
    assert!(matches!(problem(&site, late), client::Error::Disconnected));
}

fn nobody_there_is_an_error(world: &dyn World) {
    let mut site = Site::new(world);
    let address = site.server().address();
    site.stop();
    let response = site.client().get(address, "/p");
    assert!(matches!(
        problem(&site, response),
        client::Error::Connect(_)
    ));
}

/// Has a server say `answer` to whatever is asked, and then end the connection.
fn told(site: &Site<'_>, answer: &[u8]) -> Future<Response> {
    let listener = site.far().listen(site.far_address()).unwrap();
    let address: Address = listener.address();
    let response = site.client().get(address, "/");
    let (stream, _) = site.wait(accept(&*listener)).unwrap();
    assert!(!site.wait(read(&*stream, 1000)).unwrap().is_empty());
    site.wait(write_all(&*stream, answer)).unwrap();
    response
}

fn what_no_server_should_say_is_an_error(world: &dyn World) {
    let site = Site::new(world);
    for answer in ["HTTP/1.1 999 x\r\n\r\n", "garbage\r\n\r\n"] {
        let response = told(&site, answer.as_bytes());
        assert!(
            matches!(problem(&site, response), client::Error::Malformed(_)),
            "{answer}"
        );
    }
    for answer in ["", "HTTP/1.1 200 OK\r\n"] {
        let response = told(&site, answer.as_bytes());
        assert!(
            matches!(problem(&site, response), client::Error::Disconnected),
            "{answer}"
        );
    }
    let cut = told(&site, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1");
    assert!(matches!(problem(&site, cut), client::Error::Malformed(_)));
}

fn a_response_may_end_with_its_connection(world: &dyn World) {
    let site = Site::new(world);
    let answer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nall of it";
    assert_eq!(text(site.wait(told(&site, answer))), "all of it");
}

fn a_long_head_is_read_up_to_its_limit(world: &dyn World) {
    let site = Site::new(world);
    let answer = |bytes: usize| {
        let long = "x".repeat(bytes);
        format!("HTTP/1.1 200 OK\r\nX-Long: {long}\r\nContent-Length: 2\r\n\r\nhi")
    };
    let response = site.wait(told(&site, answer(70_000).as_bytes())).unwrap();
    assert_eq!(response.header("x-long").map(str::len), Some(70_000));
    let response = told(&site, answer(90_000).as_bytes());
    assert!(matches!(
        problem(&site, response),
        client::Error::Malformed(_)
    ));
}

fn what_cannot_be_asked_is_an_error(world: &dyn World) {
    let site = Site::new(world);
    let address = site.server().address();
    for target in ["/p?a=%zz", "/a b", "/a\r\nX: y"] {
        let response = site.client().get(address, target);
        assert!(
            matches!(problem(&site, response), client::Error::Target(_)),
            "{target:?}"
        );
    }
}

/// As of a server that refuses a body for its size, and ends the connection in its middle.
fn an_answer_is_heard_where_the_body_is_not(world: &dyn World) {
    let site = Site::new(world);
    let listener = site.far().listen(site.far_address()).unwrap();
    let (reader, writer) = pipe();
    let response = site.client().post(listener.address(), "/", reader);
    let (stream, _) = site.wait(accept(&*listener)).unwrap();
    site.wait(read(&*stream, 1)).unwrap();
    // The client runs no more until all of this has happened.
    let answer = b"HTTP/1.1 413 x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge";
    wait(world, write_all(&*stream, answer)).unwrap();
    drop(stream);
    world.settle();
    assert!(writer.write("x".repeat(100_000)));
    assert_eq!(text(site.wait(response)), "large");
}
