//! A body that does not decode does not reach its handler, and is counted; so does not leave what
//! cannot be encoded.

use libprocess::address::Upid;
use libprocess::process::{Context, Process};
use libprocess::protobuf::{Message as _, ProtobufContext as _};

use super::{Ear, Seen, Step};
use crate::process::Node;

#[test]
fn what_does_not_decode_is_dropped_and_counted() {
    let node = Node::new();
    let seen = Seen::default();
    let ear = node.spawn_as("ear", Ear { seen: seen.clone() });
    for body in [&b""[..], b"garbage", b"\x08\x05"] {
        node.manager.post(ear.upid(), Step::NAME, body);
    }
    node.settle();
    assert_eq!(*seen.lock(), ["step 5"]);
    assert_eq!(node.manager.counters().refused_bodies.get(), 2);
}

struct Sender {
    to: Upid,
}

impl Process for Sender {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.send_protobuf(&self.to, &Step { height: 200 });
        ctx.send_protobuf(&self.to, &Step { height: 2 });
    }
}

#[test]
fn what_does_not_encode_is_not_sent() {
    let node = Node::new();
    let seen = Seen::default();
    let ear = node.spawn_as("ear", Ear { seen: seen.clone() });
    node.spawn_as(
        "sender",
        Sender {
            to: ear.upid().clone(),
        },
    );
    node.settle();
    assert_eq!(*seen.lock(), ["step 2"]);
    assert_eq!(node.manager.counters().refused_bodies.get(), 0);
}
