//! Models of the cell: every interleaving of its two ends.
//!
//! Each names the race that it holds. Planted bugs that they find:
//!
//! - a weaker ordering in `close`, `offer_waiter`, `withdraw_waiter` or `view`;
//! - a poll that replaces the waker, or a drop that takes it, without withdrawing it first;
//! - a poll that stays pending although the outcome came while it left its waker;
//! - `close` that does not look at `LISTENERS`, or only before its first attempt;
//! - listeners announced or cleared outside of their lock;
//! - the flag of a discard read before the lock is taken, or not told to who sets the upstream.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, Wake, Waker};

use loom::thread;

use crate::primitive::sync::Arc;
use crate::primitive::sync::atomic::{AtomicUsize, Ordering};

use super::{Error, Future, Promise};

/// Counts how often it is woken.
struct Wakes(AtomicUsize);

impl Wakes {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicUsize::new(0)))
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn poll(future: &mut Future<Box<u32>>, wakes: &Arc<Wakes>) -> Poll<Result<Box<u32>, Error>> {
    let waker = Waker::from(wakes.clone());
    Pin::new(future).poll(&mut Context::from_waker(&waker))
}

#[test]
fn loom_set_races_with_poll() {
    loom::model(|| {
        let (promise, future) = Promise::new();
        let setter = thread::spawn(move || promise.set(Box::new(42)));
        assert_eq!(future.wait(), Ok(Box::new(42)));
        setter.join().unwrap();
    });
}

#[test]
fn loom_abandon_races_with_poll() {
    loom::model(|| {
        let (promise, future) = Promise::<Box<u32>>::new();
        let dropper = thread::spawn(move || drop(promise));
        assert_eq!(future.wait(), Err(Error::Abandoned));
        dropper.join().unwrap();
    });
}

#[test]
fn loom_set_races_with_a_move_to_another_task() {
    loom::model(|| {
        let (promise, mut future) = Promise::new();
        let setter = thread::spawn(move || promise.set(Box::new(42)));
        let (first, second) = (Wakes::new(), Wakes::new());
        let polled = match poll(&mut future, &first) {
            Poll::Pending => poll(&mut future, &second),
            ready => ready,
        };
        setter.join().unwrap();
        match polled {
            Poll::Ready(outcome) => assert_eq!(outcome, Ok(Box::new(42))),
            Poll::Pending => {
                assert_eq!(second.count(), 1, "who polled last is woken");
                assert_eq!(poll(&mut future, &second), Poll::Ready(Ok(Box::new(42))));
            }
        }
        assert!(first.count() + second.count() <= 1);
        drop(future);
        assert_eq!(
            (Arc::strong_count(&first), Arc::strong_count(&second)),
            (1, 1)
        );
    });
}

#[test]
fn loom_set_races_with_poll_and_drop() {
    loom::model(|| {
        let (promise, mut future) = Promise::new();
        let value = Arc::new(());
        let held = value.clone();
        let setter = thread::spawn(move || promise.set(Box::new(Arc::strong_count(&held) as u32)));
        let wakes = Wakes::new();
        let _ = poll(&mut future, &wakes);
        drop(future);
        setter.join().unwrap();
        assert_eq!(Arc::strong_count(&wakes), 1);
        assert_eq!(Arc::strong_count(&value), 1);
    });
}

#[test]
fn loom_set_races_with_a_derivation() {
    loom::model(|| {
        let (promise, future) = Promise::new();
        let setter = thread::spawn(move || promise.set(Box::new(42)));
        let derived = future.map(|value: Box<u32>| value);
        setter.join().unwrap();
        assert_eq!(derived.try_wait().unwrap(), Ok(Box::new(42)));
    });
}

#[test]
fn loom_set_races_with_a_derivation_after_a_poll() {
    loom::model(|| {
        let (promise, mut future) = Promise::new();
        let setter = thread::spawn(move || promise.set(Box::new(42)));
        let wakes = Wakes::new();
        if poll(&mut future, &wakes).is_pending() {
            let derived = future.map(|value| value);
            setter.join().unwrap();
            assert_eq!(derived.try_wait().unwrap(), Ok(Box::new(42)));
        } else {
            drop(future);
            setter.join().unwrap();
        }
        assert_eq!(Arc::strong_count(&wakes), 1);
    });
}

#[test]
fn loom_set_races_with_a_listener() {
    loom::model(|| {
        let (promise, future) = Promise::new();
        let setter = thread::spawn(move || promise.set(Box::new(42)));
        let heard = Wakes::new();
        let (one, any) = (heard.clone(), heard.clone());
        let future = future
            .on_ready(move |value: &Box<u32>| {
                assert_eq!(**value, 42);
                one.wake();
            })
            .on_any(|outcome| {
                assert!(outcome.is_ok());
                any.wake();
            });
        assert_eq!(future.wait(), Ok(Box::new(42)));
        assert_eq!(heard.count(), 2);
        setter.join().unwrap();
        assert_eq!(Arc::strong_count(&heard), 1);
    });
}

#[test]
fn loom_discard_races_with_who_listens_for_it() {
    loom::model(|| {
        let (promise, future) = Promise::<Box<u32>>::new();
        let asker = thread::spawn(move || {
            assert!(future.discard());
            future
        });
        let heard = Wakes::new();
        let hear = heard.clone();
        promise.on_discard(|| hear.wake());
        let future = asker.join().unwrap();
        assert_eq!(heard.count(), 1);
        promise.discard();
        assert_eq!(future.try_wait().unwrap(), Err(Error::Discarded));
    });
}

#[test]
fn loom_discard_races_with_set() {
    loom::model(|| {
        let (promise, future) = Promise::new();
        let heard = Wakes::new();
        let hear = heard.clone();
        promise.on_discard(|| hear.wake());
        let setter = thread::spawn(move || promise.set(Box::new(42)));
        let in_time = future.discard();
        setter.join().unwrap();
        assert_eq!(future.has_discard(), in_time);
        assert!(heard.count() <= usize::from(in_time));
        assert_eq!(future.try_wait().unwrap(), Ok(Box::new(42)));
        assert_eq!(Arc::strong_count(&heard), 1);
    });
}

#[test]
fn loom_discard_races_with_a_chain_that_goes_on() {
    loom::model(|| {
        let (start, future) = Promise::new();
        let (inner, inner_future) = Promise::<Box<u32>>::new();
        let future = future.then(|()| inner_future);
        let setter = thread::spawn(move || start.set(()));
        assert!(future.discard());
        setter.join().unwrap();
        // Either the start heard of it, and the chain ended, or the inner future did.
        assert!(inner.has_discard() || future.is_discarded());
    });
}
