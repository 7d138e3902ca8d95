//! Clones are the same clock, for several drivers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use libprocess::clock::Clock;
use libprocess::time::{Time, secs};

#[test]
fn clones_share_time_and_timers() {
    let clock = Clock::paused_at(Time::EPOCH);
    let clone = clock.clone();
    let calls = Arc::new(AtomicU32::new(0));
    let wake = |calls: &Arc<AtomicU32>| {
        let calls = calls.clone();
        move || {
            calls.fetch_add(1, Ordering::Relaxed);
        }
    };
    let _watches = (clock.watch(wake(&calls)), clone.watch(wake(&calls)));
    clock.timer(secs(1), || ());
    clone.advance(secs(1));
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    assert_eq!(clock.now(), clone.now());
    assert_eq!(clone.expire(), 1);
}

#[test]
fn many_drivers_run_each_timer_once_and_one_at_a_time() {
    let clock = Clock::real();
    let (ran, running) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1000 {
                    let (ran, running) = (ran.clone(), running.clone());
                    clock.timer(secs(0), move || {
                        assert_eq!(running.fetch_add(1, Ordering::Relaxed), 0);
                        ran.fetch_add(1, Ordering::Relaxed);
                        running.fetch_sub(1, Ordering::Relaxed);
                    });
                    clock.expire();
                }
            });
        }
    });
    clock.expire();
    assert_eq!(ran.load(Ordering::Relaxed), 4000);
    assert_eq!(clock.expired(), 4000);
}
