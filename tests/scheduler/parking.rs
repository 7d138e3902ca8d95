//! One worker at a time is in the park, busy workers look in, and what is found there runs.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use libprocess::primitive::blocking::Latch;
use libprocess::scheduler::{Budget, Park, Pool, Scheduler, ThreadPark};

use super::support::Address;

/// A park that does what it was asked to when somebody comes by.
#[derive(Default)]
struct Errands {
    inner: ThreadPark,
    inside: AtomicBool,
    polls: AtomicU32,
    errands: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
}

impl Errands {
    fn add(&self, errand: impl FnOnce() + Send + 'static) {
        self.errands.lock().unwrap().push(Box::new(errand));
    }
}

impl Park for Errands {
    fn park(&self, timeout: Option<Duration>) {
        assert!(!self.inside.swap(true, Ordering::SeqCst), "two in the park");
        if timeout == Some(Duration::ZERO) {
            self.polls.fetch_add(1, Ordering::Relaxed);
        } else {
            self.inner.park(timeout);
        }
        let errands = std::mem::take(&mut *self.errands.lock().unwrap());
        errands.into_iter().for_each(|errand| errand());
        self.inside.store(false, Ordering::SeqCst);
    }

    fn unpark(&self) {
        self.inner.unpark();
    }
}

fn start(workers: usize) -> (Arc<Errands>, Scheduler) {
    let park = Arc::new(Errands::default());
    let pool = Pool::start(workers, park.clone(), Budget::default()).unwrap();
    (park, Scheduler::new(pool))
}

#[test]
fn what_is_scheduled_in_the_park_runs() {
    for workers in [1, 2, 4] {
        let (park, scheduler) = start(workers);
        let actor = Address::new(&scheduler, 0);
        for _ in 0..100 {
            let served = Latch::new();
            let (target, open) = (actor.clone(), served.clone());
            park.add(move || {
                target.tell(move |count| {
                    *count += 1;
                    open.open();
                });
            });
            park.unpark();
            served.wait();
        }
        actor.end();
        scheduler.settle_turns();
        scheduler.stop();
    }
}

#[test]
fn busy_workers_look_into_the_park() {
    let (park, scheduler) = start(1);
    let stop = Arc::new(AtomicBool::new(false));
    let ring: Vec<_> = (0..2).map(|_| Address::new(&scheduler, ())).collect();
    fn hop(ring: Vec<Address<()>>, at: usize, stop: Arc<AtomicBool>) {
        let member = ring[at].clone();
        member.tell(move |()| {
            if !stop.load(Ordering::Relaxed) {
                hop(ring, 1 - at, stop);
            }
        });
    }
    hop(ring.clone(), 0, Arc::clone(&stop));
    let served = Latch::new();
    let open = served.clone();
    park.add(move || {
        open.open();
    });
    served.wait();
    stop.store(true, Ordering::Relaxed);
    scheduler.settle_turns();
    assert!(ring.iter().all(Address::end));
    scheduler.settle_turns();
    scheduler.stop();
}

#[test]
fn somebody_watches_the_park_during_a_long_turn() {
    let (park, scheduler) = start(2);
    let actor = Address::new(&scheduler, ());
    for _ in 0..5 {
        let (target, inner) = (actor.clone(), Arc::clone(&park));
        let done = Latch::new();
        let open = done.clone();
        park.add(move || {
            target.tell(move |()| {
                // A long turn whose end depends on the park, and that says so to nobody.
                let seen = Arc::new(AtomicBool::new(false));
                let see = Arc::clone(&seen);
                inner.add(move || see.store(true, Ordering::Relaxed));
                inner.unpark();
                while !seen.load(Ordering::Relaxed) {
                    std::thread::yield_now();
                }
                open.open();
            });
        });
        park.unpark();
        done.wait();
        scheduler.settle_turns();
    }
    actor.end();
    scheduler.settle_turns();
    scheduler.stop();
}
