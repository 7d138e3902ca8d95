//! Every interleaving of opening a latch and waiting for it.
//!
//! Planted faults that they find: a latch that opens without release, is seen open without acquire,
//! opens without passing through the lock, or is looked at only before the lock is taken.

use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use super::super::sync::Arc;
use super::Latch;

/// Holds: whoever waits gets through, whether the latch opened before, during or after, and sees
/// behind it what was done before it opened.
#[test]
fn opening_races_with_two_who_wait() {
    loom::model(|| {
        let latch = Latch::new();
        let value = Arc::new(AtomicUsize::new(0));
        let waiters = [(); 2].map(|()| {
            let (latch, value) = (latch.clone(), Arc::clone(&value));
            thread::spawn(move || {
                latch.wait();
                assert_eq!(value.load(Ordering::Relaxed), 7);
            })
        });
        value.store(7, Ordering::Relaxed);
        latch.open();
        for waiter in waiters {
            waiter.join().unwrap();
        }
    });
}

/// Holds: of two who open, one is told that it did.
#[test]
fn two_who_open_race() {
    loom::model(|| {
        let latch = Latch::new();
        let other = latch.clone();
        let opener = thread::spawn(move || other.open());
        let first = latch.open();
        latch.wait();
        assert!(first != opener.join().unwrap());
    });
}
