//! A handler takes the message or fields of it, with the sender or without; the last one that is
//! installed for a type is the one that counts.

use libprocess::address::Upid;
use libprocess::process::{Context, Process};
use libprocess::protobuf::{Message as _, ProtobufContext as _};

use super::{Heard, Seen, Step};
use crate::process::Node;

struct Shapes {
    install: fn(&mut Context<Self>),
    seen: Seen,
}

impl Process for Shapes {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        (self.install)(ctx);
    }
}

impl Shapes {
    fn message(&mut self, _: &mut Context<Self>, step: Step) {
        self.seen.lock().push(format!("message {}", step.height));
    }

    fn message_from(&mut self, _: &mut Context<Self>, from: &Upid, step: Step) {
        self.seen
            .lock()
            .push(format!("message {} of {}", step.height, from.id()));
    }

    fn fields(&mut self, _: &mut Context<Self>, height: u8, twice: u16) {
        self.seen.lock().push(format!("fields {height} {twice}"));
    }

    fn fields_from(&mut self, _: &mut Context<Self>, from: &Upid, height: u8) {
        self.seen
            .lock()
            .push(format!("field {height} of {}", from.id()));
    }
}

#[test]
fn each_shape_is_called() {
    assert_eq!(
        seen_with(|ctx| ctx.install_protobuf(Shapes::message)),
        ["message 7"]
    );
    assert_eq!(
        seen_with(|ctx| ctx.install_protobuf(Shapes::message_from)),
        ["message 7 of "]
    );
    let fields = |ctx: &mut Context<Shapes>| {
        ctx.install_fields(
            |it: Step| (it.height, u16::from(it.height) * 2),
            Shapes::fields,
        );
    };
    assert_eq!(seen_with(fields), ["fields 7 14"]);
    let fields_from = |ctx: &mut Context<Shapes>| {
        ctx.install_fields(|it: Step| (it.height,), Shapes::fields_from);
    };
    assert_eq!(seen_with(fields_from), ["field 7 of "]);
}

#[test]
fn the_last_handler_of_a_type_counts() {
    let both = |ctx: &mut Context<Shapes>| {
        ctx.install_protobuf(Shapes::message_from);
        ctx.install_protobuf(Shapes::message);
    };
    assert_eq!(seen_with(both), ["message 7"]);
}

fn seen_with(install: fn(&mut Context<Shapes>)) -> Vec<String> {
    let node = Node::new();
    let seen = Seen::default();
    let shapes = node.spawn_as(
        "shapes",
        Shapes {
            install,
            seen: seen.clone(),
        },
    );
    node.manager.post(
        shapes.upid(),
        Step::NAME,
        Step { height: 7 }.encode().unwrap(),
    );
    node.manager.post(shapes.upid(), Heard::NAME, "");
    node.settle();
    std::mem::take(&mut *seen.lock())
}
