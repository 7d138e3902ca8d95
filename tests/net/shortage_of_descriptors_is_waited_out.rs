//! A listener that has no descriptor left rests, and goes on once it has.

use std::task::{Context, Poll, Waker};
use std::time::Duration;

use libprocess::address::Address;
use libprocess::clock::Clock;
use libprocess::net::Network;
use libprocess::net::tcp::Tcp;
use libprocess::reactor::Reactor;
use libprocess::scheduler::Park;
use libprocess::time::Time;

use super::alone::is_alone;

/// The limit is one of the whole OS process.
#[test]
fn a_rest_then_service() {
    if is_alone(module_path!(), "a_rest_then_service", "ulimit -n 64") {
        starve_and_serve();
    }
}

fn starve_and_serve() {
    let clock = Clock::paused_at(Time::EPOCH);
    let reactor = Reactor::new().unwrap();
    let tcp = Tcp::new(reactor.clone(), clock.clone());
    let listener = tcp.listen(Address::loopback(0)).unwrap();
    let stream = tcp.connect(listener.address()).unwrap();

    let mut hoard = Vec::new();
    while let Ok(file) = std::fs::File::open("/dev/null") {
        hoard.push(file);
    }
    let mut ctx = Context::from_waker(Waker::noop());
    let mut accept = || {
        reactor.park(Some(Duration::ZERO));
        listener.poll_accept(&mut ctx)
    };
    assert!(accept().is_pending());
    let rest = clock.next_deadline().expect("it rests");
    // Resting, it neither tries nor sets further timers.
    drop(hoard);
    assert!(accept().is_pending());
    assert_eq!(clock.next_deadline(), Some(rest));

    clock.advance(rest - clock.now());
    clock.expire();
    let Poll::Ready(accepted) = accept() else {
        panic!("the rest is over");
    };
    let (_, peer) = accepted.unwrap();
    assert_eq!(peer, stream.local_address().unwrap());
}
