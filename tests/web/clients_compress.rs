//! A client compresses what it sends where it is told to, and takes what is compressed, but no
//! bomb.

use libprocess::codec::{self, Limits, gzip};
use libprocess::http::{Body, Method, Request, Response, pipe};
use libprocess::web::client::Error;

use super::site::Site;
use crate::net::world::World;

on_every_network!(a_request_arrives_plain, a_bomb_is_an_error);

/// `HTTPConnectionTest.GzipRequestBody`.
fn a_request_arrives_plain(world: &dyn World) {
    let site = Site::new(world);
    let connection = site.client().connect(site.server().address());
    let plain = "hello ".repeat(1000);
    let request = Request::new(Method::POST, "/p").unwrap();
    let request = request.with_body(plain.clone()).compressed();
    let Some(sent) = request.body.bytes() else {
        panic!("{:?} is not whole", request.body)
    };
    assert!(sent.len() < 100);
    let response = connection.send(request);
    site.settle();
    let (request, promise) = site.desk.request();
    assert_eq!(request.header("Content-Encoding"), Some("gzip"));
    assert_eq!(
        request.header("Content-Length"),
        Some(&*sent.len().to_string())
    );
    assert!(request.body == plain.into());
    promise.set(Response::ok("x"));
    assert_eq!(site.wait(response).unwrap().body, "x".into());
    connection.disconnect();
    site.wait(connection.disconnected()).unwrap();

    // What is not there yet, or not at all, stays as it is.
    let (reader, _writer) = pipe();
    for body in [Body::Empty, reader.into()] {
        let request = Request::new(Method::POST, "/p").unwrap();
        let request = request.with_body(body.clone());
        assert_eq!(request.clone().compressed(), request);
    }
}

fn a_bomb_is_an_error(world: &dyn World) {
    let site = Site::new(world);
    let body_bytes = 640_000;
    let client = site.client_with(Limits {
        body_bytes,
        ..Limits::default()
    });
    let tenth = gzip::compress(&vec![0; body_bytes / 10]);
    for (times, fits) in [(10, true), (11, false)] {
        let response = client.get(site.server().address(), "/p");
        site.settle();
        let answer = Response::ok(tenth.repeat(times));
        let answer = answer.with_header("Content-Encoding", "gzip").unwrap();
        site.desk.request().1.set(answer);
        match site.wait(response) {
            Ok(response) => {
                assert!(fits);
                assert_eq!(response.body.bytes().unwrap().len(), body_bytes);
            }
            Err(error) => {
                let error = Error::of(&error);
                let is_told = matches!(error, Some(Error::Malformed(codec::Error::BodyTooLarge)));
                assert!(!fits && is_told, "{error:?}");
            }
        }
    }
}
