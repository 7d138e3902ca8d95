//! Garbage, half messages and senseless answers cost the connection that they come on, no more.

use super::world::{Diary, World, lines, within};

#[test]
fn garbage_and_half_a_message_on_our_port() {
    let world = World::new();
    let (near, far) = (world.site(1), world.site(2));
    let diary = far.spawn_as("diary", Diary::default());
    let linker = near.spawn_as("linker", Diary::default());
    let to = far.upid("diary");
    within(&world, &linker, move |ctx| ctx.link(&to));

    let garbage = world.client(3, far.address());
    garbage.write(&world, b"\x00\x01\x02 what is this?\r\n\r\n");
    let answer = garbage.read(&world);
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(garbage.has_ended(&world));
    let half = world.client(3, far.address());
    half.write(
        &world,
        b"POST /diary/pong HTTP/1.1\r\nLibprocess-From: x@10.0.0.3:1\r\nConte",
    );
    let rest = world.client(3, far.address());
    rest.write(
        &world,
        b"POST /diary/pong HTTP/1.1\r\nLibprocess-From: x@10.0.0.3:1\r\n\
          Content-Length: 9\r\n\r\nha",
    );
    drop(rest);

    let to = far.upid("diary");
    within(&world, &linker, move |ctx| {
        ctx.send(&to, "ping", "still there?");
    });
    let ping = "ping still there? from linker@10.0.0.1:5050";
    assert_eq!(lines(&world, &diary), [ping]);
    let pong = "pong still there? from diary@10.0.0.2:5050";
    assert_eq!(lines(&world, &linker), [pong]);
    drop(half);
}

#[test]
fn a_peer_that_answers_nonsense_gets_its_messages_all_the_same() {
    let world = World::new();
    let near = world.site(1);
    let listener = world.listener(2);
    let linker = near.spawn_as("linker", Diary::default());
    let to: libprocess::address::Upid = "p@10.0.0.2:5050".parse().unwrap();
    let target = to.clone();
    within(&world, &linker, move |ctx| ctx.link(&target));
    let peer = world.accept(&*listener);
    for round in 0..3 {
        near.manager.post(&to, format!("{round}"), "");
        let text = peer.read(&world);
        assert!(text.starts_with(&format!("POST /p/{round} ")), "{text}");
        peer.write(&world, b"nonsense");
    }
    assert!(lines(&world, &linker).is_empty());
}

#[test]
fn a_peer_that_never_reads_its_answers_is_left_waiting() {
    let world = World::new();
    let site = world.site(1);
    let diary = site.spawn_as("diary", Diary::default());
    let flood = world.client(2, site.address());
    let message = "POST /diary/pong HTTP/1.1\r\nLibprocess-From: x@10.0.0.2:1\r\n\r\n";
    let bytes = message.repeat(10_000);
    let mut rest = bytes.as_bytes();
    let mut ctx = std::task::Context::from_waker(std::task::Waker::noop());
    while let std::task::Poll::Ready(size) = flood.0.poll_write(&mut ctx, rest) {
        rest = &rest[size.unwrap()..];
        world.settle();
    }
    assert!(!rest.is_empty(), "nothing bounds what is owed to it");
    // Others are served meanwhile.
    let other = world.client(3, site.address());
    let hello = message.replace("/pong", "/ping");
    other.write(&world, hello.as_bytes());
    assert!(other.read(&world).starts_with("HTTP/1.1 202 "));
    let heard = lines(&world, &diary);
    assert!(heard.last().unwrap().starts_with("ping"));
}
