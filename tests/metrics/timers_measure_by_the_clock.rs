//! Timers measure virtual time, and have no value before the first measure.

use libprocess::clock::Clock;
use libprocess::future::{Future, Promise};
use libprocess::metrics::{Metric, Registry, Timer, Unit};
use libprocess::time::{Time, micros};

fn value(timer: &Timer, clock: &Clock) -> Option<f64> {
    let registry = Registry::default();
    registry.add(timer).unwrap();
    let snapshot = registry.snapshot(clock, None).wait().unwrap();
    snapshot.get(timer.name()).copied()
}

#[test]
fn from_start_to_stop() {
    let clock = Clock::paused_at(Time::EPOCH);
    let timer = Timer::new("test/timer", Unit::Nanoseconds, clock.clone());
    assert_eq!(timer.name(), "test/timer_ns");
    assert_eq!(timer.stop(), None);
    assert_eq!(value(&timer, &clock), None);
    timer.start();
    clock.advance(micros(1));
    assert_eq!(timer.stop(), Some(micros(1)));
    assert_eq!(timer.stop(), None);
    assert_eq!(value(&timer, &clock), Some(1000.0));
}

#[test]
fn until_a_future_ends_in_any_way() {
    let clock = Clock::paused_at(Time::EPOCH);
    let timer = Timer::new("test/timer", Unit::Microseconds, clock.clone());
    assert_eq!(timer.time(Future::ready(42)).wait().unwrap(), 42);
    assert_eq!(value(&timer, &clock), Some(0.0));

    let (promise, future) = Promise::<()>::new();
    let timed = timer.time(future);
    clock.advance(micros(7));
    promise.fail("broken");
    assert!(timed.is_failed());
    assert_eq!(value(&timer, &clock), Some(7.0));
}
