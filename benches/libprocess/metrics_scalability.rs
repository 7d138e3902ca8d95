//! `Metrics_BENCHMARK_Test.Scalability`: counters are added, shown and removed, up to a hundred
//! thousand of them.

use libprocess::metrics::{Counter, Metric as _};

use crate::harness::{Plan, print_time, seconds};

pub(crate) fn run(plan: &Plan) {
    let runtime = plan.runtime();
    let registry = runtime.manager().metrics();
    for whole in [1, 100, 1_000, 10_000, 100_000] {
        let count = plan.count(whole);
        // About a hundred characters, as names of metrics are.
        let counters: Vec<Counter> = (0..count)
            .map(|index| Counter::new(format!("metrics/{index:0>92}")))
            .collect();
        let phases: [(&str, &dyn Fn()); 4] = [
            ("add", &|| {
                for counter in &counters {
                    registry.add(counter).expect("its name is its own");
                }
            }),
            ("snapshot", &|| {
                let shown = registry.snapshot(runtime.clock(), None).wait();
                assert!(shown.expect("counters know their values").len() >= count);
            }),
            ("HTTP snapshot", &|| {
                let asked = runtime.client().get(runtime.address(), "/metrics/snapshot");
                let answer = asked.wait().expect("the endpoint answers");
                assert_eq!(answer.status.code(), 200);
            }),
            ("remove", &|| {
                for counter in &counters {
                    registry.remove(counter.name()).expect("it was added");
                }
            }),
        ];
        let mut times = phases.map(|_| vec![]);
        plan.repeat(|| {
            for ((_, phase), times) in phases.iter().zip(&mut times) {
                times.push(seconds(phase));
            }
            0.0
        });
        for ((name, _), times) in phases.iter().zip(times) {
            print_time(&format!("{count} counters: {name}"), times);
        }
    }
}
