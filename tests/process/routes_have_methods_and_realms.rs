//! A route names its methods, and the realm that lets people in; whoever authorizes has a say.
//!
//! The names in brackets are those of the tests of C++ libprocess of the same behaviour.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use libprocess::future::{Future, Promise};
use libprocess::http::authentication::{Authentication, Authenticator, Principal};
use libprocess::http::{Method, Request, Response, Status};
use libprocess::process::{Context, Inbound, Process, RouteOptions};

use super::Node;

struct Guarded;

impl Process for Guarded {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        let read = RouteOptions::new().methods(&[Method::GET, Method::PUT]);
        ctx.route_with("/read", "", read, Self::read);
        let inside = RouteOptions::new().realm("realm");
        ctx.route_with("/inside", "", inside, Self::inside);
        ctx.route("/outside", "", Self::outside);
    }
}

impl Guarded {
    fn read(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::ok("read")
    }

    fn inside(&mut self, _ctx: &mut Context<Self>, request: Request) -> Response {
        let principal = request.principal.as_ref().map(ToString::to_string);
        Response::ok(format!("{} {principal:?}", request.url.path))
    }

    fn outside(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::ok("outside")
    }
}

/// Leaves it to the test who is let in.
#[derive(Default)]
struct Doorkeeper(Mutex<Vec<Promise<Authentication>>>);

impl Authenticator for Doorkeeper {
    fn scheme(&self) -> String {
        "Test".to_owned()
    }

    fn authenticate(&self, _request: &Request) -> Future<Authentication> {
        let (promise, future) = Promise::new();
        self.0.lock().unwrap().push(promise);
        future
    }
}

impl Doorkeeper {
    fn decide(&self, index: usize, found: Authentication) {
        self.0.lock().unwrap().remove(index).set(found);
    }
}

fn ask(node: &Node, method: Method, path: &str) -> Future<Response> {
    let (promise, response) = Promise::new();
    let request = Request::new(method, path).unwrap();
    node.manager.request("guarded", request, promise);
    node.settle();
    response
}

fn get(node: &Node, path: &str) -> Future<Response> {
    ask(node, Method::GET, path)
}

fn status(response: Future<Response>) -> Status {
    response.wait().unwrap().status
}

