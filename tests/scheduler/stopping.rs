//! Stopping ends running turns, drops what is queued, and joins all threads.

use std::any::Any;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use libprocess::primitive::blocking::Latch;
use libprocess::scheduler::{Budget, Pool, Scheduler, ThreadPark};

use super::support::{Address, pool};

#[test]
fn what_is_queued_is_dropped_with_its_actors() {
    for workers in [1, 2, 4] {
        let scheduler = pool(workers);
        let gate = hold_all_workers(&scheduler, workers);
        let alive = Arc::new(());
        let own = Arc::new(Mutex::new(None::<Box<dyn Any + Send>>));
        let actor = Address::new(&scheduler, (Arc::clone(&alive), Arc::clone(&own)));
        let event = Arc::clone(&alive);
        actor.tell(move |_| drop(event));
        // That it knows itself keeps it alive no longer.
        *own.lock().unwrap() = Some(Box::new(actor.clone()));
        drop(own);
        stop_with(&scheduler, &gate);
        assert_eq!(Arc::strong_count(&alive), 1);
        assert!(!actor.tell(|_| ()), "it is dead");
    }
}

/// Keeps every worker in a turn, so that what is scheduled now stays queued, until the gate opens.
fn hold_all_workers(scheduler: &Scheduler, workers: usize) -> Arc<AtomicBool> {
    let gate = Arc::new(AtomicBool::new(false));
    let busy = Arc::new(AtomicUsize::new(0));
    for _ in 0..workers {
        let holder = Address::new(scheduler, ());
        let (busy, gate, own) = (Arc::clone(&busy), Arc::clone(&gate), holder.clone());
        holder.tell(move |()| {
            own.end();
            busy.fetch_add(1, Ordering::Relaxed);
            while !gate.load(Ordering::Relaxed) {
                thread::yield_now();
            }
        });
    }
    while busy.load(Ordering::Relaxed) < workers {
        thread::yield_now();
    }
    gate
}

/// Begins to stop, and opens the gate when that has begun.
fn stop_with(scheduler: &Scheduler, gate: &AtomicBool) {
    thread::scope(|scope| {
        scope.spawn(|| scheduler.stop());
        while !is_dropped_at_once(scheduler) {
            thread::yield_now();
        }
        gate.store(true, Ordering::Relaxed);
    });
}

fn is_dropped_at_once(scheduler: &Scheduler) -> bool {
    let probe = Address::new(scheduler, ());
    probe.tell(|()| ());
    let dropped = !probe.tell(|()| ());
    if !dropped {
        probe.end();
    }
    dropped
}

#[test]
fn a_long_chain_of_drops_that_schedule_does_not_recurse() {
    struct Wakes(Option<Box<dyn FnOnce() + Send>>);
    impl Drop for Wakes {
        fn drop(&mut self) {
            if let Some(wake) = self.0.take() {
                wake();
            }
        }
    }
    let scheduler = pool(1);
    scheduler.stop();
    let mut wake = None;
    for _ in 0..100_000 {
        // Dropped when scheduled, which drops its state, which schedules the one before.
        let actor = Address::new(&scheduler, Wakes(wake));
        let tell = move || {
            actor.tell(|_| ());
        };
        wake = Some(Box::new(tell) as Box<dyn FnOnce() + Send>);
    }
    wake.unwrap()();
}

#[test]
fn a_turn_that_waits_for_something_queued_ends_when_that_is_dropped() {
    struct OpensWhenDropped(Latch);
    impl Drop for OpensWhenDropped {
        fn drop(&mut self) {
            self.0.open();
        }
    }
    let park = Arc::new(ThreadPark::default());
    let pool = Pool::start(1, park, Budget::default()).unwrap();
    let scheduler = Scheduler::new(pool.clone());
    let waits = Latch::new();
    let waiting = Address::new(&scheduler, ());
    let opened = Latch::new();
    let (inside, latch) = (waits.clone(), opened.clone());
    waiting.tell(move |()| {
        inside.open();
        latch.wait();
    });
    waits.wait();
    let gate = hold_all_workers(&scheduler, 1);
    let queued = Address::new(&scheduler, OpensWhenDropped(opened));
    queued.tell(|_| ());
    stop_with(&scheduler, &gate);
    assert_eq!(pool.threads(), 0);
    drop(queued);
}

#[test]
fn a_pool_starts_and_stops_many_times() {
    for round in 0..200 {
        let scheduler = pool(1 + round % 4);
        let task = scheduler.spawn(async {});
        if round % 2 == 0 {
            task.wait();
        }
        scheduler.stop();
        scheduler.stop();
        assert!(task.is_finished());
    }
}

#[test]
fn the_last_handle_may_go_inside_of_a_turn() {
    let scheduler = pool(2);
    let done = Latch::new();
    let (last, open) = (scheduler.clone(), done.clone());
    let task = scheduler.spawn(async move {
        drop(last);
        open.open();
    });
    drop((scheduler, task));
    done.wait();
}
