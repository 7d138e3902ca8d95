//! A message goes to the handler of its name, else to a delegate, else to nobody.

use bytes::Bytes;

use libprocess::address::Upid;
use libprocess::codec::message::Message;
use libprocess::process::{Context, Inbound, Pid, Process, Row};

use crate::process::Node;

#[derive(Default)]
struct Post(Vec<(Upid, String)>);

impl Process for Post {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("letter", Self::letter);
        ctx.install("parcel", Self::parcel);
        ctx.install("ping", Self::ping);
        ctx.install("pong", Self::parcel);
    }
}

impl Post {
    fn letter(&mut self, ctx: &mut Context<Self>, message: Message) {
        assert_eq!(ctx.sender(), Some(&message.from));
        assert_eq!(&message.to, ctx.upid());
        self.0.push((message.from, text(&message.body)));
    }

    fn parcel(&mut self, _ctx: &mut Context<Self>, from: &Upid, body: Bytes) {
        self.0.push((from.clone(), text(&body)));
    }

    fn ping(&mut self, ctx: &mut Context<Self>, message: Message) {
        ctx.reply("pong", message.body);
    }
}

fn text(body: &[u8]) -> String {
    String::from_utf8(body.to_vec()).unwrap()
}

fn received(pid: &Pid<Post>) -> Vec<(Upid, String)> {
    pid.dispatch(|post, _| post.0.clone()).wait().unwrap()
}

#[test]
fn handlers_of_either_signature_get_sender_and_body() {
    let node = Node::new();
    let (post, sender) = (node.spawn(Post::default()), node.spawn(Post::default()));
    let to = post.upid().clone();
    sender.tell(move |_, ctx| {
        ctx.send(&to, "letter", "hello");
        ctx.send(&to, String::from("parcel"), vec![b'!']);
    });
    node.settle();
    let from = || sender.upid().clone();
    assert_eq!(
        received(&post),
        [(from(), "hello".into()), (from(), "!".into())]
    );
}

#[test]
fn a_message_posted_from_outside_has_no_sender() {
    let node = Node::new();
    let post = node.spawn(Post::default());
    node.manager.post(post.upid(), "letter", "hello");
    node.settle();
    assert_eq!(received(&post), [(Upid::default(), "hello".into())]);
}

#[test]
fn a_reply_goes_to_the_sender() {
    let node = Node::new();
    let (post, sender) = (node.spawn(Post::default()), node.spawn(Post::default()));
    let to = post.upid().clone();
    sender.tell(move |_, ctx| ctx.send(&to, "ping", "ball"));
    node.settle();
    assert_eq!(received(&sender), [(post.upid().clone(), "ball".into())]);
    post.tell(|_, ctx| {
        assert_eq!(ctx.sender(), None);
        ctx.reply("pong", "to nobody");
    });
    node.settle();
    assert!(!post.has_ended());
}

#[test]
fn a_handler_installed_again_replaces_the_first() {
    let node = Node::new();
    let post = node.spawn(Post::default());
    post.tell(|_, ctx| {
        ctx.install(
            "letter",
            |post: &mut Post, _: &mut Context<Post>, message: Message| {
                post.0.push((message.from, "replaced".into()));
            },
        );
    });
    node.manager.post(post.upid(), "letter", "hello");
    node.settle();
    assert_eq!(received(&post), [(Upid::default(), "replaced".into())]);
}

#[test]
fn a_delegate_gets_what_has_no_handler_as_from_the_first_sender() {
    let node = Node::new();
    let (post, other) = (node.spawn(Post::default()), node.spawn(Post::default()));
    let to = other.upid().clone();
    post.tell(move |_, ctx| {
        ctx.delegate("letter", &to);
        ctx.delegate("telegram", &to);
    });
    other.tell(|_, ctx| ctx.install("telegram", Post::letter));
    node.settle();
    let sender = node.spawn(Post::default());
    let to = post.upid().clone();
    sender.tell(move |_, ctx| {
        ctx.send(&to, "letter", "for post");
        ctx.send(&to, "telegram", "for other");
    });
    node.settle();
    node.settle();
    assert_eq!(
        received(&post),
        [(sender.upid().clone(), "for post".into())]
    );
    assert_eq!(
        received(&other),
        [(sender.upid().clone(), "for other".into())]
    );
}

#[test]
fn what_nobody_handles_is_ignored_and_what_nobody_receives_is_counted() {
    let node = Node::new();
    let post = node.spawn(Post::default());
    node.manager.post(post.upid(), "unknown", "");
    node.manager.post(&Upid::default(), "letter", "");
    node.settle();
    assert_eq!(received(&post), []);
    assert_eq!(node.manager.counters().messages_to_nobody.get(), 0);

    let nobody = Upid::new("nobody", node.manager.address());
    node.manager.post(&nobody, "letter", "");
    assert_eq!(node.manager.counters().messages_to_nobody.get(), 1);

    let message = Message {
        name: "letter".into(),
        from: Upid::default(),
        to: nobody,
        body: Bytes::new(),
    };
    let deliver = |to: &Upid, row: Row<'_>| node.manager.deliver(to, row);
    assert!(!Row::of_one(message, deliver));
    assert_eq!(node.manager.counters().messages_to_nobody.get(), 2);
}

#[test]
fn a_name_means_whoever_has_its_id_now() {
    let node = Node::new();
    let first = node.spawn_as("post", Post::default());
    let name = first.upid().clone();
    node.manager.post(&name, "letter", "one");
    node.settle();
    assert_eq!(received(&first).len(), 1);
    first.terminate();
    first.wait().unwrap();
    node.manager.post(&name, "letter", "lost");

    let second = node.spawn_as("post", Post::default());
    node.manager.post(&name, "letter", "two");
    node.settle();
    assert_eq!(received(&second), [(Upid::default(), "two".into())]);
    assert!(first.dispatch(|_, _| ()).wait().is_err());
}
