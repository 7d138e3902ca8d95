//! A turn that blocks has its worker replaced.

use std::sync::Arc;
use std::sync::mpsc::channel;

use libprocess::primitive::blocking::{self, Latch};
use libprocess::scheduler::{Budget, Pool, Scheduler, ThreadPark};

use super::support::Address;

fn pool_of(workers: usize) -> (Arc<Pool>, Scheduler) {
    let park = Arc::new(ThreadPark::default());
    let pool = Pool::start(workers, park, Budget::default()).unwrap();
    (Arc::clone(&pool), Scheduler::new(pool))
}

/// Has each of `left` actors wait for the next, and the last for nobody.
fn chain(scheduler: &Scheduler, left: u32, done: Latch) {
    let actor = Address::new(scheduler, ());
    let (scheduler, own) = (scheduler.clone(), actor.clone());
    actor.tell(move |()| {
        if left > 0 {
            let next = Latch::new();
            chain(&scheduler, left - 1, next.clone());
            next.wait();
        }
        done.open();
        own.end();
    });
}

#[test]
fn a_chain_of_a_hundred_waits_ends_with_one_worker() {
    let (pool, scheduler) = pool_of(1);
    for _ in 0..3 {
        let done = Latch::new();
        chain(&scheduler, 100, done.clone());
        done.wait();
        scheduler.settle_turns();
    }
    scheduler.stop();
    assert_eq!(pool.threads(), 0);
}

#[test]
fn threads_that_replaced_others_leave_or_are_used_again() {
    let (pool, scheduler) = pool_of(2);
    let done = Latch::new();
    chain(&scheduler, 50, done.clone());
    done.wait();
    scheduler.settle_turns();
    // The last one to come back may still be on its way to its seat: one more blocked turn after
    // another, each using a spare, leaves no doubt.
    while pool.threads() > 4 {
        let done = Latch::new();
        chain(&scheduler, 1, done.clone());
        done.wait();
    }
    scheduler.stop();
    assert_eq!(pool.threads(), 0);
}

#[test]
fn a_declared_section_lets_others_run() {
    let (_pool, scheduler) = pool_of(1);
    let (sender, receiver) = channel();
    let blocked = Address::new(&scheduler, ());
    let helper = Address::new(&scheduler, ());
    let (inner, send) = (helper.clone(), sender.clone());
    blocked.tell(move |()| {
        // This goes to the slot, which nobody could steal from.
        inner.tell(move |()| send.send(1).unwrap());
        let got = blocking::section(|| receiver.recv().unwrap());
        assert_eq!(got, 1);
        drop(sender);
    });
    let done = Latch::new();
    let open = done.clone();
    blocked.tell(move |()| {
        open.open();
    });
    done.wait();
    assert!(blocked.end());
    assert!(helper.end());
    scheduler.settle_turns();
    scheduler.stop();
}

#[test]
fn what_a_turn_schedules_after_it_blocked_runs_too() {
    let (_pool, scheduler) = pool_of(1);
    let done = Latch::new();
    let first = Address::new(&scheduler, ());
    let second = Address::new(&scheduler, 0);
    let (open, target) = (done.clone(), second.clone());
    first.tell(move |()| {
        blocking::section(|| ());
        for _ in 0..1000 {
            target.tell(|count| *count += 1);
        }
        target.tell(move |count| {
            assert_eq!(*count, 1000);
            open.open();
        });
    });
    done.wait();
    assert!(first.end());
    assert!(second.end());
    scheduler.settle_turns();
    scheduler.stop();
}
