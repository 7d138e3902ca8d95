//! Whole runtimes speak to each other, over TCP and in memory.

use std::io::{Read, Write};
use std::net::{Ipv6Addr, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use bytes::Bytes;
use libprocess::address::Upid;
use libprocess::clock::Clock;
use libprocess::net::memory::Memory;
use libprocess::primitive::sync::Arc;
use libprocess::process::{Context, Pid, Process};
use libprocess::runtime::{Builder, Runtime};

use super::world::ip;

/// Two runtimes, on each kind of network.
fn each_network(test: impl Fn(Runtime, Runtime)) {
    let tcp = || Runtime::builder().workers(2).start().unwrap();
    test(tcp(), tcp());

    let clock = Clock::real();
    let memory = Memory::new(clock.clone(), 42);
    let node = |number| {
        let network = Arc::new(memory.node(ip(number)));
        let builder: Builder = Runtime::builder().workers(2).clock(clock.clone());
        builder.network(network).ip(ip(number)).start().unwrap()
    };
    test(node(1), node(2));
}

/// Tells a thread what it hears, and sends back what it is asked to.
pub(super) struct Teller(Sender<String>);

impl Process for Teller {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("ping", Self::ping);
        ctx.install("pong", Self::pong);
    }

    fn exited(&mut self, _ctx: &mut Context<Self>, pid: &Upid) {
        self.0.send(format!("{} exited", pid.id())).unwrap();
    }
}

impl Teller {
    fn ping(&mut self, ctx: &mut Context<Self>, from: &Upid, body: Bytes) {
        ctx.link(from);
        ctx.send(from, "pong", body);
    }

    fn pong(&mut self, _ctx: &mut Context<Self>, from: &Upid, body: Bytes) {
        let body = String::from_utf8_lossy(&body);
        self.0.send(format!("{body} from {}", from.id())).unwrap();
    }
}

pub(super) fn teller(runtime: &Runtime, id: &str) -> (Pid<Teller>, Receiver<String>) {
    let (sender, receiver) = channel();
    (runtime.spawn_as(id, Teller(sender)).unwrap(), receiver)
}

pub(super) fn next(told: &Receiver<String>) -> String {
    told.recv_timeout(Duration::from_secs(60)).unwrap()
}

#[test]
fn a_thousand_pings_come_back_in_order() {
    each_network(|near, far| {
        let (asker, told) = teller(&near, "asker");
        let (answerer, _) = teller(&far, "answerer");
        let to = Upid::from(&answerer);
        asker.tell(move |_, ctx| {
            ctx.link(&to);
            for number in 0..1000 {
                ctx.send(&to, "ping", number.to_string());
            }
        });
        for number in 0..1000 {
            assert_eq!(next(&told), format!("{number} from answerer"));
        }
    });
}

#[test]
fn a_runtime_that_stops_breaks_the_links_to_it() {
    each_network(|near, far| {
        let (asker, told) = teller(&near, "asker");
        let (answerer, _) = teller(&far, "answerer");
        let to = Upid::from(&answerer);
        asker.tell(move |_, ctx| {
            ctx.link(&to);
            ctx.send(&to, "ping", "hello");
        });
        assert_eq!(next(&told), "hello from answerer");
        far.stop().unwrap();
        assert_eq!(next(&told), "answerer exited");
        let to = Upid::from(&answerer);
        asker.tell(move |_, ctx| ctx.link(&to));
        assert_eq!(next(&told), "answerer exited");
    });
}

#[test]
fn an_ipv6_address_is_as_good() {
    let start = || Runtime::builder().ip(Ipv6Addr::LOCALHOST).start();
    let (Ok(near), Ok(far)) = (start(), start()) else {
        return eprintln!("skipped: this machine has no IPv6");
    };
    let (asker, told) = teller(&near, "asker");
    let (answerer, _) = teller(&far, "answerer");
    let to = Upid::from(&answerer);
    assert!(to.to_string().starts_with("answerer@[::1]:"), "{to}");
    asker.tell(move |_, ctx| ctx.send(&to, "ping", "hello"));
    assert_eq!(next(&told), "hello from answerer");
}

#[test]
fn last_words_are_heard() {
    each_network(|near, far| {
        let (speaker, _) = teller(&near, "speaker");
        let (_listener, told) = teller(&far, "listener");
        let to = Upid::new("listener", far.address());
        speaker.tell(move |_, ctx| {
            for number in 0..100 {
                ctx.send(&to, "pong", number.to_string());
            }
        });
        near.stop().unwrap();
        for number in 0..100 {
            assert_eq!(next(&told), format!("{number} from speaker"));
        }
    });
}

#[test]
fn a_broken_link_shows_in_the_metrics() {
    each_network(|near, far| {
        let (speaker, told) = teller(&near, "speaker");
        let gone = far.address();
        drop(far);
        speaker.tell(move |_, ctx| {
            ctx.link(&Upid::new("listener", gone));
        });
        assert_eq!(next(&told), "listener exited");
        let snapshot = near.manager().metrics().snapshot(near.clock(), None);
        let snapshot = snapshot.wait().unwrap();
        assert_eq!(snapshot["libprocess/broken_connections"], 1.0);
    });
}

#[test]
fn garbage_and_half_a_message_harm_nobody_else() {
    let near = Runtime::builder().start().unwrap();
    let far = Runtime::builder().start().unwrap();
    let (asker, told) = teller(&near, "asker");
    let (answerer, _) = teller(&far, "answerer");
    let connect = || TcpStream::connect(std::net::SocketAddr::from(far.address())).unwrap();

    let mut half = connect();
    half.write_all(b"POST /answerer/ping HTTP/1.1\r\nLibprocess-From: x@127")
        .unwrap();
    let mut garbage = connect();
    garbage
        .write_all(b"\x16\x03\x01 no such protocol\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    garbage.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{answer}"
    );

    let to = Upid::from(&answerer);
    asker.tell(move |_, ctx| ctx.send(&to, "ping", "hello"));
    assert_eq!(next(&told), "hello from answerer");
    // It was only slow.
    let rest = format!(
        ".0.0.1:1\r\nUser-Agent: libprocess/{}\r\n\r\n",
        Upid::from(&asker)
    );
    half.write_all(rest.as_bytes()).unwrap();
    let mut status = [0; 12];
    half.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 202");
}
