//! Both sides on this library.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use bytes::Bytes;
use libprocess::address::{Address, Upid};
use libprocess::codec::message::Message;
use libprocess::process::{Context, Pid, Process};
use libprocess::runtime::Runtime;

use super::load::Pinger;
use super::recorder::Recorder;
use super::spec::Spec;
use super::system::allow_descriptors;
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

/// Links to many addresses at which nothing happens.
struct Crowd {
    count: usize,
    port: u16,
}

impl Process for Crowd {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        for number in 0..self.count {
            let ip = Ipv4Addr::new(127, 1, (number / 250) as u8, (number % 250) as u8 + 1);
            ctx.link(&Upid::new("nobody", Address::new(ip.into(), self.port)));
        }
    }
}

impl Crowd {
    /// Gathers one: somebody at many addresses of this machine takes connections and says
    /// nothing. All are there when this returns.
    fn gather(count: usize, runtime: &Runtime) -> Vec<TcpStream> {
        allow_descriptors(2 * count as u64 + 100);
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a port");
        let port = listener.local_addr().expect("bound").port();
        runtime.spawn(Self { count, port }).expect("a new id");
        let accept = |_| listener.accept().expect("a link").0;
        (0..count).map(accept).collect()
    }
}

pub fn pong_adaptive(spec: &Spec) -> (SocketAddr, Running) {
    pong(spec, true)
}

pub fn pong_asleep(spec: &Spec) -> (SocketAddr, Running) {
    pong(spec, false)
}

pub fn ping_adaptive(spec: &Spec, peer: SocketAddr, recorder: &Arc<Recorder>) -> Pinging {
    ping(spec, peer, recorder, true)
}

pub fn ping_asleep(spec: &Spec, peer: SocketAddr, recorder: &Arc<Recorder>) -> Pinging {
    ping(spec, peer, recorder, false)
}

fn runtime(spec: &Spec, spin: bool) -> Runtime {
    let builder = Runtime::builder().workers(spec.workers).spin(spin);
    builder.start().expect("a runtime")
}

fn pong(spec: &Spec, spin: bool) -> (SocketAddr, Running) {
    let runtime = runtime(spec, spin);
    for pair in 0..spec.pairs {
        let pong = Pong { links: spec.linked };
        runtime
            .spawn_as(&format!("pong-{pair}"), pong)
            .expect("a new id");
    }
    (runtime.address().into(), Box::new(runtime))
}

fn ping(spec: &Spec, peer: SocketAddr, recorder: &Arc<Recorder>, spin: bool) -> Pinging {
    let runtime = runtime(spec, spin);
    let crowd = Crowd::gather(spec.crowd, &runtime);
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
        _running: Box::new((runtime, pids, crowd)),
    }
}
