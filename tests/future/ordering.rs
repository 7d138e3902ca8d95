//! Callbacks run in the completing call, in a fixed order.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use libprocess::future::{Future, Promise};

#[test]
fn a_callback_on_a_complete_future_runs_at_once() {
    let (sender, receiver) = channel();
    let _future = Future::ready(true).on_any(move |outcome| sender.send(outcome.is_ok()).unwrap());
    assert_eq!(receiver.try_recv(), Ok(true));
}

#[test]
fn only_callbacks_of_the_outcome_run() {
    let sum = Arc::new(AtomicU32::new(0));
    let add = |number| {
        let sum = sum.clone();
        // A box stands for what only moves.
        let number = Box::new(number);
        move || {
            sum.fetch_add(*number, Ordering::Relaxed);
        }
    };
    let (ready, any) = (add(1), add(10));
    let (failed, discarded, abandoned, discard) = (add(100), add(1000), add(10_000), add(100_000));
    let (promise, future) = Promise::new();
    let _future = future
        .on_ready(move |&()| ready())
        .on_any(move |_| any())
        .on_failed(move |_| failed())
        .on_discarded(discarded)
        .on_abandoned(abandoned)
        .on_discard(discard);
    promise.set(());
    assert_eq!(sum.load(Ordering::Relaxed), 11);
}

fn note(sender: &Sender<&'static str>, text: &'static str) -> impl FnOnce() + Send + 'static {
    let sender = sender.clone();
    move || sender.send(text).unwrap()
}

fn noted(receiver: &Receiver<&'static str>) -> Vec<&'static str> {
    receiver.try_iter().collect()
}

#[test]
fn callbacks_for_one_kind_run_before_those_for_any_and_these_before_the_continuation() {
    let (sender, receiver) = channel();
    let (first, second, any) = (note(&sender, "1"), note(&sender, "2"), note(&sender, "any"));
    let continuation = note(&sender, "continuation");
    let (promise, future) = Promise::new();
    let future = future
        .on_any(|_| any())
        .on_ready(|&()| first())
        .on_ready(|&()| second())
        .map(|()| continuation());
    assert!(noted(&receiver).is_empty());
    promise.set(());
    assert_eq!(noted(&receiver), ["1", "2", "any", "continuation"]);
    assert!(future.is_ready());
}

#[test]
fn a_callback_may_complete_another_future() {
    let (first, first_future) = Promise::new();
    let (second, second_future) = Promise::new();
    let _first_future = first_future.on_ready(move |value: &u32| second.set(value + 1));
    first.set(41);
    assert_eq!(second_future.wait(), Ok(42));
}

#[test]
fn a_continuation_may_ask_for_the_discard_of_its_own_future() {
    let (promise, future) = Promise::new();
    let (sender, receiver) = channel();
    let discarder = future.discarder();
    let future = future.map(move |()| sender.send(discarder.discard()).unwrap());
    promise.set(());
    assert_eq!(receiver.try_recv(), Ok(false));
    assert!(future.is_ready());
}
