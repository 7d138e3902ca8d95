//! A panic ends the actor that it comes from, and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::support::{Address, pool};

#[test]
fn a_panic_ends_its_actor_and_spares_the_worker() {
    let scheduler = pool(1);
    let state = Arc::new(());
    let doomed = Address::new(&scheduler, Arc::clone(&state));
    let queued = Arc::clone(&state);
    doomed.tell(|_| panic!("on purpose"));
    doomed.tell(move |_| drop(queued));
    scheduler.settle_turns();
    assert!(!doomed.tell(|_| ()), "it is dead");
    assert_eq!(
        Arc::strong_count(&state),
        1,
        "its state and its events are dropped"
    );

    let other = Address::new(&scheduler, ());
    let (sender, receiver) = std::sync::mpsc::channel();
    other.tell(move |()| sender.send(()).unwrap());
    receiver.recv().unwrap();
    other.end();
    scheduler.settle_turns();
    scheduler.stop();
}

#[test]
fn a_panic_payload_that_panics_when_dropped_spares_the_worker_too() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            if !std::thread::panicking() {
                panic!("on purpose, again");
            }
        }
    }
    let scheduler = pool(1);
    let doomed = Address::new(&scheduler, ());
    doomed.tell(|()| std::panic::panic_any(Bomb));
    scheduler.settle_turns();
    let task = scheduler.spawn(async {});
    task.wait();
    scheduler.stop();
}

#[test]
fn settling_or_stopping_from_inside_of_a_turn_is_refused() {
    let scheduler = pool(1);
    let inner = scheduler.clone();
    let actor = Address::new(&scheduler, ());
    let (sender, receiver) = std::sync::mpsc::channel();
    actor.tell(move |()| {
        assert!(inner.is_inside());
        let settle = catch_unwind(AssertUnwindSafe(|| inner.settle_turns()));
        let stop = catch_unwind(AssertUnwindSafe(|| inner.stop()));
        sender.send((settle.is_err(), stop.is_err())).unwrap();
    });
    assert_eq!(receiver.recv().unwrap(), (true, true));
    assert!(!scheduler.is_inside());
    actor.end();
    scheduler.settle_turns();
    scheduler.stop();
}
