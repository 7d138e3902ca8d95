//! Without a link a burst shares one connection, which ends with it.

use std::time::Duration;

use super::world::{Raw, World, within};

#[test]
fn a_burst_has_one_connection_and_the_next_one_another() {
    let world = World::new();
    let near = world.site(1);
    let listener = world.listener(2);
    let to = "nobody@10.0.0.2:5050".parse().unwrap();
    for burst in 0..3 {
        for number in 0..5 {
            near.manager.post(&to, format!("{burst}.{number}"), "");
        }
        let peer = world.accept(&*listener);
        let text = peer.read(&world);
        let numbers = (0..5).map(|number| format!("POST /nobody/{burst}.{number} HTTP/1.1"));
        let lines: Vec<_> = text
            .lines()
            .filter(|line| line.starts_with("POST"))
            .collect();
        assert_eq!(lines, numbers.collect::<Vec<_>>());
        assert!(peer.has_ended(&world));
    }
}

#[test]
fn it_takes_the_answers_before_it_goes() {
    let world = World::new();
    let near = world.site(1);
    let listener = world.listener(2);
    near.manager
        .post(&"p@10.0.0.2:5050".parse().unwrap(), "hello", "");
    let peer = world.accept(&*listener);
    while !peer.0.poll_peek(&mut noop(), &mut [0; 999]).is_ready() {
        assert!(world.turn());
    }
    peer.write(
        &world,
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    );
    world.settle();
    assert_eq!(near.counters().dead_letters_refused.get(), 1);
    assert_eq!(near.counters().broken_connections.get(), 0);
}

#[test]
fn it_does_not_wait_for_answers_for_ever() {
    let world = World::new();
    let near = world.site(1);
    let listener = world.listener(2);
    near.manager
        .post(&"p@10.0.0.2:5050".parse().unwrap(), "hello", "");
    let peer = world.accept(&*listener);
    let start = world.clock.now();
    peer.read(&world);
    assert_eq!((world.clock.now() - start).as_secs(), 10);
    // Nobody is there any more to take an answer.
    peer.write(
        &world,
        b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
    );
    world.settle();
    assert!(
        peer.0
            .poll_read(&mut noop(), &mut [0; 9])
            .map(|read| read.is_err())
            .is_ready()
    );
}

#[test]
fn a_link_stays_when_it_is_drained() {
    let world = World::new();
    let near = world.site(1);
    let listener = world.listener(2);
    let linker = near.spawn_as("linker", super::world::Diary::default());
    let to: libprocess::address::Upid = "p@10.0.0.2:5050".parse().unwrap();
    within(&world, &linker, move |ctx| {
        ctx.link(&to);
        ctx.send(&to, "hello", "");
    });
    let peer = world.accept(&*listener);
    assert!(peer.read(&world).starts_with("POST /p/hello HTTP/1.1\r\n"));
    assert!(!peer.has_ended(&world));
    near.manager
        .post(&"p@10.0.0.2:5050".parse().unwrap(), "again", "");
    assert!(peer.read(&world).starts_with("POST /p/again HTTP/1.1\r\n"));
    assert!(!peer.has_ended(&world));
}

fn noop() -> std::task::Context<'static> {
    std::task::Context::from_waker(std::task::Waker::noop())
}

#[test]
fn one_that_goes_late_takes_nothing_of_its_successors_with_it() {
    let world = World::new();
    let near = world.site(1);
    let listener = world.listener(2);
    let flight = Duration::from_millis(1);
    world.memory.set_delay(flight..flight);
    let to = "p@10.0.0.2:5050".parse().unwrap();
    let send = |number: usize| {
        near.manager.post(&to, number.to_string(), "");
        let peer = world.accept(&*listener);
        while peer.0.poll_peek(&mut noop(), &mut [0; 999]).is_pending() {
            assert!(world.turn());
        }
        peer
    };
    let answer = |peer: &Raw| {
        peer.write(
            &world,
            b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
        );
        let arrival = world.clock.now() + flight;
        while world.clock.now() < arrival {
            assert!(world.turn());
        }
    };
    let (first, second) = (send(1), send(2));
    // With the first one gone nothing is current, and the address is forgotten.
    answer(&first);
    let _third = send(3);
    // The fourth is the second since then, and just being opened.
    near.manager.post(&to, "4", "");
    answer(&second);
    let fourth = world.accept(&*listener);
    assert!(fourth.read(&world).starts_with("POST /p/4 HTTP/1.1\r\n"));
    assert_eq!(near.counters().dead_letters_connection_broke.get(), 0);
}
