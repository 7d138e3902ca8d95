//! A seed replays a run exactly, and other seeds give other runs.

use std::collections::BTreeSet;

use libprocess::prelude::*;
use libprocess::testing::Simulation;

use super::support::Talker;

fn run(seed: u64) -> String {
    let mut world = Simulation::seed(seed);
    let mut talkers = vec![];
    for name in ["a", "b", "c"] {
        let node = world.node(name);
        talkers.push(node.spawn_as("talker", Talker::new()).unwrap());
    }
    for (from, to) in [(0, 1), (1, 2), (2, 0)] {
        let to = talkers[to].upid().clone();
        world.dispatch(&talkers[from], |talker, ctx| talker.talk_to(ctx, to));
    }
    world.run_for(secs(5));
    world.partition("a", "b");
    world.run_for(secs(5));
    world.heal("a", "b");
    world.sever("b", "c");
    world.run_for(secs(5));
    world.trace()
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let first = run(7);
    assert!(first.lines().count() > 100, "{first}");
    for _ in 0..20 {
        assert_eq!(run(7), first);
    }
}

#[test]
fn different_seeds_give_different_traces() {
    let traces: BTreeSet<String> = (0..20).map(run).collect();
    assert_eq!(traces.len(), 20);
}
