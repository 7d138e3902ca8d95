//! A connection may break at every byte, in either role; it costs what was on it, and no more.

use libprocess::address::Upid;
use libprocess::codec::message::{self, Message};
use libprocess::net::Listener;

use super::world::{Diary, Raw, World, lines, within};

fn plain(from: &str, to: &Upid, body: &str) -> Vec<u8> {
    let message = Message {
        name: "pong".into(),
        from: from.parse().unwrap(),
        to: to.clone(),
        body: body.to_owned().into(),
    };
    let mut bytes = Vec::new();
    message::encode(&message, &mut bytes).unwrap();
    bytes
}

#[test]
fn while_a_message_arrives() {
    let world = World::new();
    let site = world.site(1);
    let diary = site.spawn_as("diary", Diary::default());
    let to = site.upid("diary");
    let one = plain("a@10.0.0.2:1", &to, "x");
    // The second has a head that is known.
    let bytes = one.repeat(2);
    for length in 0..=bytes.len() {
        let peer = world.client(2, site.address());
        peer.write(&world, &bytes[..length]);
        world.settle();
        // With answers unread this is a reset, else an end.
        drop(peer);
        world.settle();
        let whole = length / one.len();
        let heard = lines(&world, &diary).len();
        assert_eq!(heard, whole, "after {length} bytes");
    }
}

/// What a peer does before it goes.
type Stage = fn(&World, &dyn Listener) -> Option<Raw>;

const STAGES: [Stage; 6] = [
    |_, _| None,
    |world, listener| Some(world.accept(listener)),
    |world, listener| {
        let peer = world.accept(listener);
        peer.read(world);
        Some(peer)
    },
    |world, listener| {
        let peer = world.accept(listener);
        peer.read(world);
        peer.write(world, b"HTTP/1.1 202 Acc");
        Some(peer)
    },
    |world, listener| {
        let peer = world.accept(listener);
        peer.write(world, b"HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\nhalf");
        world.settle();
        Some(peer)
    },
    |world, listener| {
        let peer = world.accept(listener);
        peer.write(world, b"\x00garbage\xff");
        peer.read(world);
        Some(peer)
    },
];

#[test]
fn while_messages_leave() {
    for (number, stage) in STAGES.iter().enumerate() {
        let world = World::new();
        let near = world.site(1);
        let listener = world.listener(2);
        let linker = near.spawn_as("linker", Diary::default());
        let to: Upid = "p@10.0.0.2:5050".parse().unwrap();
        let target = to.clone();
        within(&world, &linker, move |ctx| {
            ctx.link(&target);
            for _ in 0..10 {
                ctx.send(&target, "hello", vec![b'x'; 1000]);
            }
        });
        let peer = stage(&world, &*listener);
        drop(peer);
        drop(listener);
        world.settle();
        let gone = format!("{to} exited");
        assert_eq!(lines(&world, &linker), [gone], "stage {number}");
        // The next link is another one.
        let listener = world.listener(2);
        let target = to.clone();
        within(&world, &linker, move |ctx| {
            ctx.link(&target);
            ctx.send(&target, "again", "");
        });
        let text = world.accept(&*listener).read(&world);
        assert!(text.starts_with("POST /p/again "), "stage {number}: {text}");
    }
}

#[test]
fn a_peer_that_never_reads_fills_its_queue_and_nothing_else() {
    let world = World::new();
    let (near, other) = (world.site(1), world.site(3));
    let listener = world.listener(2);
    let diary = other.spawn_as("diary", Diary::default());
    let deaf: Upid = "p@10.0.0.2:5050".parse().unwrap();
    near.manager.post(&deaf, "hello", "");
    let _peer = world.accept(&*listener);
    // Ten times what may wait.
    for _ in 0..10_000 {
        near.manager.post(&deaf, "flood", vec![b'x'; 1000]);
    }
    let dropped = near.counters().dead_letters_queue_full.get();
    assert!((8_500..9_200).contains(&dropped), "{dropped}");
    near.manager.post(&other.upid("diary"), "pong", "heard");
    world.settle();
    assert_eq!(lines(&world, &diary), ["pong heard from @0.0.0.0:0"]);
}
