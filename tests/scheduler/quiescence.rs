//! Settling is exact.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use libprocess::primitive::blocking::Latch;
use libprocess::primitive::random::Random;

use super::support::{Address, pool};

/// Sends a chain of `hops` further events through random actors, forking now and then.
fn wander(graph: &Arc<Vec<Address<()>>>, served: &Arc<AtomicU64>, mut random: Random, hops: u32) {
    let target = graph[random.below(graph.len())].clone();
    let (graph, served) = (Arc::clone(graph), Arc::clone(served));
    target.tell(move |()| {
        served.fetch_add(1, Ordering::Relaxed);
        if hops == 0 {
            return;
        }
        if random.below(4) == 0 {
            wander(&graph, &served, random.fork(), hops / 2);
        }
        wander(&graph, &served, random, hops - 1);
    });
}

#[test]
fn after_settling_nothing_is_served() {
    let scheduler = pool(4);
    let graph: Arc<Vec<_>> = Arc::new((0..16).map(|_| Address::new(&scheduler, ())).collect());
    let served = Arc::new(AtomicU64::new(0));
    let mut random = Random::new(3);
    for round in 0..ROUNDS {
        for _ in 0..random.below(4) {
            let hops = random.below(40) as u32;
            wander(&graph, &served, random.fork(), hops);
        }
        scheduler.settle_turns();
        let count = served.load(Ordering::Relaxed);
        assert!(scheduler.is_quiescent(), "round {round}");
        for _ in 0..random.below(50) {
            std::hint::spin_loop();
        }
        assert_eq!(served.load(Ordering::Relaxed), count, "round {round}");
    }
    assert!(graph.iter().all(Address::end));
    scheduler.settle_turns();
    scheduler.stop();
}

#[test]
fn a_hold_counts_as_under_way() {
    let scheduler = pool(2);
    let hold = scheduler.hold();
    assert!(!scheduler.is_quiescent());
    let waiting = {
        let scheduler = scheduler.clone();
        std::thread::spawn(move || scheduler.settle_turns())
    };
    drop(hold);
    waiting.join().unwrap();
    assert!(scheduler.is_quiescent());
    scheduler.stop();
}

#[test]
fn a_turn_that_blocks_at_a_closed_latch_is_quiet_until_the_latch_opens() {
    let scheduler = pool(1);
    let (reached, latch) = (Latch::new(), Latch::new());
    let actor = Address::new(&scheduler, false);
    let (inside, gate) = (reached.clone(), latch.clone());
    actor.tell(move |passed| {
        inside.open();
        gate.wait();
        *passed = true;
    });
    reached.wait();
    scheduler.settle_turns();
    latch.open();
    scheduler.settle_turns();
    let (sender, receiver) = std::sync::mpsc::channel();
    actor.tell(move |passed| sender.send(*passed).unwrap());
    assert!(receiver.recv().unwrap());
    actor.end();
    scheduler.settle_turns();
    scheduler.stop();
}

const ROUNDS: u32 = 10_000;
