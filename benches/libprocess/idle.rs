//! Ten thousand processes with nothing to do: no thread may wake for them.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::harness::Plan;
use crate::lives::spawn;

pub(crate) fn run(plan: &Plan) {
    let runtime = plan.runtime();
    let all = spawn(&runtime, plan.count(10_000));
    all.iter().for_each(|process| process.tell(|_, _| {}));
    runtime.settle();
    // Workers look around a little before they sleep.
    thread::sleep(Duration::from_millis(300));
    let (before, time) = (switches(), plan.duration(5));
    thread::sleep(time);
    println!(
        "  {} processes, {time:?}: {} voluntary context switches",
        all.len(),
        switches() - before
    );
}

/// The voluntary context switches so far of all threads but this one, which sleeps itself.
fn switches() -> u64 {
    let own = fs::read_link("/proc/thread-self").unwrap_or_default();
    let Ok(threads) = fs::read_dir("/proc/self/task") else {
        return 0;
    };
    let threads = threads.filter_map(|thread| Some(thread.ok()?.path()));
    let others = threads.filter(|thread| thread.file_name() != own.file_name());
    others.filter_map(|thread| switches_of(&thread)).sum()
}

fn switches_of(thread: &Path) -> Option<u64> {
    let status = fs::read_to_string(thread.join("status")).ok()?;
    let mut lines = status.lines();
    let count = lines.find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
    count.trim().parse().ok()
}
