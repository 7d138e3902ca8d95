//! Nobody is told of a lost message, but it is counted.

use super::world::{Diary, World, ip, lines};

#[test]
fn nobody_listens() {
    let world = World::new();
    let near = world.site(1);
    let to = "nobody@10.0.0.2:5050".parse().unwrap();
    for _ in 0..5 {
        near.manager.post(&to, "hello", "");
    }
    world.settle();
    assert_eq!(near.counters().dead_letters_connection_broke.get(), 5);
    assert_eq!(near.counters().broken_connections.get(), 1);
}

#[test]
fn no_such_process() {
    let world = World::new();
    let (near, far) = (world.site(1), world.site(2));
    for _ in 0..5 {
        near.manager.post(&far.upid("nobody"), "hello", "");
    }
    world.settle();
    assert_eq!(near.counters().dead_letters_refused.get(), 5);
    assert_eq!(near.counters().dead_letters_connection_broke.get(), 0);
    assert_eq!(far.manager.counters().messages_to_nobody.get(), 5);
}

#[test]
fn too_much_is_queued() {
    let world = World::new();
    let network = world.memory.node(ip(1));
    let near = world.site_on(1, libprocess::primitive::sync::Arc::new(network), |parts| {
        parts.options.queue_bytes = 10_000;
    });
    let far = world.site(2);
    let diary = far.spawn_as("diary", Diary::default());
    // Before a turn nothing leaves.
    for _ in 0..5 {
        near.manager
            .post(&far.upid("diary"), "pong", "x".repeat(6_000));
    }
    assert_eq!(lines(&world, &diary).len(), 2);
    assert_eq!(near.counters().dead_letters_queue_full.get(), 3);
}

#[test]
fn a_connection_breaks_with_messages_on_it() {
    let world = World::new();
    let (near, far) = (world.site(1), world.site(2));
    let to = far.upid("nobody");
    near.manager.post(&to, "hello", "x".repeat(1_000_000));
    for _ in 0..3 {
        assert!(world.turn());
    }
    near.manager.post(&to, "hello", "");
    world.memory.sever(ip(1), ip(2));
    world.settle();
    assert_eq!(near.counters().dead_letters_connection_broke.get(), 2);
    assert_eq!(near.counters().broken_connections.get(), 1);
}
