//! Every interleaving of counting and of waiting for the counts to be even.
//!
//! Each names the race that it holds. Planted faults that they find, *chain* the first model and
//! *blocked* the second:
//!
//! | fault | found by |
//! | --- | --- |
//! | beginnings added up before ends | both |
//! | no fence between the announcement and the look at the counts | both |
//! | no fence between counting and the look at the announcements | both |
//! | those who wait are told, but not through the lock | both |
//! | a worker counts without release; others do | chain; blocked |
//! | the counts are read without acquire | both |
//! | the end of a blocking turn counted before it is listed | blocked |
//! | a turn that goes on leaves the list before its beginning is counted | blocked |
//! | the list not looked at, or only after both sums | blocked |

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

use super::Settle;
use crate::primitive::blocking::Latch;
use crate::primitive::explore::every;
use crate::primitive::sync::Arc;

/// Holds: who has settled sees all that was done; who waits is told, however late the last worker
/// counts.
#[test]
fn settling_races_with_a_chain_over_two_workers() {
    every(3, || {
        let settle = Arc::new(Settle::new(2));
        let done = Arc::new(AtomicUsize::new(0));
        settle.scheduled(None);
        let (counts, work) = (Arc::clone(&settle), Arc::clone(&done));
        let first = thread::spawn(move || {
            work.fetch_add(1, Ordering::Relaxed);
            counts.scheduled(Some(0));
            let (others, last) = (Arc::clone(&counts), Arc::clone(&work));
            let second = thread::spawn(move || {
                last.fetch_add(1, Ordering::Relaxed);
                others.finished(Some(1));
                others.tell();
            });
            counts.finished(Some(0));
            counts.tell();
            second
        });
        settle.wait();
        assert_eq!(done.load(Ordering::Relaxed), 2);
        first.join().unwrap().join().unwrap();
    });
}

/// Holds: a turn blocked at a latch is quiet; from the moment the latch opens until the turn has
/// ended, nobody can have settled who comes after the opening.
#[test]
fn settling_races_with_a_turn_that_goes_on() {
    every(3, || {
        let settle = Arc::new(Settle::new(1));
        let latch = Latch::new();
        let ended = Arc::new(AtomicBool::new(false));
        settle.scheduled(None);
        let (counts, gate, end) = (Arc::clone(&settle), latch.clone(), Arc::clone(&ended));
        let turn = thread::spawn(move || {
            counts.block(&gate);
            gate.wait_here();
            counts.unblock(&gate);
            end.store(true, Ordering::Relaxed);
            counts.finished(None);
        });
        settle.wait();
        assert!(!ended.load(Ordering::Relaxed), "it is blocked");
        latch.open();
        settle.wait();
        assert!(ended.load(Ordering::Relaxed));
        turn.join().unwrap();
    });
}
