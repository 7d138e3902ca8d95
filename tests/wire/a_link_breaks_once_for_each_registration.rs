//! `exited` is told once for each registration, however the link ends.

use libprocess::address::Upid;
use libprocess::process::Pid;

use super::world::{Diary, Site, World, ip, lines, within};

const EXITED: &str = "linkee@10.0.0.2:5050 exited";

fn link(world: &World, linker: &Pid<Diary>, to: &Upid) {
    let to = to.clone();
    within(world, linker, move |ctx| ctx.link(&to));
}

fn linked(world: &World) -> (Site, Site, Pid<Diary>) {
    let (near, far) = (world.site(1), world.site(2));
    far.spawn_as("linkee", Diary::default());
    let linker = near.spawn_as("linker", Diary::default());
    link(world, &linker, &far.upid("linkee"));
    assert!(lines(world, &linker).is_empty());
    (near, far, linker)
}

#[test]
fn nobody_listens() {
    let world = World::new();
    let near = world.site(1);
    let linker = near.spawn_as("linker", Diary::default());
    let linkee = "linkee@10.0.0.2:5050".parse().unwrap();
    link(&world, &linker, &linkee);
    assert_eq!(lines(&world, &linker), [EXITED]);
    link(&world, &linker, &linkee);
    assert_eq!(lines(&world, &linker), [EXITED]);
    assert_eq!(near.counters().broken_connections.get(), 2);
}

#[test]
fn nobody_answers() {
    let world = World::new();
    let near = world.site(1);
    let linker = near.spawn_as("linker", Diary::default());
    world.memory.partition(ip(1), ip(2));
    link(&world, &linker, &"linkee@10.0.0.2:5050".parse().unwrap());
    assert_eq!(lines(&world, &linker), [EXITED]);
}

#[test]
fn the_peer_stops() {
    let world = World::new();
    let (_near, far, linker) = linked(&world);
    drop(far);
    assert_eq!(lines(&world, &linker), [EXITED]);
}

#[test]
fn the_connection_is_severed() {
    let world = World::new();
    let (_near, far, linker) = linked(&world);
    world.memory.sever(ip(1), ip(2));
    assert_eq!(lines(&world, &linker), [EXITED]);
    world.memory.heal(ip(1), ip(2));
    link(&world, &linker, &far.upid("linkee"));
    assert!(lines(&world, &linker).is_empty());
    world.memory.sever(ip(1), ip(2));
    assert_eq!(lines(&world, &linker), [EXITED]);
}

#[test]
fn linking_twice_is_told_once() {
    let world = World::new();
    let (_near, far, linker) = linked(&world);
    link(&world, &linker, &far.upid("linkee"));
    world.memory.sever(ip(1), ip(2));
    assert_eq!(lines(&world, &linker), [EXITED]);
}

#[test]
fn every_linker_of_every_process_there_is_told() {
    let world = World::new();
    let (near, far, linker) = linked(&world);
    let other = near.spawn_as("other", Diary::default());
    link(&world, &linker, &far.upid("nobody"));
    link(&world, &other, &far.upid("linkee"));
    world.memory.sever(ip(1), ip(2));
    let nobody = "nobody@10.0.0.2:5050 exited";
    assert_eq!(lines(&world, &linker), [EXITED, nobody]);
    assert_eq!(lines(&world, &other), [EXITED]);
}

#[test]
fn links_to_other_addresses_stand() {
    let world = World::new();
    let (_near, far, linker) = linked(&world);
    let third = world.site(3);
    link(&world, &linker, &third.upid("linkee"));
    drop(far);
    assert_eq!(lines(&world, &linker), [EXITED]);
    drop(third);
    assert_eq!(lines(&world, &linker), ["linkee@10.0.0.3:5050 exited"]);
}

#[test]
fn a_process_that_ended_is_no_linker_any_more() {
    let world = World::new();
    let (near, _far, linker) = linked(&world);
    near.manager.terminate(&near.upid("linker"));
    world.settle();
    drop(linker);
    // A successor of the same name has linked to nobody.
    let successor = near.spawn_as("linker", Diary::default());
    world.memory.sever(ip(1), ip(2));
    assert!(lines(&world, &successor).is_empty());
}

#[test]
fn reconnecting_tells_nobody_and_the_new_link_counts() {
    let world = World::new();
    let (near, far, linker) = linked(&world);
    let other = near.spawn_as("other", Diary::default());
    let to = far.upid("linkee");
    within(&world, &other, move |ctx| ctx.reconnect(&to));
    assert!(lines(&world, &linker).is_empty());
    world.memory.sever(ip(1), ip(2));
    assert_eq!(lines(&world, &linker), [EXITED]);
    assert_eq!(lines(&world, &other), [EXITED]);
}

#[test]
fn a_partition_tells_nobody() {
    let world = World::new();
    let (_near, far, linker) = linked(&world);
    world.memory.partition(ip(1), ip(2));
    let to = far.upid("linkee");
    within(&world, &linker, move |ctx| ctx.send(&to, "ping", "lost"));
    assert!(lines(&world, &linker).is_empty());
    world.memory.heal(ip(1), ip(2));
    let to = far.upid("linkee");
    within(&world, &linker, move |ctx| ctx.send(&to, "ping", "found"));
    assert_eq!(
        lines(&world, &linker),
        ["pong found from linkee@10.0.0.2:5050"]
    );
}

#[test]
fn a_connection_that_was_replaced_while_it_is_stuck_goes_away() {
    let world = World::new();
    let near = world.site(1);
    let listener = world.listener(2);
    let linker = near.spawn_as("linker", Diary::default());
    let to: Upid = "linkee@10.0.0.2:5050".parse().unwrap();
    link(&world, &linker, &to);
    let stuck = world.accept(&*listener);
    near.manager.post(&to, "large", "x".repeat(500_000));
    world.settle();
    within(&world, &linker, move |ctx| ctx.reconnect(&to));
    let start = world.clock.now();
    world.settle();
    assert_eq!((world.clock.now() - start).as_secs(), 10);
    // It was not written whole, and is no more.
    assert!(!stuck.read(&world).ends_with("\r\n0\r\n\r\n"));
    assert!(stuck.has_ended(&world));
    assert_eq!(near.counters().dead_letters_connection_broke.get(), 1);
    assert!(lines(&world, &linker).is_empty());
    assert!(!world.accept(&*listener).has_ended(&world));
}
