//! Processes answer requests over real sockets, as those of C++ libprocess do.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};

use libprocess::future::{Future, Promise};
use libprocess::http::{Body, Method, Request, Response, Status, pipe};
use libprocess::process::{Context, Process};
use libprocess::runtime::Runtime;

/// Endpoints like those of the original's own tests.
struct Site;

impl Process for Site {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route("/body", "Says back what it was told.", Self::body);
        ctx.route("/pipe", "", Self::pipe);
        ctx.route("/fails", "", Self::fails);
        ctx.route("/never", "", Self::never);
        ctx.route("/ends", "", Self::ends);
        ctx.route("/a", "", Self::short);
        ctx.route("/a/b/c", "", Self::long);
        ctx.route("/later", "", Self::later);
    }
}

impl Site {
    fn body(&mut self, _ctx: &mut Context<Self>, request: Request) -> Response {
        let name = request.query("name").unwrap_or_default();
        let body = request.body.bytes().unwrap();
        Response::ok(format!(
            "{} {name} {}",
            request.method,
            String::from_utf8_lossy(&body)
        ))
    }

    fn pipe(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        let (reader, writer) = pipe();
        assert!(writer.write("Hello ") && writer.write("World") && writer.close());
        let mut response = Response::new(Status::OK);
        response.body = Body::Pipe(reader);
        response
    }

    fn fails(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Future<Response> {
        Future::failed("failure")
    }

    fn never(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Future<Response> {
        Promise::new().1
    }

    fn ends(&mut self, ctx: &mut Context<Self>, _request: Request) -> Future<Response> {
        ctx.terminate();
        Future::abandoned()
    }

    fn short(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::accepted()
    }

    fn long(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::new(Status::OK)
    }

    fn later(&mut self, ctx: &mut Context<Self>, _request: Request) -> Future<Response> {
        // Answered by a dispatch that is queued behind whatever else has arrived.
        ctx.pid().dispatch(|_, _| Response::ok("later"))
    }
}

fn site() -> Runtime {
    let runtime = Runtime::builder()
        .workers(2)
        .delegate("site")
        .start()
        .unwrap();
    runtime.spawn_as("site", Site).unwrap();
    runtime
}

fn get(runtime: &Runtime, target: &str) -> (u16, String) {
    let response = runtime
        .client()
        .get(runtime.address(), target)
        .wait()
        .unwrap();
    (response.status.code(), text(&response))
}

fn text(response: &Response) -> String {
    String::from_utf8(response.body.bytes().unwrap().to_vec()).unwrap()
}

fn raw(runtime: &Runtime, bytes: &str) -> String {
    let mut stream = TcpStream::connect(SocketAddr::from(runtime.address())).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut heard = String::new();
    stream.read_to_string(&mut heard).unwrap();
    heard
}

#[test]
fn routes_and_the_delegate() {
    let runtime = site();
    for (target, expected) in [
        ("/site/body?name=x", (200, "GET x ")),
        ("/body?name=x", (200, "GET x ")),
        ("/site/body/", (200, "GET  ")),
        ("/%73ite/body", (200, "GET  ")),
        ("/site//body//", (200, "GET  ")),
        ("/site/a", (202, "")),
        ("/site/a/b", (202, "")),
        ("/site/a/b/c", (200, "")),
        ("/site/a/b/c/d", (200, "")),
        ("/site/pipe", (200, "Hello World")),
        ("/site/later", (200, "later")),
        ("/site/fails", (500, "failure")),
        ("/site/nothing", (404, "404 Not Found.")),
        ("/site/BODY", (404, "404 Not Found.")),
        ("/site/%62ody", (404, "404 Not Found.")),
        ("/", (404, "404 Not Found.")),
    ] {
        let (status, body) = get(&runtime, target);
        assert_eq!((status, &*body), expected, "{target}");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let request = Request::new(method, "/site/body?name=n")
            .unwrap()
            .with_body("payload");
        let response = runtime
            .client()
            .request(runtime.address(), request)
            .wait()
            .unwrap();
        assert_eq!(text(&response), format!("{method} n payload"));
    }
}

#[test]
fn an_old_client_may_keep_its_connection() {
    let runtime = site();
    let request = "GET /site/body HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
    let heard = raw(&runtime, &request.repeat(2));
    assert!(heard.starts_with("HTTP/1.1 200 OK\r\n"), "{heard}");
    assert_eq!(heard.matches("\r\n\r\nGET  ").count(), 2, "{heard}");
}

#[test]
fn a_pipe_comes_in_chunks() {
    let runtime = site();
    let heard = raw(&runtime, "GET /site/pipe HTTP/1.1\r\n\r\n");
    assert!(
        heard.contains("\r\nTransfer-Encoding: chunked\r\n"),
        "{heard}"
    );
    assert!(
        heard.ends_with("\r\n\r\n6\r\nHello \r\n5\r\nWorld\r\n0\r\n\r\n"),
        "{heard}"
    );
}

#[test]
fn an_answer_that_never_comes_costs_one_500() {
    let runtime = site();
    let requests =
        ["never", "body", "ends"].map(|path| format!("GET /site/{path} HTTP/1.1\r\n\r\n"));
    let heard = raw(&runtime, &requests.concat());
    let codes: Vec<_> = heard
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| &answer[..3])
        .collect();
    assert_eq!(codes, ["500", "200", "500"], "{heard}");
}

#[test]
fn many_clients_are_answered_at_once() {
    let runtime = site();
    let connections: Vec<_> = (0..50)
        .map(|_| runtime.client().connect(runtime.address()))
        .collect();
    let responses: Vec<_> = (0..20)
        .flat_map(|number| {
            let target = format!("/site/body?name={number}");
            let request = Request::new(Method::GET, &target).unwrap();
            connections
                .iter()
                .map(|connection| (number, connection.send(request.clone())))
                .collect::<Vec<_>>()
        })
        .collect();
    for (number, response) in responses {
        assert_eq!(text(&response.wait().unwrap()), format!("GET {number} "));
    }
}

#[test]
fn garbage_is_counted() {
    let runtime = site();
    assert!(raw(&runtime, "garbage\r\n\r\n").starts_with("HTTP/1.1 400 Bad Request\r\n"));
    assert_eq!(
        raw(
            &runtime,
            "POST /site/body HTTP/1.1\r\nContent-Length: 5\r\n\r\nhell"
        ),
        ""
    );
    let (status, body) = get(&runtime, "/metrics/snapshot");
    let snapshot: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(status, 200);
    assert_eq!(snapshot["libprocess/malformed_requests"], 1.0);
    assert_eq!(snapshot["libprocess/truncated_requests"], 1.0);
}

#[test]
fn a_stop_fails_what_is_under_way() {
    let runtime = site();
    let connection = runtime.client().connect(runtime.address());
    let other = site();
    let waiting = other.client().get(runtime.address(), "/site/later");
    waiting.wait().unwrap();
    let idle = other.client().connect(runtime.address());
    idle.send(Request::new(Method::GET, "/site/a").unwrap())
        .wait()
        .unwrap();
    runtime.stop().unwrap();
    let late = connection.send(Request::new(Method::GET, "/site/a").unwrap());
    assert!(late.wait().is_err());
    assert!(
        idle.send(Request::new(Method::GET, "/site/a").unwrap())
            .wait()
            .is_err()
    );
    assert!(
        runtime
            .client()
            .get(other.address(), "/site/a")
            .wait()
            .is_err()
    );
}
