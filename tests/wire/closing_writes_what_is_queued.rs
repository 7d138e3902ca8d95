//! Closing the wire lets what is queued leave; stopping does not wait.

use super::world::{Diary, World, lines, within};

#[test]
fn queued_messages_leave_and_links_end_without_a_word() {
    let world = World::new();
    let (near, far) = (world.site(1), world.site(2));
    let diary = far.spawn_as("diary", Diary::default());
    let linker = near.spawn_as("linker", Diary::default());
    let to = far.upid("diary");
    within(&world, &linker, move |ctx| {
        ctx.link(&to);
        for number in 0..100 {
            ctx.send(&to, "pong", number.to_string());
        }
    });
    world.wait(near.sockets.close());
    assert_eq!(lines(&world, &diary).len(), 100);
    assert!(lines(&world, &linker).is_empty());
}

#[test]
fn nothing_is_taken_any_more() {
    let world = World::new();
    let (near, far) = (world.site(1), world.site(2));
    let diary = far.spawn_as("diary", Diary::default());
    let linker = near.spawn_as("linker", Diary::default());
    world.wait(near.sockets.close());
    let to = far.upid("diary");
    within(&world, &linker, move |ctx| {
        ctx.send(&to, "pong", "");
        ctx.link(&to);
    });
    assert!(lines(&world, &diary).is_empty());
    assert_eq!(lines(&world, &linker), ["diary@10.0.0.2:5050 exited"]);
    assert_eq!(near.counters().dead_letters_stopping.get(), 1);
}

#[test]
fn stopping_ends_what_hangs() {
    let world = World::new();
    let near = world.site(1);
    let to = "nobody@10.0.0.2:5050".parse().unwrap();
    world
        .memory
        .partition(super::world::ip(1), super::world::ip(2));
    near.manager.post(&to, "pong", "");
    world.turn();
    near.sockets.stop();
    assert_eq!(near.counters().dead_letters_connection_broke.get(), 1);
}
