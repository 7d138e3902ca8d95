//! A cancelled timer does not run, and the canceller is told the truth.

use std::sync::Arc;
use std::sync::mpsc::channel;

use libprocess::clock::Clock;
use libprocess::time::{Time, secs};

#[test]
fn a_timer_is_cancelled_once() {
    let clock = Clock::paused_at(Time::EPOCH);
    let timer = clock.timer(secs(1), || unreachable!());
    assert!(clock.cancel(&timer.clone()));
    assert!(!clock.cancel(&timer));
    clock.advance(secs(1));
    assert_eq!(clock.expire(), 0);
}

#[test]
fn a_timer_that_has_run_is_not_cancelled_even_if_another_has_its_time() {
    let clock = Clock::paused_at(Time::EPOCH);
    let timer = clock.timer(secs(0), || ());
    assert_eq!(clock.expire(), 1);
    clock.timer(secs(0), || ());
    assert!(!timer.cancel());
    assert_eq!(clock.expire(), 1);
}

#[test]
fn a_callback_may_cancel_a_timer_that_is_due_too() {
    let clock = Clock::paused_at(Time::EPOCH);
    let (sender, receiver) = channel();
    let canceller = clock.clone();
    let (hand_over, handed) = channel();
    clock.timer(secs(1), move || {
        let later: libprocess::clock::Timer = handed.recv().unwrap();
        sender.send(canceller.cancel(&later)).unwrap();
    });
    hand_over
        .send(clock.timer(secs(1), || unreachable!()))
        .unwrap();
    clock.advance(secs(1));
    assert_eq!(clock.expire(), 1);
    assert_eq!(receiver.try_recv(), Ok(true));
}

#[test]
fn a_callback_that_runs_cannot_be_cancelled() {
    let clock = Clock::paused_at(Time::EPOCH);
    let (sender, receiver) = channel();
    let (hand_over, handed) = channel();
    let timer = clock.timer(secs(0), move || {
        let own: libprocess::clock::Timer = handed.recv().unwrap();
        sender.send(own.cancel()).unwrap();
    });
    hand_over.send(timer).unwrap();
    clock.expire();
    assert_eq!(receiver.try_recv(), Ok(false));
}

#[test]
fn what_a_callback_held_is_released() {
    let held = Arc::new(());
    let hold = |clock: &Clock| {
        let held = held.clone();
        clock.timer(secs(1), move || drop(held))
    };
    let clock = Clock::paused_at(Time::EPOCH);
    hold(&clock).cancel();
    assert_eq!(Arc::strong_count(&held), 1);
    hold(&clock);
    hold(&clock);
    assert_eq!(clock.clear(), 2);
    assert_eq!(Arc::strong_count(&held), 1);
    assert_eq!(clock.next_deadline(), None);
    let timer = hold(&clock);
    drop(clock);
    assert_eq!(Arc::strong_count(&held), 1);
    assert!(!timer.cancel());
}

#[test]
fn a_callback_may_use_the_clock_while_it_is_dropped() {
    struct UsesClock(Clock);
    impl Drop for UsesClock {
        fn drop(&mut self) {
            self.0.timer(secs(1), || ());
        }
    }
    let clock = Clock::paused_at(Time::EPOCH);
    let uses = UsesClock(clock.clone());
    let timer = clock.timer(secs(1), move || drop(uses));
    assert!(timer.cancel());
    assert_eq!(clock.clear(), 1);
}
