//! In a partition frames vanish and nobody is told.

use std::io::ErrorKind;
use std::task::{Context, Waker};
use std::time::Duration;

use libprocess::time::Time;

use super::world::{Nodes, World, accept, connect, connected, read, wait, write_all};

#[test]
fn bytes_vanish_and_the_connection_lives_on() {
    let world = Nodes::new();
    let (near, far) = connect(&world);
    world.memory.partition(Nodes::NEAR, Nodes::FAR);
    wait(&world, write_all(&*near, b"lost")).unwrap();
    world.settle();
    world.memory.heal(Nodes::FAR, Nodes::NEAR);
    wait(&world, write_all(&*near, b"found")).unwrap();
    assert_eq!(wait(&world, read(&*far, 9)).unwrap(), b"found");
}

#[test]
fn frames_in_flight_vanish_too() {
    let world = Nodes::new();
    let (near, far) = connect(&world);
    wait(&world, write_all(&*near, b"lost")).unwrap();
    world.memory.partition(Nodes::NEAR, Nodes::FAR);
    world.settle();
    world.memory.heal(Nodes::NEAR, Nodes::FAR);
    wait(&world, write_all(&*near, b"found")).unwrap();
    assert_eq!(wait(&world, read(&*far, 9)).unwrap(), b"found");
}

#[test]
fn what_left_during_the_partition_stays_lost() {
    let world = Nodes::new();
    let (near, far) = connect(&world);
    world.memory.partition(Nodes::NEAR, Nodes::FAR);
    wait(&world, write_all(&*near, b"lost")).unwrap();
    world.memory.heal(Nodes::NEAR, Nodes::FAR);
    wait(&world, write_all(&*near, b"found")).unwrap();
    assert_eq!(wait(&world, read(&*far, 9)).unwrap(), b"found");
}

#[test]
fn a_writer_never_waits_for_what_vanished() {
    let world = Nodes::new();
    let (near, _far) = connect(&world);
    world.memory.partition(Nodes::NEAR, Nodes::FAR);
    wait(&world, write_all(&*near, &vec![0; 1_000_000])).unwrap();
}

#[test]
fn no_reader_sees_a_gap() {
    let world = Nodes::new();
    let (near, far) = connect(&world);
    // More than the window: one write, whose rest has to wait.
    let large = vec![7; 100_000];
    let mut ctx = Context::from_waker(Waker::noop());
    assert!(near.poll_write(&mut ctx, &large).is_ready());
    assert_eq!(wait(&world, read(&*far, 100_000)).unwrap().len(), 65_536);
    world.memory.partition(Nodes::NEAR, Nodes::FAR);
    wait(&world, write_all(&*near, &large[65_536..])).unwrap();
    wait(&world, write_all(&*near, b"lost as well")).unwrap();
    world.settle();
    world.memory.heal(Nodes::NEAR, Nodes::FAR);
    wait(&world, write_all(&*near, b"breaks it")).unwrap();
    for end in [&far, &near] {
        let error = wait(&world, read(&**end, 1)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
}

#[test]
fn the_rest_of_a_lost_write_is_lost_with_it() {
    let world = Nodes::new();
    let (near, far) = connect(&world);
    let large = vec![7; 100_000];
    let mut ctx = Context::from_waker(Waker::noop());
    world.memory.partition(Nodes::NEAR, Nodes::FAR);
    assert!(near.poll_write(&mut ctx, &large).is_ready());
    world.settle();
    world.memory.heal(Nodes::NEAR, Nodes::FAR);
    wait(&world, write_all(&*near, &large[65_536..])).unwrap();
    wait(&world, write_all(&*near, b"found")).unwrap();
    assert_eq!(wait(&world, read(&*far, 9)).unwrap(), b"found");
}

#[test]
fn connecting_gives_up_after_127_seconds() {
    let world = Nodes::new();
    let listener = world.far().listen(world.far_address()).unwrap();
    world.memory.partition(Nodes::NEAR, Nodes::FAR);
    let stream = world.near().connect(listener.address()).unwrap();
    let error = wait(&world, connected(&*stream)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    let took = world.clock.now() - Time::EPOCH;
    assert_eq!(took.as_secs(), Duration::from_secs(127).as_secs());
}

#[test]
fn connecting_succeeds_once_the_partition_heals() {
    let world = Nodes::new();
    let listener = world.far().listen(world.far_address()).unwrap();
    world.memory.partition(Nodes::NEAR, Nodes::FAR);
    let stream = world.near().connect(listener.address()).unwrap();
    for _ in 0..3 {
        assert!(world.turn());
    }
    world.memory.heal(Nodes::NEAR, Nodes::FAR);
    wait(&world, connected(&*stream)).unwrap();
    wait(&world, accept(&*listener)).unwrap();
}

#[test]
fn an_end_that_closed_unheard_resets_who_writes_to_it() {
    let world = Nodes::new();
    let (near, far) = connect(&world);
    world.memory.partition(Nodes::NEAR, Nodes::FAR);
    drop(far);
    world.settle();
    world.memory.heal(Nodes::NEAR, Nodes::FAR);
    wait(&world, write_all(&*near, b"anybody there?")).unwrap();
    let error = wait(&world, read(&*near, 1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}
