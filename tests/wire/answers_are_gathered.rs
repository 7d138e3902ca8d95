//! A sender in the form of libprocess does not wait for its answers, so they are written a few at
//! a time, and soon; all others are answered at once.

use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::world::{Diary, Raw, World};

/// The answers that have come.
fn answers(peer: &Raw) -> usize {
    let mut buffer = [0; 65_536];
    let mut ctx = Context::from_waker(Waker::noop());
    let mut text = String::new();
    while let Poll::Ready(Ok(size @ 1..)) = peer.0.poll_read(&mut ctx, &mut buffer) {
        text.push_str(std::str::from_utf8(&buffer[..size]).unwrap());
    }
    text.matches("HTTP/1.1 202 Accepted\r\n").count()
}

fn run_for(world: &World, length: Duration) {
    let end = world.clock.now() + length;
    while world.clock.next_deadline().is_some_and(|next| next <= end) {
        world.turn();
    }
}

fn message(host: &str) -> String {
    format!(
        "POST /p/note HTTP/1.1\r\nUser-Agent: libprocess/a@10.0.0.2:1\r\n\
         Libprocess-From: a@10.0.0.2:1\r\nConnection: Keep-Alive\r\nHost: {host}\r\n\
         Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
    )
}

#[test]
fn a_few_wait_for_more_but_not_for_long() {
    let world = World::new();
    let site = world.site(1);
    site.spawn_as("p", Diary::default());
    let peer = world.client(2, site.address());
    let plain = message("10.0.0.1:5050");
    peer.write(&world, plain.as_bytes());
    run_for(&world, Duration::from_millis(3));
    assert_eq!(answers(&peer), 1, "the first of its kind");
    peer.write(&world, plain.repeat(3).as_bytes());
    run_for(&world, Duration::from_millis(3));
    assert_eq!(answers(&peer), 0);
    run_for(&world, Duration::from_millis(12));
    assert_eq!(answers(&peer), 3);
    peer.write(&world, plain.repeat(64).as_bytes());
    run_for(&world, Duration::from_millis(3));
    assert_eq!(answers(&peer), 64, "many");
}

#[test]
fn whoever_may_wait_is_answered_at_once() {
    let world = World::new();
    let site = world.site(1);
    site.spawn_as("p", Diary::default());
    let peer = world.client(2, site.address());
    for _ in 0..2 {
        peer.write(&world, message("another-name").as_bytes());
        run_for(&world, Duration::from_millis(3));
        assert_eq!(answers(&peer), 1);
    }
    let plain = message("10.0.0.1:5050");
    peer.write(&world, plain.as_bytes());
    run_for(&world, Duration::from_millis(3));
    let both = [&*plain, "GET /missing HTTP/1.1\r\n\r\n"].concat();
    peer.write(&world, both.as_bytes());
    run_for(&world, Duration::from_millis(3));
    assert_eq!(answers(&peer), 2, "a request behind it waits for its own");
}
