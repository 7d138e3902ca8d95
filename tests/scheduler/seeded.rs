//! The seeded scheduler: one order for a seed, also through turns that block.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use libprocess::primitive::blocking::Latch;
use libprocess::scheduler::{Scheduler, Seeded};

use super::support::Address;

fn seeded(seed: u64) -> (Arc<Seeded>, Scheduler) {
    let seeded = Seeded::new(seed);
    (Arc::clone(&seeded), Scheduler::new(seeded))
}

/// Actors that send to each other, some of which block in the middle of a turn.
fn trace(seed: u64) -> Vec<(u32, &'static str)> {
    let (seeded, scheduler) = seeded(seed);
    let trace = Arc::new(Mutex::new(Vec::new()));
    let note = |actor, what| {
        let trace = Arc::clone(&trace);
        move || trace.lock().unwrap().push((actor, what))
    };
    let actors: Vec<_> = (0..6).map(|_| Address::new(&scheduler, ())).collect();
    for number in 0..6 {
        let latch = Latch::new();
        let (wait, before, after) = (latch.clone(), note(number, "before"), note(number, "after"));
        actors[number as usize].tell(move |()| {
            before();
            wait.wait();
            after();
        });
        let opened = note(number, "opens");
        let next = actors[(number as usize + 1) % 6].clone();
        scheduler.spawn(async move {
            opened();
            latch.open();
            next.tell(|()| ());
        });
        let (again, last) = (note(number, "tells"), note(number, "told"));
        let target = actors[(number as usize + 2) % 6].clone();
        actors[number as usize].tell(move |()| {
            again();
            target.tell(move |()| last());
        });
    }
    seeded.run_until_idle();
    assert!(actors.iter().all(Address::end));
    seeded.run_until_idle();
    assert!(scheduler.is_quiescent());
    scheduler.stop();
    let trace = trace.lock().unwrap().clone();
    assert_eq!(trace.len(), 30);
    trace
}

#[test]
fn a_seed_has_one_order_whatever_else_runs() {
    let quiet = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !quiet.load(Ordering::Relaxed) {
                    thread::yield_now();
                }
            });
        }
        for seed in 0..20 {
            let first = trace(seed);
            for _ in 0..3 {
                assert_eq!(trace(seed), first, "seed {seed}");
            }
        }
        quiet.store(true, Ordering::Relaxed);
    });
}

#[test]
fn different_seeds_have_different_orders() {
    let traces: HashSet<_> = (0..100).map(trace).collect();
    assert!(traces.len() >= 99, "{}", traces.len());
}

#[test]
fn a_chain_of_a_hundred_waits_ends() {
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
    let (seeded, scheduler) = seeded(1);
    let done = Latch::new();
    chain(&scheduler, 100, done.clone());
    seeded.run_until_idle();
    assert!(done.is_open());
    scheduler.stop();
}

#[test]
fn a_blocked_turn_is_idle_until_its_latch_opens() {
    let (seeded, scheduler) = seeded(1);
    let (latch, passed) = (Latch::new(), Arc::new(AtomicBool::new(false)));
    let actor = Address::new(&scheduler, ());
    let (gate, pass) = (latch.clone(), Arc::clone(&passed));
    actor.tell(move |()| {
        gate.wait();
        pass.store(true, Ordering::Relaxed);
    });
    seeded.run_until_idle();
    assert!(scheduler.is_quiescent());
    assert!(!passed.load(Ordering::Relaxed));
    latch.open();
    assert!(!scheduler.is_quiescent());
    scheduler.settle_turns();
    assert!(passed.load(Ordering::Relaxed));
    actor.end();
    seeded.run_until_idle();
    scheduler.stop();
}

#[test]
fn a_step_runs_one_turn() {
    let (seeded, scheduler) = seeded(1);
    let served = Arc::new(AtomicU32::new(0));
    let actors: Vec<_> = (0..3).map(|_| Address::new(&scheduler, ())).collect();
    for actor in &actors {
        let (served, own) = (Arc::clone(&served), actor.clone());
        actor.tell(move |()| {
            served.fetch_add(1, Ordering::Relaxed);
            own.end();
        });
    }
    let mut steps = 0;
    while seeded.step() {
        steps += 1;
        assert!(served.load(Ordering::Relaxed) <= steps);
    }
    assert_eq!(served.load(Ordering::Relaxed), 3);
    assert!((3..=6).contains(&steps), "{steps}");
    scheduler.stop();
    assert!(!seeded.step());
}

#[test]
fn who_is_asked_when_idle_can_bring_more() {
    let (seeded, scheduler) = seeded(1);
    let rounds = Arc::new(AtomicU32::new(0));
    let (inner, count) = (scheduler.clone(), Arc::clone(&rounds));
    let mut left = 5;
    seeded.run_while(move || {
        let count = Arc::clone(&count);
        inner.spawn(async move {
            count.fetch_add(1, Ordering::Relaxed);
        });
        left -= 1;
        left > 0
    });
    assert_eq!(rounds.load(Ordering::Relaxed), 5);
    let panic = catch_unwind(AssertUnwindSafe(|| {
        seeded.run_while(|| panic!("on purpose"));
    }));
    assert!(panic.is_err());
    scheduler.stop();
}

#[test]
fn stopping_drops_what_is_queued_and_unwinds_who_still_blocks() {
    struct OpensWhenDropped(Latch);
    impl Drop for OpensWhenDropped {
        fn drop(&mut self) {
            self.0.open();
        }
    }
    let (seeded, scheduler) = seeded(1);
    let (opened, never) = (Latch::new(), Latch::new());
    let passed = Arc::new(AtomicU32::new(0));
    let first = Address::new(&scheduler, ());
    let second = Address::new(&scheduler, OpensWhenDropped(opened.clone()));
    let third = Address::new(&scheduler, Arc::clone(&passed));
    let (own, pass) = (first.clone(), Arc::clone(&passed));
    first.tell(move |()| {
        opened.wait();
        pass.fetch_add(1, Ordering::Relaxed);
        own.end();
    });
    third.tell(move |_| never.wait());
    seeded.run_until_idle();
    second.tell(|_| ());
    scheduler.stop();
    assert_eq!(
        passed.load(Ordering::Relaxed),
        1,
        "the drop has let it go on"
    );
    assert_eq!(
        Arc::strong_count(&passed),
        1,
        "the unwinding has ended the actor"
    );
    assert!(!second.tell(|_| ()));
    assert!(!third.tell(|_| ()));
}

#[test]
fn two_worlds_beside_each_other_do_not_meet() {
    let (one, first) = seeded(1);
    let (two, second) = seeded(1);
    let actor = Address::new(&second, 0);
    let target = actor.clone();
    first.spawn(async move {
        target.tell(|count| *count += 1);
    });
    one.run_until_idle();
    assert!(first.is_quiescent());
    assert!(!second.is_quiescent());
    two.run_until_idle();
    assert!(second.is_quiescent());
    actor.end();
    two.run_until_idle();
    first.stop();
    second.stop();
}

#[test]
fn a_hold_keeps_settling_from_its_end() {
    let (_seeded, scheduler) = seeded(1);
    let hold = scheduler.hold();
    assert!(!scheduler.is_quiescent());
    let waiting = {
        let scheduler = scheduler.clone();
        thread::spawn(move || scheduler.settle_turns())
    };
    drop(hold);
    waiting.join().unwrap();
    scheduler.stop();
}
