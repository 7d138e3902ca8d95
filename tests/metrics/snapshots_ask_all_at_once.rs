//! A snapshot has the values of all metrics that have one in time.

use libprocess::clock::Clock;
use libprocess::future::{Future, Promise};
use libprocess::metrics::{Counter, PullGauge, PushGauge, Registry};
use libprocess::primitive::sync::Mutex;
use libprocess::time::{Time, nanos, secs};

/// A gauge whose value comes from a promise, once.
fn promised(name: &str) -> (Promise<f64>, PullGauge) {
    let (promise, future) = Promise::new();
    let future = Mutex::new(Some(future));
    let ask = move || {
        future
            .lock()
            .take()
            .unwrap_or_else(|| Future::failed("asked twice"))
    };
    (promise, PullGauge::flat(name, ask))
}

#[test]
fn what_fails_is_left_out() {
    let registry = Registry::default();
    registry.add(&Counter::new("counter")).unwrap();
    registry.add(&PullGauge::new("gauge", || 42.0)).unwrap();
    registry
        .add(&PullGauge::flat("failing", || Future::failed("failed")))
        .unwrap();
    registry
        .add(&PullGauge::flat("abandoned", Future::abandoned))
        .unwrap();
    let snapshot = registry.snapshot(&Clock::real(), None).wait().unwrap();
    let expected = [("counter".to_owned(), 0.0), ("gauge".to_owned(), 42.0)];
    assert_eq!(snapshot, expected.into());
}

#[test]
fn without_a_limit_the_slowest_decides() {
    let (clock, registry) = (Clock::paused_at(Time::EPOCH), Registry::default());
    let (promise, slow) = promised("slow");
    registry.add(&slow).unwrap();
    let snapshot = registry.snapshot(&clock, None);
    clock.advance(secs(1000));
    clock.expire();
    assert!(snapshot.is_pending());
    promise.set(1.5);
    assert_eq!(snapshot.wait().unwrap()["slow"], 1.5);
}

#[test]
fn what_is_late_is_left_out() {
    let (clock, registry) = (Clock::paused_at(Time::EPOCH), Registry::default());
    let (in_time, early) = promised("early");
    let (promise, late) = promised("late");
    registry.add(&early).unwrap();
    registry.add(&late).unwrap();
    let snapshot = registry.snapshot(&clock, Some(secs(2)));
    in_time.set(1.0);
    clock.advance(secs(2) - nanos(1));
    clock.expire();
    assert!(snapshot.is_pending());
    clock.advance(nanos(1));
    clock.expire();
    assert!(snapshot.wait().unwrap().keys().eq(["early"]));
    promise.set(2.0);
}

#[test]
fn a_snapshot_in_time_leaves_no_timer() {
    let (clock, registry) = (Clock::paused_at(Time::EPOCH), Registry::default());
    let (promise, gauge) = promised("gauge");
    registry.add(&gauge).unwrap();
    let snapshot = registry.snapshot(&clock, Some(secs(2)));
    promise.set(1.0);
    assert!(snapshot.is_ready());
    assert_eq!(clock.next_deadline(), None);
}

#[test]
fn a_hundred_thousand_metrics_are_told_in_order() {
    let registry = Registry::default();
    let names: Vec<_> = (0..100_000)
        .map(|number| format!("metric/{number:06}"))
        .collect();
    for name in names.iter().rev() {
        registry.add(&PushGauge::new(name.as_str())).unwrap();
    }
    let snapshot = registry.snapshot(&Clock::real(), None).wait().unwrap();
    assert!(snapshot.keys().eq(&names));
    for name in &names {
        registry.remove(name).unwrap();
    }
    assert!(
        registry
            .snapshot(&Clock::real(), None)
            .wait()
            .unwrap()
            .is_empty()
    );
}
