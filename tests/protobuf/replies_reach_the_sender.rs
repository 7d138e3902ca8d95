//! A reply goes to the sender of the message that is being handled, and nowhere once it was.

use libprocess::address::Upid;
use libprocess::process::{Context, Process};
use libprocess::protobuf::ProtobufContext as _;

use super::{Heard, Seen, Step};
use crate::process::Node;

/// Replies to each step at once, and once more when it is too late.
struct Echo;

impl Process for Echo {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install_protobuf(|_: &mut Self, ctx: &mut Context<Self>, step: Step| {
            ctx.reply_protobuf(&step);
            ctx.pid().tell(|_, ctx| ctx.reply_protobuf(&Heard));
        });
    }
}

struct Caller {
    echo: Upid,
    seen: Seen,
}

impl Process for Caller {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install_protobuf(
            |it: &mut Self, _: &mut Context<Self>, from: &Upid, step: Step| {
                it.seen
                    .lock()
                    .push(format!("{} from {}", step.height, from.id()));
            },
        );
        ctx.install_protobuf(|it: &mut Self, _: &mut Context<Self>, _: Heard| {
            it.seen.lock().push("heard".to_owned());
        });
        ctx.send_protobuf(&self.echo, &Step { height: 3 });
    }
}

#[test]
fn a_reply_reaches_the_sender_while_its_message_is_handled() {
    let node = Node::new();
    let seen = Seen::default();
    let echo = node.spawn_as("echo", Echo).upid().clone();
    node.spawn_as(
        "caller",
        Caller {
            echo,
            seen: seen.clone(),
        },
    );
    node.settle();
    assert_eq!(*seen.lock(), ["3 from echo"]);
}
