//! A request is answered by the longest route that its path begins with.

use libprocess::future::{Failure, Future, Promise};
use libprocess::http::{Body, Method, Request, Response, Status, pipe};
use libprocess::process::{Context, Inbound, Process, RouteOptions};

use super::{Diary, Node};

struct Site {
    answer: Option<Future<Response>>,
}

impl Process for Site {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route(
            "/",
            "The front page.",
            |_: &mut Self, _: &mut Context<Self>, _: Request| Response::ok("front"),
        );
        ctx.route("/a", "", Self::path);
        ctx.route(
            "/a/b",
            "",
            |_: &mut Self, _: &mut Context<Self>, _: Request| Response::ok("b"),
        );
        ctx.route("/later", "", Self::later);
        ctx.route("/body", "", Self::body);
        ctx.route_with("/stream", "", RouteOptions::new().streaming(), Self::body);
    }
}

impl Site {
    fn path(&mut self, _ctx: &mut Context<Self>, request: Request) -> Response {
        Response::ok(request.url.path.clone())
    }

    fn later(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Future<Response> {
        self.answer.take().unwrap()
    }

    fn body(&mut self, _ctx: &mut Context<Self>, request: Request) -> Response {
        match request.body {
            Body::Empty => Response::ok("nothing"),
            Body::Bytes(bytes) => Response::ok(bytes),
            Body::Pipe(_) => Response::ok("a pipe"),
        }
    }
}

fn get(node: &Node, target: &str) -> Future<Response> {
    ask(node, Request::new(Method::GET, target).unwrap())
}

fn ask(node: &Node, request: Request) -> Future<Response> {
    let (promise, response) = Promise::new();
    node.manager.request("site", request, promise);
    response
}

fn site(node: &Node, answer: Option<Future<Response>>) {
    node.spawn_as("site", Site { answer });
}

#[test]
fn the_longest_route_answers() {
    let node = Node::new();
    site(&node, None);
    for (path, expected) in [
        ("/site", "front"),
        ("/site/", "front"),
        ("/site//", "front"),
        ("/site/a", "/site/a"),
        ("/site/a/", "/site/a/"),
        ("/site/a/b", "b"),
        ("/site/a/b/", "b"),
        ("/site/a/b/c/d", "b"),
        ("/site/a/c/d", "/site/a/c/d"),
        ("/site/a//b", "/site/a//b"),
        ("/s%69te/a/c?q", "/s%69te/a/c"),
    ] {
        assert_eq!(
            get(&node, path).wait().unwrap(),
            Response::ok(expected),
            "{path}"
        );
    }
    for path in ["/site/c", "/site/A", "/site/%61", "/site/ab", "//site/a"] {
        assert_eq!(
            get(&node, path).wait().unwrap(),
            Response::not_found(),
            "{path}"
        );
    }
}

#[test]
fn every_method_reaches_the_handler() {
    let node = Node::new();
    site(&node, None);
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let request = Request::new(method, "/site/a").unwrap();
        assert_eq!(ask(&node, request).wait().unwrap(), Response::ok("/site/a"));
    }
}

#[test]
fn an_id_that_nobody_has_is_not_found() {
    let node = Node::new();
    assert!(!node.manager.exists("site"));
    assert_eq!(get(&node, "/site").wait().unwrap(), Response::not_found());
    site(&node, None);
    assert!(node.manager.exists("site"));
}

#[test]
fn an_answer_may_come_later() {
    let node = Node::new();
    let (promise, answer) = Promise::new();
    site(&node, Some(answer));
    let response = get(&node, "/site/later");
    node.settle();
    assert!(response.is_pending());
    promise.set(Response::ok("now"));
    assert_eq!(response.wait().unwrap(), Response::ok("now"));
}

#[test]
fn an_answer_that_fails_fails_the_response() {
    let node = Node::new();
    site(&node, Some(Future::failed("no page")));
    let error = get(&node, "/site/later").wait().unwrap_err();
    assert_eq!(error.failure(), Some(&Failure::new("no page")));
}

#[test]
fn a_handler_sees_the_whole_body_unless_it_streams() {
    let node = Node::new();
    site(&node, None);
    for (path, expected) in [("/site/body", "two parts"), ("/site/stream", "a pipe")] {
        let (reader, writer) = pipe();
        let request = Request::new(Method::POST, path).unwrap().with_body(reader);
        let response = ask(&node, request);
        writer.write("two ");
        writer.write("parts");
        writer.close();
        assert_eq!(response.wait().unwrap(), Response::ok(expected));
    }
    assert_eq!(
        get(&node, "/site/body").wait().unwrap(),
        Response::ok("nothing")
    );
}

#[test]
fn a_body_that_breaks_off_is_answered_500_with_the_reason() {
    let node = Node::new();
    site(&node, None);
    let (reader, writer) = pipe();
    let request = Request::new(Method::POST, "/site/body").unwrap();
    let response = ask(&node, request.with_body(reader));
    writer.fail("cut");
    let expected = Response::text(Status::INTERNAL_SERVER_ERROR, "cut");
    assert_eq!(response.wait().unwrap(), expected);
}

#[test]
fn a_request_whose_process_ends_is_answered_500() {
    let node = Node::new();
    let pid = node.spawn_as("site", Diary::default());
    let (promise, asked) = Promise::new();
    pid.tell(move |_, ctx| {
        let manager = ctx.manager().clone();
        manager.request("site", Request::new(Method::GET, "/site").unwrap(), promise);
        ctx.terminate();
    });
    assert_eq!(asked.wait().unwrap(), Response::internal_server_error());
}

#[test]
fn help_is_read_from_the_routes_while_the_process_lives() {
    let node = Node::new();
    let pid = node.spawn_as("site", Site { answer: None });
    node.settle();
    let help = node.manager.route_help();
    assert_eq!(help.len(), 1);
    let lines = help["site"]
        .iter()
        .map(|route| (&*route.path, &*route.help));
    let expected = [
        ("/", "The front page."),
        ("/a", ""),
        ("/a/b", ""),
        ("/body", ""),
        ("/later", ""),
        ("/stream", ""),
    ];
    assert!(lines.eq(expected), "{help:?}");
    pid.terminate();
    pid.wait().unwrap();
    assert!(node.manager.route_help().is_empty());
}

#[test]
fn a_route_given_again_is_replaced() {
    let node = Node::new();
    let pid = node.spawn_as("site", Site { answer: None });
    pid.tell(|_, ctx| {
        ctx.route(
            "/a",
            "",
            |_: &mut Site, _: &mut Context<Site>, _: Request| Response::ok("new"),
        );
    });
    assert_eq!(get(&node, "/site/a").wait().unwrap(), Response::ok("new"));
}

#[test]
fn a_route_without_a_slash_in_front_or_with_one_behind_is_a_mistake() {
    let node = Node::new();
    for path in ["a", "", "/a/", "//"] {
        let pid = node.spawn(Diary::default());
        pid.tell(move |_, ctx| {
            ctx.route(
                path,
                "",
                |_: &mut Diary, _: &mut Context<Diary>, _: Request| Response::not_found(),
            );
        });
        assert_eq!(pid.dispatch(|_, _| ()).wait().ok(), None, "{path:?}");
    }
}
