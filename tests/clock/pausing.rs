//! Time stands still, is moved, and never goes backwards.

use std::sync::atomic::{AtomicBool, Ordering};

use libprocess::clock::Clock;
use libprocess::time::{Time, days, hours, nanos, secs};

#[test]
fn real_time_passes() {
    let clock = Clock::real();
    let start = clock.now();
    assert!(!clock.is_paused());
    assert!(
        start > Time::EPOCH + days(50 * 365),
        "the calendar says {start}"
    );
    while clock.now() == start {}
    assert!(clock.now() > start);
}

#[test]
fn a_paused_clock_stands_still_and_is_moved_by_hand() {
    let clock = Clock::paused_at(Time::EPOCH + secs(1));
    assert!(clock.is_paused());
    assert_eq!(clock.now(), Time::EPOCH + secs(1));
    assert!(clock.advance(secs(2)));
    assert_eq!(clock.now(), Time::EPOCH + secs(3));
    assert!(clock.advance_to(Time::EPOCH + secs(5)));
    assert!(clock.advance_to(Time::EPOCH + secs(4)));
    assert_eq!(clock.now(), Time::EPOCH + secs(5));
    clock.pause();
    assert_eq!(clock.now(), Time::EPOCH + secs(5));
}

#[test]
fn time_that_runs_is_not_moved() {
    let clock = Clock::real();
    assert!(!clock.advance(days(1)));
    assert!(!clock.advance_to(Time::MAX));
    assert!(clock.now() < Time::MAX);
}

#[test]
fn a_pause_freezes_what_time_it_was() {
    let clock = Clock::real();
    let before = clock.now();
    clock.pause();
    let frozen = clock.now();
    assert!(frozen >= before);
    assert_eq!(clock.now(), frozen);
}

#[test]
fn a_resumed_clock_goes_on_from_where_it_was_advanced_to() {
    let clock = Clock::real();
    clock.pause();
    clock.advance(hours(42));
    let advanced = clock.now();
    clock.resume();
    assert!(!clock.is_paused());
    let resumed = clock.now();
    assert!(resumed >= advanced && resumed < advanced + hours(1));
    // The lead stays for the next pause.
    clock.pause();
    assert!(clock.now() >= resumed);
    assert!(clock.now() < advanced + hours(1));
}

#[test]
fn a_clock_that_was_behind_catches_up() {
    let clock = Clock::paused_at(Time::EPOCH);
    clock.resume();
    assert!(clock.now() > Time::EPOCH + days(50 * 365));
    clock.resume();
    assert!(!clock.is_paused());
}

#[test]
fn time_never_goes_backwards_for_anybody() {
    let clock = Clock::real();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut last = clock.now();
                while !done.load(Ordering::Relaxed) {
                    let now = clock.now();
                    assert!(now >= last, "{now} after {last}");
                    last = now;
                }
            });
        }
        for step in 0..2000 {
            clock.pause();
            clock.advance(nanos(step % 3));
            clock.resume();
        }
        done.store(true, Ordering::Relaxed);
    });
}
