//! Registrations and wake-ups, on pairs of connected sockets.

use std::io::{Read, Write};
use std::task::{Context, Poll, Wake, Waker};

use mio::net::UnixStream;

use super::*;
use crate::primitive::sync::atomic::{AtomicUsize, Ordering};

/// Counts how often it is woken.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Count {
    fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

fn read(stream: &Registration<UnixStream>, waker: &Waker, buffer: &mut [u8]) -> Poll<usize> {
    let size = buffer.len();
    let result = stream.poll_io(
        Direction::Read,
        &mut Context::from_waker(waker),
        |mut stream| stream.read(buffer),
        |read| (1..size).contains(read),
    );
    result.map(|result| result.unwrap())
}

fn poll_now(reactor: &Reactor) {
    reactor.park(Some(Duration::ZERO));
}

#[test]
fn a_waiting_task_is_woken_once_for_a_change() {
    let reactor = Reactor::new().unwrap();
    let (near, mut far) = UnixStream::pair().unwrap();
    let near = reactor.register(near).unwrap();
    let count = Arc::new(Count::default());
    let waker = Waker::from(count.clone());
    poll_now(&reactor);

    assert!(read(&near, &waker, &mut [0; 8]).is_pending());
    poll_now(&reactor);
    assert_eq!(count.get(), 0);

    far.write_all(b"abc").unwrap();
    reactor.park(None);
    assert_eq!(count.get(), 1);
    assert_eq!(read(&near, &waker, &mut [0; 8]), Poll::Ready(3));
    poll_now(&reactor);
    assert_eq!(count.get(), 1);
}

#[test]
fn a_short_read_is_not_followed_by_another_and_a_full_one_is() {
    let reactor = Reactor::new().unwrap();
    let (near, mut far) = UnixStream::pair().unwrap();
    let near = reactor.register(near).unwrap();
    far.write_all(b"abcdefg").unwrap();

    assert_eq!(read(&near, Waker::noop(), &mut [0; 4]), Poll::Ready(4));
    assert_eq!(read(&near, Waker::noop(), &mut [0; 4]), Poll::Ready(3));
    let mut tried = false;
    let blocked = near.poll_io(
        Direction::Read,
        &mut Context::from_waker(Waker::noop()),
        |_| {
            tried = true;
            Ok(())
        },
        |()| false,
    );
    assert!(blocked.is_pending() && !tried);
}

#[test]
fn the_end_is_seen_though_its_event_came_before_a_short_read() {
    let reactor = Reactor::new().unwrap();
    let (near, mut far) = UnixStream::pair().unwrap();
    let near = reactor.register(near).unwrap();
    far.write_all(b"abc").unwrap();
    drop(far);
    poll_now(&reactor);

    assert_eq!(read(&near, Waker::noop(), &mut [0; 8]), Poll::Ready(3));
    assert_eq!(read(&near, Waker::noop(), &mut [0; 8]), Poll::Ready(0));
    assert_eq!(read(&near, Waker::noop(), &mut [0; 8]), Poll::Ready(0));
}

#[test]
fn an_event_during_the_operation_is_not_wiped_out_by_its_verdict() {
    let reactor = Reactor::new().unwrap();
    let (near, mut far) = UnixStream::pair().unwrap();
    let near = reactor.register(near).unwrap();
    poll_now(&reactor);

    let mut tries = 0;
    let result = near.poll_io(
        Direction::Read,
        &mut Context::from_waker(Waker::noop()),
        |mut stream| {
            tries += 1;
            let result = stream.read(&mut [0; 8]);
            if tries == 1 {
                far.write_all(b"x").unwrap();
                poll_now(&reactor);
            }
            result
        },
        |_| false,
    );
    assert!(matches!(result, Poll::Ready(Ok(1))));
    assert_eq!(tries, 2);
}

#[test]
fn each_direction_has_a_waker_of_its_own() {
    let reactor = Reactor::new().unwrap();
    let (near, mut far) = UnixStream::pair().unwrap();
    let near = reactor.register(near).unwrap();
    let (reader, writer) = (Arc::new(Count::default()), Arc::new(Count::default()));
    let chunk = vec![0; 1 << 20];
    let wait_to_write = || {
        let waker = Waker::from(writer.clone());
        let write = |mut stream: &UnixStream| stream.write(&chunk);
        let mut ctx = Context::from_waker(&waker);
        near.poll_io(Direction::Write, &mut ctx, write, |size| {
            *size < chunk.len()
        })
    };
    while wait_to_write().is_ready() {}
    poll_now(&reactor);
    assert!(read(&near, &Waker::from(reader.clone()), &mut [0; 8]).is_pending());
    let before = writer.get();

    far.write_all(b"x").unwrap();
    poll_now(&reactor);
    assert_eq!((reader.get(), writer.get()), (1, before));

    while wait_to_write().is_ready() {}
    while far.read(&mut vec![0; 1 << 20]).is_ok() {}
    poll_now(&reactor);
    assert_eq!((reader.get(), writer.get()), (1, before + 1));
}

#[test]
fn an_event_of_who_was_dropped_reaches_nobody() {
    let reactor = Reactor::new().unwrap();
    let (near, mut far) = UnixStream::pair().unwrap();
    let near = reactor.register(near).unwrap();
    let readiness = Arc::downgrade(&reactor.shared.sources.lock().readiness[&near.token()]);
    let token = near.token();
    far.write_all(b"x").unwrap();
    drop(near);
    assert!(readiness.upgrade().is_none());

    let (other, _end) = UnixStream::pair().unwrap();
    let other = reactor.register(other).unwrap();
    assert_ne!(other.token(), token);
    poll_now(&reactor);
    assert!(read(&other, Waker::noop(), &mut [0; 8]).is_pending());
}

#[test]
fn a_wake_up_before_the_wait_ends_it() {
    let reactor = Reactor::new().unwrap();
    reactor.unpark();
    reactor.unpark();
    reactor.park(None);
}

#[test]
fn a_task_may_park_while_it_is_woken() {
    struct Nested(Reactor);
    impl Wake for Nested {
        fn wake(self: Arc<Self>) {
            self.0.park(None);
        }
    }
    let reactor = Reactor::new().unwrap();
    let (near, mut far) = UnixStream::pair().unwrap();
    let near = reactor.register(near).unwrap();
    let waker = Waker::from(Arc::new(Nested(reactor.clone())));
    assert!(read(&near, &waker, &mut [0; 8]).is_pending());
    far.write_all(b"x").unwrap();
    reactor.park(None);
    assert_eq!(read(&near, &waker, &mut [0; 8]), Poll::Ready(1));
}
