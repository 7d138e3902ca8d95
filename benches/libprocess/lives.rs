//! Processes come and go; and settling where a million sit idle.

use libprocess::prelude::*;

use crate::harness::{Plan, print_each, print_time, seconds};

/// Has no state.
pub(crate) struct Idle;

impl Process for Idle {}

/// Spawns processes that then sit idle.
pub(crate) fn spawn(runtime: &Runtime, count: usize) -> Vec<Pid<Idle>> {
    let new = |_| runtime.spawn(Idle).expect("the runtime runs");
    (0..count).map(new).collect()
}

pub(crate) fn run(plan: &Plan) {
    let count = plan.count(100_000);
    let runtime = plan.runtime();
    let (mut spawning, mut stopping) = (vec![], vec![]);
    plan.repeat(|| {
        let mut all = vec![];
        spawning.push(seconds(|| {
            all = spawn(&runtime, count);
            runtime.settle();
        }));
        stopping.push(seconds(|| {
            all.iter().for_each(Pid::terminate);
            for process in &all {
                process.wait().expect("nobody waits for this thread");
            }
        }));
        0.0
    });
    print_each("spawn, until all are initialized", count, spawning);
    print_each("terminate and wait for all", count, stopping);
}

pub(crate) fn settle(plan: &Plan) {
    let runtime = plan.runtime();
    let all = spawn(&runtime, plan.count(1_000_000));
    runtime.settle();
    let times = plan.repeat(|| seconds(|| runtime.settle()));
    print_time(&format!("settle, {} idle processes", all.len()), times);
    let times = plan.repeat(|| {
        seconds(|| {
            all[0].tell(|_, _| {});
            runtime.settle();
        })
    });
    print_time("settle after one message", times);
}
