//! Random interleavings of who reads time, who stops it, and who runs timers.
//!
//! Each names the race that it holds. Planted faults that they find:
//!
//! | fault | found by |
//! | --- | --- |
//! | time is frozen before the pause is announced | reading |
//! | time is read without a second look whether it runs | reading |
//! | time runs again before its lead is known | reading |
//! | a timer that is due at once wakes nobody | running |
//! | a driver that was sent away is not woken | running |

use shuttle::thread;

use super::Clock;
use crate::primitive::blocking::Latch;
use crate::primitive::explore::some;
use crate::primitive::sync::{Arc, Condvar, Mutex};
use crate::time::{Time, secs};

/// Holds: read and pause, move, resume: time does not go backwards for anybody.
#[test]
fn reading_time_races_with_stopping_it() {
    some(6_000, || {
        let clock = Clock::real();
        let reader = {
            let clock = clock.clone();
            thread::spawn(move || read(&clock, 4))
        };
        clock.pause();
        read(&clock, 2);
        clock.advance(secs(1));
        clock.resume();
        clock.pause();
        reader.join().unwrap();
    });
}

fn read(clock: &Clock, times: u32) {
    let mut before = clock.now();
    for _ in 0..times {
        let now = clock.now();
        assert!(before <= now, "time went from {before} to {now}");
        before = now;
    }
}

/// Holds: a driver that is sent away since another runs timers hears of those that are left.
#[test]
fn running_timers_races_with_another_driver() {
    some(6_000, || {
        let clock = Clock::paused_at(Time::EPOCH);
        let done = Latch::new();
        let bell = Arc::new((Mutex::new(false), Condvar::new()));
        let ring = Arc::clone(&bell);
        let _watch = clock.watch(move || {
            *ring.0.lock() = true;
            ring.1.notify_one();
        });
        let (inner, last) = (clock.clone(), done.clone());
        clock.timer(secs(0), move || {
            let end = inner.clone();
            inner.timer(secs(0), move || {
                last.open();
                // Rings the bell, for whoever waits for this.
                end.advance(secs(0));
            });
        });
        let other = {
            let clock = clock.clone();
            thread::spawn(move || clock.expire())
        };
        while !done.is_open() {
            if clock.until_next().is_some() {
                clock.expire();
                continue;
            }
            let mut rung = bell.0.lock();
            while !*rung {
                bell.1.wait(&mut rung);
            }
            *rung = false;
        }
        other.join().unwrap();
    });
}
