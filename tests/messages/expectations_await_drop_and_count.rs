//! A test awaits, drops or counts the messages, dispatches and exits of a runtime.

use libprocess::address::Upid;
use libprocess::codec::message::Message;
use libprocess::future::Promise;
use libprocess::http::{Method, Request, Response};
use libprocess::process::{Context, Inbound, Pid, Process};
use libprocess::testing::Expect;

use crate::process::Node;

#[derive(Default)]
struct Post {
    letters: Vec<String>,
    exits: usize,
}

impl Process for Post {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("letter", Self::letter);
        ctx.route(
            "/",
            "",
            |_: &mut Self, _: &mut Context<Self>, _: Request| Response::ok(""),
        );
    }

    fn exited(&mut self, _ctx: &mut Context<Self>, _pid: &Upid) {
        self.exits += 1;
    }
}

impl Post {
    fn letter(&mut self, _ctx: &mut Context<Self>, message: Message) {
        self.letters
            .push(String::from_utf8(message.body.to_vec()).unwrap());
    }

    fn clear(&mut self, _ctx: &mut Context<Self>) {
        self.letters.clear();
    }

    fn clear_not(&mut self, _ctx: &mut Context<Self>) {}
}

fn start() -> (Node, Expect, Pid<Post>) {
    let node = Node::new();
    let expect = Expect::in_manager(&node.manager);
    let post = node.spawn_as("post", Post::default());
    (node, expect, post)
}

fn write(node: &Node, post: &Pid<Post>, text: &'static str) {
    node.manager.post(post.upid(), "letter", text);
}

fn letters(post: &Pid<Post>) -> Vec<String> {
    post.dispatch(|post, _| post.letters.clone())
        .wait()
        .unwrap()
}

#[test]
fn the_next_message_is_awaited_and_served() {
    let (node, expect, post) = start();
    let next = expect.message("letter").next();
    let other = expect.message("parcel").next();
    write(&node, &post, "one");
    write(&node, &post, "two");
    assert_eq!(next.wait().unwrap().body, "one");
    assert_eq!(letters(&post), ["one", "two"]);
    assert!(other.is_pending());
}

#[test]
fn the_next_message_or_all_are_dropped() {
    let (node, expect, post) = start();
    let dropped = expect.message("letter").drop_next();
    write(&node, &post, "one");
    write(&node, &post, "two");
    assert_eq!(dropped.wait().unwrap().body, "one");
    assert_eq!(letters(&post), ["two"]);

    let all = expect.message("letter").drop_all();
    write(&node, &post, "three");
    write(&node, &post, "four");
    assert_eq!(letters(&post), ["two"]);
    assert_eq!(all.get(), 2);

    drop(expect);
    write(&node, &post, "five");
    assert_eq!(letters(&post), ["two", "five"]);
}

#[test]
fn messages_are_told_apart_by_receiver_sender_and_content() {
    let (node, expect, post) = start();
    let other = node.spawn_as("other", Post::default());
    let to_other = expect.any_message().to_pid(&other).count();
    let from_other = expect.message("letter").from(other.upid()).next();
    let long = expect
        .message("letter")
        .when(|letter| letter.body.len() > 5)
        .next();
    write(&node, &post, "short");
    write(&node, &post, "longer");
    let to = post.upid().clone();
    other.tell(move |_, ctx| ctx.send(&to, "letter", "yours"));
    assert_eq!(long.wait().unwrap().body, "longer");
    assert_eq!(from_other.wait().unwrap().body, "yours");
    assert_eq!(to_other.get(), 0);
}

#[test]
fn of_several_the_last_declared_has_the_event() {
    let (node, expect, post) = start();
    let first = expect.message("letter").next();
    let second = expect.message("letter").next();
    write(&node, &post, "one");
    assert_eq!(second.wait().unwrap().body, "one");
    assert!(first.is_pending());
    write(&node, &post, "two");
    assert_eq!(first.wait().unwrap().body, "two");
}

#[test]
fn dispatches_are_told_apart_by_function_and_label() {
    let (node, expect, post) = start();
    let clears = expect.dispatch("Post::clear").drop_all();
    let exactly = expect.dispatch_of(Post::clear_not).to_pid(&post).next();
    let labelled = expect.dispatch("tidy up").drop_next();
    let never = expect.dispatch("Post::letter").count();
    write(&node, &post, "kept");
    post.tell(Post::clear);
    post.tell(Post::clear_not);
    post.label("tidy up").tell(Post::clear);
    assert_eq!(exactly.wait(), Ok(()));
    assert_eq!(labelled.wait(), Ok(()));
    assert_eq!(letters(&post), ["kept"]);
    assert_eq!((clears.get(), never.get()), (1, 0));
}

#[test]
fn exits_are_awaited_or_dropped() {
    let (node, expect, post) = start();
    let gone = |name: &str| Upid::new(name, node.manager.address());
    let exited = expect.exited().of(&gone("a")).to_pid(&post).next();
    let dropped = expect.exited().of(&gone("b")).drop_next();
    post.tell({
        let both = [gone("b"), gone("a")];
        move |_, ctx| both.iter().for_each(|pid| ctx.link(pid))
    });
    assert_eq!(dropped.wait(), Ok(gone("b")));
    assert_eq!(exited.wait(), Ok(gone("a")));
    assert_eq!(post.dispatch(|post, _| post.exits).wait(), Ok(1));
}

#[test]
fn requests_are_awaited_by_path() {
    let (node, expect, _post) = start();
    let next = expect.request("/post").next();
    let dropped = expect.request("/post/").drop_all();
    let ask = |target| {
        let (promise, response) = Promise::new();
        node.manager
            .request("post", Request::new(Method::GET, target).unwrap(), promise);
        response.wait().unwrap()
    };
    assert_eq!(ask("/post"), Response::ok(""));
    assert_eq!(next.wait(), Ok(()));
    assert_eq!(ask("/post/"), Response::internal_server_error());
    assert_eq!(dropped.get(), 1);
}
