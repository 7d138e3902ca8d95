//! A metric with a window tells its extremes and percentiles.

use libprocess::clock::Clock;
use libprocess::metrics::{Counter, Metric, Registry, Series, Statistics};
use libprocess::time::{Time, days, secs};

#[test]
fn a_counter_that_went_from_0_to_10() {
    let clock = Clock::paused_at(Time::EPOCH);
    let counter = Counter::with_history("test/counter", clock.clone(), days(1));
    assert_eq!(counter.statistics(), None);
    for _ in 0..10 {
        clock.advance(secs(1));
        counter.increment();
    }
    let registry = Registry::default();
    registry.add(&counter).unwrap();
    let snapshot = registry.snapshot(&clock, None).wait().unwrap();
    let told: Vec<_> = snapshot
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect();
    let expected = [
        ("test/counter", 10.0),
        ("test/counter/count", 11.0),
        ("test/counter/max", 10.0),
        ("test/counter/min", 0.0),
        ("test/counter/p50", 5.0),
        ("test/counter/p90", 9.0),
        ("test/counter/p95", 9.5),
        ("test/counter/p99", 9.9),
        ("test/counter/p999", 9.99),
        ("test/counter/p9999", 9.999),
    ];
    assert_eq!(told.len(), expected.len());
    for ((name, value), (expected_name, expected_value)) in told.iter().zip(expected) {
        assert_eq!(*name, expected_name);
        assert!((value - expected_value).abs() < 1e-9, "{name} is {value}");
    }
}

#[test]
fn percentiles_lie_between_neighbours() {
    let statistics = Statistics::of((-5..=5).map(f64::from)).unwrap();
    assert_eq!(
        (statistics.count, statistics.min, statistics.max),
        (11, -5.0, 5.0)
    );
    assert_eq!(
        (statistics.p25, statistics.p50, statistics.p75),
        (-2.5, 0.0, 2.5)
    );
    assert_eq!((statistics.p90, statistics.p95), (4.0, 4.5));
    assert_eq!(Statistics::of([]), None);
    assert_eq!(Statistics::of([1.0]), None);
}

/// Sets each value at the second of its number.
fn set(series: &mut Series, values: impl IntoIterator<Item = u64>) {
    for value in values {
        series.set(value as f64, Time::EPOCH + secs(value));
    }
}

fn values(series: &Series) -> Vec<u64> {
    series.iter().map(|(_, value)| value as u64).collect()
}

#[test]
fn a_full_series_is_thinned_out_from_its_beginning() {
    let mut series = Series::with_capacity(days(1), 10);
    set(&mut series, 0..10);
    let expected: [&[u64]; 10] = [
        &[0, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        &[0, 2, 4, 5, 6, 7, 8, 9, 10, 11],
        &[0, 2, 4, 6, 7, 8, 9, 10, 11, 12],
        &[0, 2, 4, 6, 8, 9, 10, 11, 12, 13],
        &[0, 2, 4, 6, 8, 10, 11, 12, 13, 14],
        &[0, 4, 6, 8, 10, 11, 12, 13, 14, 15],
        &[0, 4, 8, 10, 11, 12, 13, 14, 15, 16],
        &[0, 4, 8, 11, 12, 13, 14, 15, 16, 17],
        &[0, 4, 8, 11, 13, 14, 15, 16, 17, 18],
        &[0, 4, 8, 11, 13, 15, 16, 17, 18, 19],
    ];
    for (value, expected) in (10..20).zip(expected) {
        set(&mut series, [value]);
        assert_eq!(values(&series), expected);
    }
}

#[test]
fn what_is_older_than_the_window_goes_unless_nothing_is_left() {
    let mut series = Series::new(secs(10));
    set(&mut series, 0..10);
    set(&mut series, [17]);
    assert_eq!(values(&series), [7, 8, 9, 17]);
    set(&mut series, [100]);
    assert_eq!(values(&series), [100]);
    series.set(5.0, Time::EPOCH + secs(100));
    assert_eq!(values(&series), [5]); // of one time there is one value
}
