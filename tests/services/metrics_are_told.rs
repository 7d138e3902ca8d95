//! The snapshot has every metric that has a value, sorted, as JSON.

use libprocess::clock::Clock;
use libprocess::future::Future;
use libprocess::http::Status;
use libprocess::metrics::{Counter, PullGauge};
use libprocess::process::Process;
use libprocess::runtime::{Config, Runtime};
use libprocess::services::Services;
use libprocess::time::{Time, secs};

use super::world::{World, json, text};

/// A runtime that has no metrics but those of the test and its own counts.
fn world(builder: libprocess::runtime::Builder) -> World {
    World::of(builder.services(Services::none().metrics(true)))
}

#[test]
fn numbers_are_sorted_and_never_whole() {
    let world = world(Runtime::builder());
    let metrics = world.runtime.manager().metrics();
    let two = Counter::new("test/two");
    two.add(2);
    metrics.add(&two).unwrap();
    metrics.add(&PullGauge::new("test/half", || 0.5)).unwrap();
    metrics.add(&Counter::new("a")).unwrap();
    let body = text(&world.get("/metrics/snapshot"));
    assert!(body.starts_with("{\"a\":0.0,\"libprocess/"), "{body}");
    assert!(
        body.ends_with(",\"test/half\":0.5,\"test/two\":2.0}"),
        "{body}"
    );
}

#[test]
fn a_script_is_called_back() {
    let body = text(&world(Runtime::builder()).get("/metrics/snapshot?jsonp=show"));
    assert!(body.starts_with("show({") && body.ends_with("})"), "{body}");
}

#[test]
fn a_timeout_that_is_none_is_refused() {
    let response = world(Runtime::builder()).get("/metrics/snapshot?timeout=soon");
    assert_eq!(response.status, Status::BAD_REQUEST);
    let body = text(&response);
    assert!(body.starts_with("Invalid timeout 'soon': "), "{body}");
    assert!(body.ends_with(".\n"), "{body}");
}

#[test]
fn what_fails_or_takes_too_long_is_left_out() {
    let clock = Clock::paused_at(Time::EPOCH);
    let world = world(Runtime::builder().clock(clock.clone()));
    let metrics = world.runtime.manager().metrics();
    metrics
        .add(&PullGauge::flat("failing", || Future::failed("broken")))
        .unwrap();
    metrics
        .add(&PullGauge::flat("ready", || Future::ready(1.0)))
        .unwrap();
    let (asked, is_asked) = std::sync::mpsc::channel();
    let promises = std::sync::Mutex::new(Vec::new());
    let slow = PullGauge::flat("slow", move || {
        let (promise, future) = libprocess::future::Promise::new();
        promises.lock().unwrap().push(promise);
        asked.send(()).unwrap();
        future
    });
    metrics.add(&slow).unwrap();
    let answer = std::thread::scope(|scope| {
        let asking = scope.spawn(|| world.get("/metrics/snapshot?timeout=2secs"));
        is_asked.recv().unwrap();
        world.runtime.settle(); // the timer is set
        clock.advance(secs(2));
        asking.join().unwrap()
    });
    let snapshot = json(&answer);
    assert_eq!(snapshot["ready"], 1.0);
    assert!(
        snapshot.get("slow").is_none() && snapshot.get("failing").is_none(),
        "{snapshot}"
    );
}

#[test]
fn the_runtime_counts_what_goes_wrong() {
    struct Panicking;

    impl Process for Panicking {}

    let world = world(Runtime::builder());
    let pid = world.runtime.spawn(Panicking).unwrap();
    pid.tell(|_, _| panic!("a panic that the test wants"));
    pid.wait().unwrap();
    let snapshot = json(&world.get("/metrics/snapshot"));
    assert_eq!(snapshot["libprocess/panics"], 1.0);
}

#[test]
fn snapshots_are_spaced_out() {
    let clock = Clock::paused_at(Time::EPOCH);
    let world = world(Runtime::builder().clock(clock.clone()));
    let ask = |path| world.runtime.client().get(world.runtime.address(), path);
    assert_eq!(world.get("/metrics/snapshot").status, Status::OK);
    // Each on a connection of its own, so in no order among them.
    let waiting = [ask("/metrics/snapshot"), ask("/metrics/prometheus")];
    assert_eq!(
        world.get("/metrics/snapshot?timeout=?").status,
        Status::BAD_REQUEST
    );
    let answered = || {
        waiting
            .iter()
            .filter(|response| !response.is_pending())
            .count()
    };
    assert_eq!(answered(), 0);
    for before in [0, 1] {
        while answered() == before {
            // The second may not have arrived yet when the first one's time has come.
            clock.advance(std::time::Duration::from_millis(500));
            world.runtime.settle();
        }
    }
}

/// Whoever asks while the clock stands still would wait for ever.
#[test]
fn unless_they_need_not_be() {
    let variable = ("LIBPROCESS_METRICS_SNAPSHOT_ENDPOINT_RATE_LIMIT", "");
    let config = Config::from_variables([variable]).unwrap();
    let builder = Runtime::builder().config(config);
    let world = world(builder.clock(Clock::paused_at(Time::EPOCH)));
    for _ in 0..3 {
        assert_eq!(world.get("/metrics/snapshot").status, Status::OK);
    }
}

#[test]
fn prometheus_reads_them() {
    let world = world(Runtime::builder());
    let metrics = world.runtime.manager().metrics();
    let two = Counter::new("master/tasks.lost");
    two.add(2);
    metrics.add(&two).unwrap();
    metrics.add(&PullGauge::new("1/half", || 0.5)).unwrap();
    metrics
        .add(&PullGauge::new("endless", || f64::INFINITY))
        .unwrap();
    let response = world.get("/metrics/prometheus");
    let expected = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!(response.header("Content-Type"), Some(expected));
    let body = text(&response);
    for line in [
        "# TYPE master_tasks_lost untyped\nmaster_tasks_lost 2\n",
        "# TYPE _1_half untyped\n_1_half 0.5\n",
        "endless +Inf\n",
    ] {
        assert!(body.contains(line), "{body}");
    }
}
