//! A temporary connection that was drained is kept for the next message: under a cap, for a
//! while, and with no difference to anybody but that it stays.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use libprocess::address::Upid;

use super::world::{Raw, Site, World, ip};

/// A site that keeps two connections, for four seconds.
fn site(world: &World) -> Site {
    world.site_on(1, Arc::new(world.memory.node(ip(1))), |parts| {
        parts.options.kept_connections = 2;
        parts.options.kept_for = Duration::from_secs(4);
    })
}

fn post(world: &World, site: &Site, number: u8, name: &str) {
    let to: Upid = format!("p@10.0.0.{number}:5050").parse().unwrap();
    site.manager.post(&to, name.to_owned(), "");
    world.turn();
}

/// Reads what comes within a second.
fn read(world: &World, peer: &Raw) -> String {
    let mut all = String::new();
    let end = world.clock.now() + Duration::from_secs(1);
    let mut buffer = [0; 4096];
    loop {
        let mut ctx = Context::from_waker(Waker::noop());
        while let Poll::Ready(Ok(size @ 1..)) = peer.0.poll_read(&mut ctx, &mut buffer) {
            all.push_str(std::str::from_utf8(&buffer[..size]).unwrap());
        }
        if world.clock.next_deadline().is_none_or(|next| next > end) || !world.turn() {
            return all;
        }
    }
}

/// Whether there is anything to read for who has read all: the end.
fn has_ended(peer: &Raw) -> bool {
    let mut ctx = Context::from_waker(Waker::noop());
    peer.0.poll_peek(&mut ctx, &mut [0]).is_ready()
}

#[test]
fn scattered_messages_share_one_until_it_has_rested_long_enough() {
    let world = World::new();
    let near = site(&world);
    let listener = world.listener(2);
    post(&world, &near, 2, "one");
    let peer = world.accept(&*listener);
    assert!(read(&world, &peer).starts_with("POST /p/one "));
    post(&world, &near, 2, "two");
    assert!(read(&world, &peer).starts_with("POST /p/two "));
    let start = world.clock.now();
    while !has_ended(&peer) {
        assert!(world.turn());
    }
    let rested = world.clock.now() - start;
    assert!((3..=4).contains(&rested.as_secs()), "{rested:?}");
    assert_eq!(near.counters().broken_connections.get(), 0);
    post(&world, &near, 2, "three");
    let peer = world.accept(&*listener);
    assert!(read(&world, &peer).starts_with("POST /p/three "));
}

#[test]
fn the_one_that_has_rested_longest_makes_room() {
    let world = World::new();
    let near = site(&world);
    let listeners = [2, 3, 4].map(|number| world.listener(number));
    let peers: Vec<Raw> = (2..5)
        .map(|number| {
            post(&world, &near, number, "hello");
            let peer = world.accept(&*listeners[usize::from(number) - 2]);
            assert!(read(&world, &peer).starts_with("POST /p/hello "));
            peer
        })
        .collect();
    read(&world, &peers[0]);
    let all: Vec<bool> = peers.iter().map(has_ended).collect();
    assert_eq!(all, [true, false, false]);
}

#[test]
fn one_that_its_peer_ends_is_replaced_without_a_word() {
    let world = World::new();
    let near = site(&world);
    let listener = world.listener(2);
    post(&world, &near, 2, "one");
    let peer = world.accept(&*listener);
    assert!(read(&world, &peer).starts_with("POST /p/one "));
    drop(peer);
    while world.clock.next_deadline().is_some() && near.counters().broken_connections.get() == 0 {
        world.turn();
    }
    post(&world, &near, 2, "two");
    let peer = world.accept(&*listener);
    assert!(read(&world, &peer).starts_with("POST /p/two "));
    assert_eq!(near.counters().dead_letters_connection_broke.get(), 0);
}
