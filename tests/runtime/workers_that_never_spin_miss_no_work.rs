//! Workers that sleep as soon as there is no work wake up for all of it, from wherever it comes.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use libprocess::address::Upid;
use libprocess::codec::message::Message;
use libprocess::process::{Context, Process};
use libprocess::runtime::Runtime;

struct Pong;

impl Process for Pong {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install(
            "ping",
            |_: &mut Self, ctx: &mut Context<Self>, message: Message| {
                ctx.send(&message.from, "pong", message.body);
            },
        );
    }
}

/// Sends one ping after the other.
struct Ping {
    peer: Upid,
    left: u32,
    done: Sender<()>,
}

impl Process for Ping {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("pong", Self::pong);
        ctx.send(&self.peer, "ping", "");
    }
}

impl Ping {
    fn pong(&mut self, ctx: &mut Context<Self>, _: Message) {
        self.left -= 1;
        if self.left > 0 {
            ctx.send(&self.peer, "ping", "");
        } else {
            self.done.send(()).unwrap();
        }
    }
}

fn runtime() -> Runtime {
    let builder = Runtime::builder().workers(2).spin(false);
    builder.start().unwrap()
}

#[test]
fn workers_that_never_spin_miss_no_message_of_a_peer() {
    let (here, there) = (runtime(), runtime());
    let pong = there.spawn(Pong).unwrap();
    let (done, all) = channel();
    let ping = Ping {
        peer: pong.upid().clone(),
        left: 500,
        done,
    };
    let _ping = here.spawn(ping).unwrap();
    all.recv_timeout(LIMIT).unwrap();
}

/// Far more than a message takes.
const LIMIT: Duration = Duration::from_secs(60);

struct Counter(u32);

impl Process for Counter {}

#[test]
fn workers_that_never_spin_miss_no_message_of_a_thread() {
    let runtime = runtime();
    let counter = runtime.spawn(Counter(0)).unwrap();
    for count in 1..=500 {
        let counted = counter.dispatch(|counter, _| {
            counter.0 += 1;
            counter.0
        });
        assert_eq!(counted.wait().unwrap(), count);
    }
}
