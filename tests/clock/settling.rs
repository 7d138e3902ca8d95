//! What tells whoever settles that no timer is due and none runs.

use libprocess::clock::Clock;
use libprocess::time::{Time, secs};

#[test]
fn a_timer_is_due_until_its_callback_has_returned() {
    let clock = Clock::paused_at(Time::EPOCH);
    let inside = clock.clone();
    clock.timer(secs(1), move || {
        assert!(inside.has_due());
        assert_eq!(inside.expired(), 0);
    });
    assert!(!clock.has_due());
    clock.advance(secs(1));
    assert!(clock.has_due());
    assert_eq!(clock.expire(), 1);
    assert!(!clock.has_due());
    assert_eq!(clock.expired(), 1);
}

#[test]
fn cancelled_timers_are_neither_due_nor_counted() {
    let clock = Clock::paused_at(Time::EPOCH);
    let timer = clock.timer(secs(0), || ());
    assert!(clock.has_due());
    timer.cancel();
    assert!(!clock.has_due());
    assert_eq!(clock.expired(), 0);
}
