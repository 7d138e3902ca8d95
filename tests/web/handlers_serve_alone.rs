//! A server of its own has one function answer everything (`HttpServeTest`, `HttpServerTest`).
//!
//! In C++ libprocess such a server is created, then run, then stopped; here it runs from its
//! beginning, so that nothing can be stopped that does not run (`HttpServerTest.StopNotRunning`).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use libprocess::address::Address;
use libprocess::clock::Clock;
use libprocess::future::{Future, Promise};
use libprocess::http::{Body, Method, Request, Response, Status, pipe};
use libprocess::runtime::Runtime;
use libprocess::web::client::{self, Connection};
use libprocess::web::{Handler, Server};

/// Requests that wait for the test to answer them.
type Desk = Arc<Mutex<Vec<Promise<Response>>>>;

struct World {
    runtime: Runtime,
    desk: Desk,
    server: Option<Arc<Server>>,
    connection: Connection,
}

fn world(clock: Clock) -> World {
    let runtime = Runtime::builder().workers(1).clock(clock).start().unwrap();
    let desk = Desk::default();
    let asked = desk.clone();
    let handler = Handler::new(move |_request| {
        let (promise, response) = Promise::new();
        asked.lock().unwrap().push(promise);
        response
    });
    let server = runtime.serve(Address::loopback(0), handler).unwrap();
    let connection = runtime.client().connect(server.address());
    World {
        runtime,
        desk,
        server: Some(server),
        connection,
    }
}

impl World {
    fn server(&self) -> &Server {
        self.server.as_ref().expect("it was not dropped")
    }

    fn ask(&self) -> Future<Response> {
        self.connection
            .send(Request::new(Method::GET, "/any").unwrap())
    }

    /// The requests, once so many have arrived.
    fn asked(&self, count: usize) -> Vec<Promise<Response>> {
        loop {
            let mut desk = self.desk.lock().unwrap();
            if desk.len() >= count {
                return std::mem::take(&mut desk);
            }
            drop(desk);
            std::thread::yield_now();
        }
    }
}

fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        std::thread::yield_now();
    }
}

fn text(response: Future<Response>) -> String {
    let body = response.wait().unwrap().body.bytes().unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

/// `HttpServeTest.Pipelining`, `HttpServerTest.Pipeline`: the server goes on until it is told to
/// finish, and has when its client is gone.
#[test]
fn pipelined_requests_are_answered_in_order() {
    let world = world(Clock::real());
    let [first, second, third] = [(); 3].map(|()| world.ask());
    let mut asked = world.asked(3);
    asked.pop().unwrap().set(Response::ok("3"));
    world.runtime.settle();
    assert!(first.is_pending() && second.is_pending() && third.is_pending());
    asked.remove(0).set(Response::ok("1"));
    assert_eq!(text(first), "1");
    assert!(second.is_pending() && third.is_pending());
    asked.remove(0).set(Response::ok("2"));
    assert_eq!((text(second), text(third)), ("2".into(), "3".into()));

    let finished = world.server().finish(Duration::from_secs(3600));
    let nobody = world.runtime.client().get(world.server().address(), "/");
    let error = nobody.wait().unwrap_err();
    let refused = client::Error::of(&error);
    assert!(
        matches!(refused, Some(client::Error::Connect(_))),
        "{error}"
    );
    let late = world.ask();
    world.asked(1).remove(0).set(Response::ok("late"));
    assert_eq!(text(late), "late");
    assert!(finished.is_pending());
    world.connection.disconnect();
    finished.wait().unwrap();
}

/// The grace of `HttpServerTest.Pipeline`, when it is over.
#[test]
fn grace_ends() {
    let clock = Clock::paused_at(libprocess::time::Time::EPOCH);
    let world = world(clock);
    let response = world.ask();
    let promise = world.asked(1).remove(0);
    let finished = world.server().finish(Duration::from_secs(5));
    world.runtime.clock().advance(Duration::from_secs(4));
    world.runtime.settle();
    assert!(finished.is_pending() && response.is_pending());
    world.runtime.clock().advance(Duration::from_secs(1));
    finished.wait().unwrap();
    response.wait().unwrap_err();
    until(|| promise.has_discard());
}

/// `HttpServeTest.Discard`, `HttpServerTest.Discard`, `HttpServerTest.Finalize`: by a stop, by a
/// drop, and with the runtime.
#[test]
fn an_end_is_heard_on_both_sides() {
    let stop: fn(&mut World) = |world| world.server().stop();
    let drop_it: fn(&mut World) = |world| world.server = None;
    let with_runtime: fn(&mut World) = |world| world.runtime.stop().unwrap();
    for end in [stop, drop_it, with_runtime] {
        let mut world = world(Clock::real());
        let response = world.ask();
        let promise = world.asked(1).remove(0);
        let disconnected = world.connection.disconnected();
        assert!(disconnected.is_pending());
        end(&mut world);
        disconnected.wait().unwrap();
        response.wait().unwrap_err();
        until(|| promise.has_discard());
    }
}

#[test]
fn a_stopped_runtime_serves_no_more() {
    let runtime = Runtime::builder().workers(1).start().unwrap();
    runtime.stop().unwrap();
    let handler = Handler::new(|_| Future::ready(Response::accepted()));
    runtime.serve(Address::loopback(0), handler).unwrap_err();
}

/// `HttpServeTest.Unix`: the body comes back while it is still being written.
#[test]
fn a_socket_at_a_path_echoes_a_stream() {
    let runtime = Runtime::builder().workers(1).start().unwrap();
    let name = format!("libprocess-alone-{}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let handler = Handler::new(|request| {
        let mut response = Response::new(Status::OK);
        response.body = request.body;
        Future::ready(response)
    });
    let _server = runtime.serve_path(&path, handler.streaming()).unwrap();
    let (reader, writer) = pipe();
    let request = Request::new(Method::POST, "/").unwrap().with_body(reader);
    let connection = runtime.client().connect(&*path);
    let response = connection.send_streamed(request).wait().unwrap();
    let Body::Pipe(echo) = response.body else {
        panic!("{:?} is no pipe", response.body)
    };
    for word in ["Hello", "World"] {
        assert!(writer.write(word));
        assert_eq!(echo.read().wait().unwrap(), word);
    }
    assert!(writer.close());
    assert_eq!(echo.read().wait().unwrap(), "");
}

#[test]
fn a_panic_costs_a_500() {
    let runtime = Runtime::builder().workers(1).start().unwrap();
    let handler = Handler::new(|request: Request| match &*request.url.path {
        "/panic" => panic!("on purpose"),
        path => Future::ready(Response::ok(path.to_owned())),
    });
    let server = runtime.serve(Address::loopback(0), handler).unwrap();
    let connection = runtime.client().connect(server.address());
    let [bad, good] =
        ["/panic", "/x"].map(|path| connection.send(Request::new(Method::GET, path).unwrap()));
    let response = bad.wait().unwrap();
    assert_eq!(response.status, Status::INTERNAL_SERVER_ERROR);
    assert_eq!(text(good), "/x");
}
