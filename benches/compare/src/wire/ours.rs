//! Both sides on this library.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use libprocess::address::Upid;
use libprocess::codec::message::Message;
use libprocess::process::{Context, Pid, Process};
use libprocess::runtime::Runtime;

use super::load::Pinger;
use super::recorder::Recorder;
use super::spec::Spec;
use super::systems::{Pinging, Running};

struct Pong {
    links: bool,
}

impl Process for Pong {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("ping", Self::ping);
    }
}

impl Pong {
    fn ping(&mut self, ctx: &mut Context<Self>, message: Message) {
        if std::mem::take(&mut self.links) {
            ctx.link(&message.from);
        }
        ctx.send(&message.from, "pong", message.body);
    }
}

struct Ping {
    pinger: Pinger,
    peer: Upid,
    links: bool,
}

impl Process for Ping {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("pong", Self::pong);
        if self.links {
            ctx.link(&self.peer);
        }
        let count = self.pinger.first();
        self.send(ctx, count);
    }
}

impl Ping {
    fn pong(&mut self, ctx: &mut Context<Self>, message: Message) {
        let count = self.pinger.pong(&message.body);
        self.send(ctx, count);
    }

    fn send(&mut self, ctx: &mut Context<Self>, count: usize) {
        for _ in 0..count {
            let body = Bytes::copy_from_slice(self.pinger.body());
            ctx.send(&self.peer, "ping", body);
        }
    }
}

fn runtime(spec: &Spec) -> Runtime {
    let builder = Runtime::builder().workers(spec.workers);
    builder.start().expect("a runtime")
}

pub fn pong(spec: &Spec) -> (SocketAddr, Running) {
    let runtime = runtime(spec);
    for pair in 0..spec.pairs {
        let pong = Pong { links: spec.linked };
        runtime
            .spawn_as(&format!("pong-{pair}"), pong)
            .expect("a new id");
    }
    (runtime.address().into(), Box::new(runtime))
}

pub fn ping(spec: &Spec, peer: SocketAddr, recorder: &Arc<Recorder>) -> Pinging {
    let runtime = runtime(spec);
    let spawn = |pair| {
        let ping = Ping {
            pinger: Pinger::new(spec, Arc::clone(recorder)),
            peer: Upid::new(&*format!("pong-{pair}"), peer.into()),
            links: spec.linked,
        };
        runtime
            .spawn_as(&format!("ping-{pair}"), ping)
            .expect("a new id")
    };
    let pids: Vec<Pid<Ping>> = (0..spec.pairs).map(spawn).collect();
    let first = pids[0].clone();
    let send = move |body: &[u8]| {
        let body = Bytes::copy_from_slice(body);
        first.tell(move |ping, ctx| ctx.send(&ping.peer, "ping", body));
    };
    Pinging {
        send: Box::new(send),
        _running: Box::new((runtime, pids)),
    }
}
