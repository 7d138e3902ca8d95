//! A driver learns how long it may sleep, and when it has to look again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use libprocess::clock::Clock;
use libprocess::time::{Time, days, secs};

fn count(counter: &Arc<AtomicU32>) -> impl Fn() + Send + Sync + 'static {
    let counter = counter.clone();
    move || {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

fn taken(counter: &AtomicU32) -> u32 {
    counter.swap(0, Ordering::Relaxed)
}

#[test]
fn a_driver_sleeps_until_the_earliest_deadline() {
    let clock = Clock::real();
    assert_eq!((clock.next_deadline(), clock.until_next()), (None, None));
    let late = clock.timer(days(2), || ());
    let early = clock.timer(days(1), || ());
    assert_eq!(clock.next_deadline(), Some(early.deadline()));
    assert!(
        clock
            .until_next()
            .is_some_and(|sleep| sleep <= days(1) && sleep > secs(1))
    );
    early.cancel();
    assert_eq!(clock.next_deadline(), Some(late.deadline()));
    clock.timer(secs(0), || ());
    assert_eq!(clock.until_next(), Some(secs(0)));
}

#[test]
fn no_sleep_reaches_a_deadline_while_time_is_paused() {
    let clock = Clock::paused_at(Time::EPOCH);
    clock.timer(secs(1), || ());
    assert_eq!(clock.until_next(), None);
    assert_eq!(clock.next_deadline(), Some(Time::EPOCH + secs(1)));
    clock.advance(secs(1));
    assert_eq!(clock.until_next(), Some(secs(0)));
}

#[test]
fn a_driver_hears_of_earlier_deadlines_only() {
    let (clock, calls) = (Clock::real(), Arc::new(AtomicU32::new(0)));
    let _watch = clock.watch(count(&calls));
    clock.timer(days(2), || ());
    assert_eq!(taken(&calls), 1);
    clock.timer(days(3), || ());
    assert_eq!(taken(&calls), 0);
    clock.timer(days(1), || ());
    assert_eq!(taken(&calls), 1);
}

#[test]
fn a_driver_hears_when_time_is_moved() {
    let (clock, calls) = (Clock::paused_at(Time::EPOCH), Arc::new(AtomicU32::new(0)));
    let _watch = clock.watch(count(&calls));
    clock.timer(secs(1), || ());
    assert_eq!(taken(&calls), 0);
    clock.timer(secs(0), || ());
    assert_eq!(taken(&calls), 1);
    clock.advance(secs(1));
    assert_eq!(taken(&calls), 1);
    clock.resume();
    assert_eq!(taken(&calls), 1);
}

#[test]
fn a_driver_that_was_sent_away_hears_when_the_other_is_done() {
    let (clock, calls) = (Clock::paused_at(Time::EPOCH), Arc::new(AtomicU32::new(0)));
    let _watch = clock.watch(count(&calls));
    let other = clock.clone();
    let other_calls = calls.clone();
    clock.timer(secs(0), move || {
        other.timer(secs(0), || ());
        taken(&other_calls);
        // There is something due, but it is not for this driver to run.
        assert_eq!(other.until_next(), None);
        assert_eq!(other.expire(), 0);
        assert_eq!(taken(&other_calls), 0);
    });
    taken(&calls);
    assert_eq!(clock.expire(), 1);
    assert_eq!(taken(&calls), 1);
    assert_eq!(clock.until_next(), Some(secs(0)));
}

#[test]
fn a_watch_ends_when_it_is_dropped() {
    let (clock, calls) = (Clock::real(), Arc::new(AtomicU32::new(0)));
    let watch = clock.watch(count(&calls));
    drop(watch);
    clock.timer(secs(1), || ());
    assert_eq!(taken(&calls), 0);
    assert_eq!(Arc::strong_count(&calls), 1);
}
