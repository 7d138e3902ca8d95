//! A name is one metric's until it is removed.

use libprocess::clock::Clock;
use libprocess::metrics::{Counter, PushGauge, Registry, RegistryError};

#[test]
fn a_taken_name_is_an_error() {
    let registry = Registry::default();
    let counter = Counter::new("name");
    registry.add(&counter).unwrap();
    let error = registry.add(&PushGauge::new("name")).unwrap_err();
    assert_eq!(error, RegistryError::Taken("name".into()));
    assert_eq!(error.to_string(), "metric 'name' was already added");

    registry.remove("name").unwrap();
    assert!(
        registry
            .snapshot(&Clock::real(), None)
            .wait()
            .unwrap()
            .is_empty()
    );
    let error = registry.remove("name").unwrap_err();
    assert_eq!(error.to_string(), "metric 'name' not found");
    registry.add(&counter).unwrap();
}

#[test]
fn gauges_go_up_and_down() {
    let gauge = PushGauge::new("gauge");
    gauge.increment();
    gauge.add(42.0);
    gauge.decrement();
    gauge.add(-41.5);
    assert_eq!(gauge.get(), 0.5);
    gauge.set(42.0);
    assert_eq!(gauge.get(), 42.0);
}

#[test]
fn counters_go_up_and_back_to_zero() {
    let counter = Counter::new("counter");
    counter.increment();
    counter.increment();
    assert_eq!(counter.get(), 2);
    counter.reset();
    counter.add(42);
    assert_eq!(counter.get(), 42);
}
