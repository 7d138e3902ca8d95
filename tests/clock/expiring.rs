//! Timers expire when they are due, in order.

use std::sync::mpsc::{Receiver, Sender, channel};

use libprocess::clock::Clock;
use libprocess::time::{Time, days, nanos, secs};

type Notes = (Sender<u32>, Receiver<u32>);

fn note(notes: &Notes, number: u32) -> impl FnOnce() + Send + 'static {
    let sender = notes.0.clone();
    move || sender.send(number).unwrap()
}

fn noted(notes: &Notes) -> Vec<u32> {
    notes.1.try_iter().collect()
}

#[test]
fn a_timer_waits_for_its_time() {
    let (clock, notes) = (Clock::paused_at(Time::EPOCH), channel());
    let timer = clock.timer(secs(2), note(&notes, 1));
    assert_eq!(timer.deadline(), Time::EPOCH + secs(2));
    clock.advance(secs(2) - nanos(1));
    assert_eq!(clock.expire(), 0);
    clock.advance(nanos(1));
    assert!(noted(&notes).is_empty());
    assert_eq!(clock.expire(), 1);
    assert_eq!(noted(&notes), [1]);
    assert_eq!(clock.expire(), 0);
}

#[test]
fn timers_expire_by_deadline_and_then_by_creation() {
    let (clock, notes) = (Clock::paused_at(Time::EPOCH), channel());
    for (number, delay) in [(3, 2), (1, 1), (4, 2), (2, 1), (5, 2), (0, 0)] {
        clock.timer(secs(delay), note(&notes, number));
    }
    clock.advance(days(1));
    assert_eq!(clock.expire(), 6);
    assert_eq!(noted(&notes), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn real_time_makes_timers_due() {
    let (clock, notes) = (Clock::real(), channel());
    clock.timer(nanos(1), note(&notes, 1));
    clock.timer(days(1), note(&notes, 2));
    while clock.expire() == 0 {}
    assert_eq!(noted(&notes), [1]);
}

#[test]
fn a_timer_that_is_set_by_a_callback_waits_for_the_next_call() {
    let (clock, notes) = (Clock::paused_at(Time::EPOCH), channel());
    let (again, second) = (clock.clone(), note(&notes, 2));
    clock.timer(secs(1), move || drop(again.timer(secs(0), second)));
    clock.timer(secs(1), note(&notes, 1));
    clock.advance(secs(1));
    assert_eq!(clock.expire(), 2);
    assert_eq!(noted(&notes), [1]);
    assert_eq!(clock.expire(), 1);
    assert_eq!(noted(&notes), [2]);
}

#[test]
fn a_callback_may_move_time_and_its_caller_expires_what_was_due_before() {
    let (clock, notes) = (Clock::paused_at(Time::EPOCH), channel());
    let mover = clock.clone();
    clock.timer(secs(1), move || assert!(mover.advance(secs(1))));
    clock.timer(secs(2), note(&notes, 1));
    clock.advance(secs(1));
    assert_eq!(clock.expire(), 1);
    assert_eq!(clock.expire(), 1);
    assert_eq!(noted(&notes), [1]);
}

#[test]
fn a_callback_that_expires_timers_finds_none() {
    let (clock, notes) = (Clock::paused_at(Time::EPOCH), channel());
    let again = clock.clone();
    clock.timer(secs(0), move || assert_eq!(again.expire(), 0));
    clock.timer(secs(0), note(&notes, 1));
    assert_eq!(clock.expire(), 2);
    assert_eq!(noted(&notes), [1]);
}

#[test]
fn a_callback_that_panics_spoils_no_other() {
    let (clock, notes) = (Clock::paused_at(Time::EPOCH), channel());
    clock.timer(secs(0), || panic!("on purpose"));
    clock.timer(secs(0), note(&notes, 1));
    assert_eq!(clock.expire(), 2);
    assert_eq!(noted(&notes), [1]);
    assert!(!clock.has_due());
}

#[test]
fn a_deadline_beyond_all_time_is_the_end_of_time() {
    let clock = Clock::paused_at(Time::EPOCH + secs(1));
    let timer = clock.timer(std::time::Duration::MAX, || ());
    assert_eq!(timer.deadline(), Time::MAX);
}

#[test]
fn hundreds_of_thousands_of_timers_expire_in_order() {
    const COUNT: u64 = 300_000;
    let clock = Clock::paused_at(Time::EPOCH);
    let (sender, receiver) = channel();
    for number in 0..COUNT {
        // A permutation: the factor has no divisor in common with the count.
        let delay = number * 7_919 % COUNT;
        let sender = sender.clone();
        clock.timer(nanos(delay), move || sender.send(delay).unwrap());
    }
    clock.advance(nanos(COUNT / 2));
    assert_eq!(clock.expire() as u64, COUNT / 2 + 1);
    clock.advance(nanos(COUNT));
    assert_eq!(clock.expire() as u64, COUNT / 2 - 1);
    assert!(receiver.try_iter().eq(0..COUNT));
}
