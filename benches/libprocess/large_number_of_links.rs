//! `Process_BENCHMARK_LargeNumberOfLinks`: what it costs processes to end while others have many
//! links.

use libprocess::future::collect;
use libprocess::prelude::*;

use crate::harness::{Plan, print_time, seconds};

const LINKS: usize = 5_000;
const EPHEMERAL: usize = 10_000;

pub(crate) fn run(plan: &Plan) {
    let runtime = plan.runtime();
    let new = |_| {
        let to = runtime.spawn(Linkee).expect("the runtime runs");
        let from = runtime.spawn(Linker).expect("the runtime runs");
        let linked = from.dispatch({
            let to = to.upid().clone();
            move |_, ctx| ctx.link(&to)
        });
        (linked, (from, to))
    };
    let (linked, _pairs): (Vec<_>, Vec<_>) = (0..plan.count(LINKS)).map(new).unzip();
    collect(linked).wait().expect("every linker links");
    let times = plan.repeat(|| {
        seconds(|| {
            let new = |_| {
                let process = runtime.spawn(Linkee).expect("the runtime runs");
                process.tell(|_, ctx| ctx.terminate());
                process
            };
            let processes: Vec<Pid<Linkee>> = (0..plan.count(EPHEMERAL)).map(new).collect();
            for process in &processes {
                process.wait().expect("nobody waits for this thread");
            }
        })
    });
    print_time("elapsed", times);
}

struct Linker;

impl Process for Linker {}

struct Linkee;

impl Process for Linkee {}
