//! Timers: a million are set, cancelled, and run when their time has come.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use libprocess::clock::{Clock, Timer};
use libprocess::time::Time;

use crate::harness::{Plan, print_each, seconds};

/// The costs of each timer where there are so many.
pub(crate) fn measure(plan: &Plan, count: usize) {
    let count = plan.count(count);
    let clock = Clock::paused_at(Time::from_nanos(0));
    let ran = Arc::new(AtomicUsize::new(0));
    let set = || {
        let timers = durations(count).map(|duration| {
            let ran = ran.clone();
            clock.timer(duration, move || {
                ran.fetch_add(1, Ordering::Relaxed);
            })
        });
        timers.collect::<Vec<_>>()
    };
    let (mut setting, mut cancelling, mut expiring) = (vec![], vec![], vec![]);
    plan.repeat(|| {
        let mut timers = vec![];
        setting.push(seconds(|| timers = set()));
        cancelling.push(seconds(|| {
            assert!(timers.iter().all(Timer::cancel));
        }));
        black_box(set());
        ran.store(0, Ordering::Relaxed);
        clock.advance(HOUR);
        expiring.push(seconds(|| while clock.expire() > 0 {}));
        assert_eq!(ran.load(Ordering::Relaxed), count);
        0.0
    });
    print_each(&format!("{count} timers: set"), count, setting);
    print_each(&format!("{count} timers: cancel"), count, cancelling);
    print_each(&format!("{count} timers: expire"), count, expiring);
}

/// Durations of up to an hour that look random and are the same each time.
fn durations(count: usize) -> impl Iterator<Item = Duration> {
    let mut state = 1_u64;
    (0..count).map(move |_| {
        // The multiplier of Knuth's MMIX.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        Duration::from_micros((state >> 32) % HOUR.as_micros() as u64)
    })
}

const HOUR: Duration = Duration::from_secs(3600);
