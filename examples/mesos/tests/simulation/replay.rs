//! A seed replays its run to the byte, in another OS process too.

use std::env;
use std::fs;
use std::process::Command;

use libprocess::time::secs;

use super::cluster;

const SEED: u64 = 42;

/// Where the other OS process is to write its trace.
const PLACE: &str = "MESOS_SIMULATION_TRACE";

#[test]
fn a_seed_replays_in_another_os_process() {
    let trace = cluster::run(SEED, secs(10)).trace;
    if let Some(place) = env::var_os(PLACE) {
        fs::write(place, trace).unwrap();
        return;
    }
    assert!(trace.contains("mesos.internal.RunTaskMessage"));
    assert!(trace.contains("lost-bytes"));
    let place = env::temp_dir().join(format!("trace-{}", std::process::id()));
    let name = "simulation::replay::a_seed_replays_in_another_os_process";
    let other = Command::new(env::current_exe().unwrap())
        .args(["--exact", name])
        .env(PLACE, &place)
        .output()
        .unwrap();
    assert!(other.status.success(), "{other:?}");
    let again = fs::read_to_string(&place).unwrap();
    fs::remove_file(place).unwrap();
    assert!(
        trace == again,
        "the trace differs from that of another OS process"
    );
}
