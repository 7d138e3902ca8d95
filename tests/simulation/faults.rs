//! What nodes see of the faults of the network between them.

use libprocess::prelude::*;
use libprocess::testing::Simulation;

use super::support::Talker;

struct Pair {
    world: Simulation,
    near: Pid<Talker>,
    far: Pid<Talker>,
}

fn pair() -> Pair {
    let mut world = Simulation::seed(1);
    let near = world
        .node("near")
        .spawn_as("talker", Talker::new())
        .unwrap();
    let far = world.node("far").spawn_as("talker", Talker::new()).unwrap();
    let to = far.upid().clone();
    world.dispatch(&near, |talker, ctx| talker.talk_to(ctx, to));
    world.run_for(secs(5));
    assert!(heard(&world, &far) >= 5);
    Pair { world, near, far }
}

fn heard(world: &Simulation, talker: &Pid<Talker>) -> usize {
    world.dispatch(talker, |talker, _| talker.heard.len())
}

fn gone(world: &Simulation, talker: &Pid<Talker>) -> Vec<Upid> {
    world.dispatch(talker, |talker, _| talker.gone.clone())
}

#[test]
fn a_partition_loses_messages_and_tells_nobody() {
    let Pair { world, near, far } = pair();
    world.partition("near", "far");
    let before = heard(&world, &far);
    world.run_for(secs(60));
    assert_eq!(heard(&world, &far), before);
    assert_eq!(gone(&world, &near), []);

    world.heal("near", "far");
    world.run_for(secs(5));
    assert!(
        heard(&world, &far) > before,
        "the connection has outlived the partition"
    );
}

#[test]
fn a_cut_breaks_links() {
    let Pair { world, near, far } = pair();
    world.sever("near", "far");
    world.run_for(secs(1));
    assert_eq!(gone(&world, &near), [far.upid().clone()]);
}

#[test]
fn a_crash_breaks_links_and_its_node_comes_back_empty() {
    let Pair {
        mut world,
        near,
        far,
    } = pair();
    world.crash("far");
    world.run_for(secs(1));
    assert_eq!(gone(&world, &near), [far.upid().clone()]);

    let again = world.node("far").spawn_as("talker", Talker::new()).unwrap();
    assert_eq!(again.upid(), far.upid());
    world.run_for(secs(5));
    assert!(heard(&world, &again) > 0);
}
