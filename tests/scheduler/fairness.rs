//! Nobody is starved by those who keep waking each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::support::{Address, pool};

/// What goes round in the ring.
#[derive(Clone)]
struct Ball {
    ring: Vec<Address<()>>,
    hops: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl Ball {
    fn throw(self, to: usize) {
        let member = self.ring[to].clone();
        member.tell(move |()| {
            self.hops.fetch_add(1, Ordering::Relaxed);
            if !self.stop.load(Ordering::Relaxed) {
                let next = (to + 1) % self.ring.len();
                self.throw(next);
            }
        });
    }
}

/// One worker, three in a tight ring; says how many hops a fourth had to wait for its event.
fn hops_until_served(tell_from_inside: bool) -> u64 {
    let scheduler = pool(1);
    let ring: Vec<_> = (0..3).map(|_| Address::new(&scheduler, ())).collect();
    let (hops, stop) = (Arc::default(), Arc::default());
    let ball = Ball {
        ring: ring.clone(),
        hops: Arc::clone(&hops),
        stop: Arc::clone(&stop),
    };
    let fourth = Address::new(&scheduler, 0);
    let served = {
        let (hops, fourth) = (Arc::clone(&hops), fourth.clone());
        move || {
            let before = hops.load(Ordering::Relaxed);
            fourth.tell(move |waited| {
                *waited = hops.load(Ordering::Relaxed) - before;
                stop.store(true, Ordering::Relaxed);
            });
        }
    };
    if tell_from_inside {
        ball.throw(0);
        ring[1].tell(move |()| served());
    } else {
        ball.throw(0);
        served();
    }
    scheduler.settle_turns();
    let (sender, receiver) = std::sync::mpsc::channel();
    fourth.tell(move |waited| sender.send(*waited).unwrap());
    let waited = receiver.recv().unwrap();
    assert!(ring.iter().chain([]).all(Address::end));
    assert!(fourth.end());
    scheduler.settle_turns();
    scheduler.stop();
    waited
}

#[test]
fn three_in_a_tight_ring_do_not_starve_a_fourth_beside_them() {
    let hops = hops_until_served(true);
    assert!(hops <= 16, "{hops} hops");
}

#[test]
fn three_in_a_tight_ring_do_not_starve_what_comes_from_outside() {
    // How far the ring gets before the event is there at all is the machine's business; that the
    // event is served, and so the ring stops, is ours.
    hops_until_served(false);
}
