//! An idle connection holds no more than a kilobyte of our own memory.
//!
//! A test binary of its own, since it counts what the whole OS process holds.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong ends by panic")]

#[path = "../lifetimes/allocator.rs"]
mod allocator;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use libprocess::address::{Address, Upid};
use libprocess::process::{Context, Pid, Process};
use libprocess::runtime::Runtime;

/// What a connection may hold while nothing happens on it.
const MOST: isize = 1024;
const COUNT: usize = 500;

/// The bytes that are alive once they have not changed for a while.
fn settled_bytes() -> isize {
    let start = Instant::now();
    let mut before = allocator::live().1;
    loop {
        let pause = Instant::now();
        while pause.elapsed() < Duration::from_millis(50) {
            std::thread::yield_now();
        }
        let now = allocator::live().1;
        if now == before || start.elapsed() > Duration::from_secs(20) {
            return now;
        }
        before = now;
    }
}

/// Bytes for each of many `add`s, after some that may make tables grow.
fn bytes_each<T>(mut add: impl FnMut(usize) -> T) -> isize {
    let mut kept: Vec<T> = Vec::with_capacity(2 * COUNT);
    kept.extend((0..COUNT).map(&mut add));
    let before = settled_bytes();
    kept.extend((COUNT..2 * COUNT).map(add));
    let after = settled_bytes();
    (after - before) / COUNT as isize
}

struct Linker;

impl Process for Linker {}

fn link(linker: &Pid<Linker>, to: Upid) {
    let linked = linker.dispatch(move |_, ctx: &mut Context<Linker>| ctx.link(&to));
    linked.wait().unwrap();
}

/// One test, so that nobody else counts.
#[test]
fn an_idle_connection_is_small() {
    let runtime = Runtime::builder().workers(1).start().unwrap();
    let address = runtime.address();
    runtime.spawn_as("linker", Linker).unwrap();
    let plain = format!(
        "POST /linker/nothing HTTP/1.1\r\nUser-Agent: libprocess/@127.0.0.1:1\r\n\
         Libprocess-From: @127.0.0.1:1\r\nConnection: Keep-Alive\r\nHost: {address}\r\n\r\n"
    );
    let accepted = bytes_each(|_| {
        let mut stream = TcpStream::connect(std::net::SocketAddr::from(address)).unwrap();
        stream.write_all(plain.as_bytes()).unwrap();
        assert!(stream.read(&mut [0; 512]).unwrap() > 0);
        stream
    });
    assert!(accepted <= MOST, "an accepted one has {accepted} bytes");

    // Many addresses of this machine, at which somebody takes connections and says nothing.
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let linker = runtime.spawn(Linker).unwrap();
    let linked = bytes_each(|number| {
        let ip = Ipv4Addr::new(127, 1, (number / 250) as u8, (number % 250) as u8 + 1);
        let to = Upid::new("peer", Address::new(ip.into(), port));
        link(&linker, to);
        listener.accept().unwrap()
    });
    assert!(linked <= MOST, "a link has {linked} bytes");
    println!("accepted: {accepted} bytes, link: {linked} bytes");
}
