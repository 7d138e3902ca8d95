//! Processes that block in a simulation: each keeps its own thread, and one runs at a time.

use libprocess::prelude::*;
use libprocess::testing::Simulation;

/// Waits for the next of a chain before it ends.
struct Link {
    next: Option<Pid<Self>>,
}

impl Process for Link {
    fn finalize(&mut self, _: &mut Context<Self>) {
        if let Some(next) = &self.next {
            next.terminate();
            next.wait().unwrap();
        }
    }
}

fn end_a_chain(seed: u64) -> String {
    let mut world = Simulation::seed(seed);
    let mut next = None;
    for _ in 0..20 {
        next = Some(world.node("a").spawn(Link { next }).unwrap());
    }
    let first = next.unwrap();
    first.terminate();
    first.wait().unwrap();
    world.settle();
    world.trace()
}

#[test]
fn a_chain_of_waits_ends_the_same_way_each_time() {
    let first = end_a_chain(3);
    assert_eq!(first.matches("TERMINATE").count(), 20);
    for _ in 0..10 {
        assert_eq!(end_a_chain(3), first);
    }
}

#[test]
fn a_wait_with_a_limit_takes_virtual_time() {
    let mut world = Simulation::seed(4);
    let link = world.node("a").spawn(Link { next: None }).unwrap();
    let before = world.now();
    assert!(!link.wait_for(secs(3600)).unwrap());
    assert_eq!(world.now() - before, secs(3600));
}