fn text(response: Future<Response>) -> String {
    let body = response.wait().unwrap().body.bytes().unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

fn guarded() -> (Node, Arc<Doorkeeper>) {
    let node = Node::new();
    node.manager.spawn_as("guarded", Guarded).unwrap();
    let doorkeeper = Arc::new(Doorkeeper::default());
    node.manager
        .security()
        .set_authenticator("realm", doorkeeper.clone());
    (node, doorkeeper)
}

#[test]
fn other_methods_are_told_which_there_are() {
    let (node, _) = guarded();
    for method in [Method::GET, Method::HEAD, Method::PUT] {
        assert_eq!(status(ask(&node, method, "/guarded/read")), Status::OK);
    }
    let response = ask(&node, Method::POST, "/guarded/read").wait().unwrap();
    assert_eq!(response.status, Status::METHOD_NOT_ALLOWED);
    assert_eq!(response.header("Allow"), Some("GET, PUT"));
}

/// Better than there, where everybody is let in (`HttpAuthenticationTest.NoAuthenticator`).
#[test]
fn a_realm_without_an_authenticator_is_closed() {
    let (node, _) = guarded();
    node.manager.security().unset_authenticator("realm");
    let refused = get(&node, "/guarded/inside");
    assert_eq!(status(refused), Status::SERVICE_UNAVAILABLE);
    assert_eq!(text(get(&node, "/guarded/outside")), "outside");
    node.manager.security().leave_open("realm");
    assert_eq!(text(get(&node, "/guarded/inside")), "/guarded/inside None");
}

/// (`HttpAuthenticationTest.Unauthorized`, `HttpAuthenticationTest.Forbidden`)
#[test]
fn the_authenticator_answers_who_is_not_let_in() {
    let (node, doorkeeper) = guarded();
    let response = get(&node, "/guarded/inside");
    let challenge = Response::unauthorized(&["Test realm=\"realm\""]).unwrap();
    doorkeeper.decide(0, Authentication::Unauthorized(challenge.clone()));
    node.settle();
    assert_eq!(response.wait().unwrap(), challenge);

    let response = get(&node, "/guarded/inside");
    doorkeeper.decide(
        0,
        Authentication::Forbidden(Response::canned(Status::FORBIDDEN)),
    );
    node.settle();
    assert_eq!(status(response), Status::FORBIDDEN);
}

/// (`HttpAuthenticationTest.Authenticated`)
#[test]
fn who_is_let_in_is_known() {
    let (node, doorkeeper) = guarded();
    let response = get(&node, "/guarded/inside");
    doorkeeper.decide(0, Authentication::Known(Principal::named("user")));
    node.settle();
    assert_eq!(text(response), "/guarded/inside Some(\"user\")");

    let response = get(&node, "/guarded/inside");
    let claims = BTreeMap::from([("sub".to_owned(), "user".to_owned())]);
    let principal = Principal {
        value: None,
        claims,
    };
    doorkeeper.decide(0, Authentication::Known(principal));
    node.settle();
    let expected = r#"/guarded/inside Some("{\"claims\":{\"sub\":\"user\"}}")"#;
    assert_eq!(text(response), expected);
}

/// (`HttpAuthenticationTest.InvalidPrincipal`)
#[test]
fn nobody_is_not_let_in() {
    let (node, doorkeeper) = guarded();
    let response = get(&node, "/guarded/inside");
    doorkeeper.decide(0, Authentication::Known(Principal::default()));
    node.settle();
    assert_eq!(status(response), Status::INTERNAL_SERVER_ERROR);

    let response = get(&node, "/guarded/inside");
    drop(doorkeeper.0.lock().unwrap().remove(0));
    node.settle();
    assert_eq!(status(response), Status::INTERNAL_SERVER_ERROR);
}

/// (`HttpAuthenticationTest.Pipelining`)
#[test]
fn one_connection_keeps_its_order_and_others_do_not_wait() {
    let (node, doorkeeper) = guarded();
    let from = |port, path: &str| {
        let (promise, response) = Promise::new();
        let mut request = Request::new(Method::GET, path).unwrap();
        request.peer = Some(libprocess::address::Address::loopback(port));
        node.manager.request("guarded", request, promise);
        node.settle();
        response
    };
    let first = from(1, "/guarded/inside/1");
    let second = from(1, "/guarded/inside/2");
    let behind = from(1, "/guarded/outside");
    let other = from(2, "/guarded/inside/3");
    doorkeeper.decide(2, Authentication::Known(Principal::named("c")));
    node.settle();
    assert_eq!(text(other), "/guarded/inside/3 Some(\"c\")");
    doorkeeper.decide(1, Authentication::Known(Principal::named("b")));
    node.settle();
    assert!(first.is_pending() && second.is_pending() && behind.is_pending());
    doorkeeper.decide(0, Authentication::Known(Principal::named("a")));
    node.settle();
    assert_eq!(text(first), "/guarded/inside/1 Some(\"a\")");
    assert_eq!(text(second), "/guarded/inside/2 Some(\"b\")");
    assert_eq!(text(behind), "outside");
}

#[test]
fn who_authorizes_has_a_say() {
    let (node, doorkeeper) = guarded();
    let security = node.manager.security();
    security.authorize("/guarded/inside", |_, principal| {
        Future::ready(principal.is_some_and(|principal| principal == "root"))
    });
    security.authorize("/guarded/outside", |_, _| Future::failed("who knows"));
    for (name, expected) in [("root", Status::OK), ("user", Status::FORBIDDEN)] {
        let response = get(&node, "/guarded/inside/x");
        doorkeeper.decide(0, Authentication::Known(Principal::named(name)));
        node.settle();
        assert_eq!(status(response), expected);
    }
    let failed = get(&node, "/guarded/outside");
    assert_eq!(status(failed), Status::INTERNAL_SERVER_ERROR);
    assert_eq!(text(get(&node, "/guarded/read")), "read");
    node.manager.security().clear_authorization();
    assert_eq!(text(get(&node, "/guarded/outside")), "outside");
}
