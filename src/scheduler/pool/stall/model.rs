//! Every interleaving of waking the last sleeper and of going off duty.
//!
//! Each names the race that it holds. Planted faults that they find: no fence behind taking the
//! flag down, no second look at the awake after that, a call that does not go through the lock, a
//! last riser who calls nobody, an end that is not looked at off duty.

use loom::thread;

use super::super::super::park::ThreadPark;
use super::super::sleepers::Sleepers;
use crate::primitive::explore::every;
use crate::primitive::sync::Arc;

/// The sleepers of a pool of one worker, which sleeps.
fn asleep() -> Arc<Sleepers> {
    let sleepers = Sleepers::new(1, Arc::new(ThreadPark::default()));
    sleepers.lie_down(0, false);
    Arc::new(sleepers)
}

/// Looks until it sees all awake. Says whether it did, or else it is over.
fn look_out(sleepers: &Sleepers) -> bool {
    let are_awake = || sleepers.are_all_awake();
    let lookout = sleepers.lookout();
    while lookout.stand_by(lookout.over.lock(), are_awake) {
        if are_awake() {
            return true;
        }
    }
    false
}

/// Holds: the last sleeper is woken: the lookout is on duty, or is called to it.
#[test]
fn waking_the_last_races_with_going_off_duty() {
    every(5, || {
        let sleepers = asleep();
        let looks = Arc::clone(&sleepers);
        let lookout = thread::spawn(move || look_out(&looks));
        sleepers.wake();
        assert!(lookout.join().unwrap());
    });
}

/// Holds: the end comes to the lookout on duty and off duty.
#[test]
fn the_end_races_with_going_off_duty() {
    every(5, || {
        let sleepers = asleep();
        let looks = Arc::clone(&sleepers);
        let lookout = thread::spawn(move || look_out(&looks));
        sleepers.lookout().end();
        assert!(!lookout.join().unwrap());
    });
}
