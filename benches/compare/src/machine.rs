//! What the OS says of this machine and this OS process.

use std::fs;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

/// Bytes of this OS process that are in memory now.
pub fn resident_bytes() -> u64 {
    status("VmRSS:").unwrap_or(0) * 1024
}

/// The name of the processor.
pub fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(':'));
    name.map_or("unknown processor".into(), |(_, name)| name.trim().into())
}

/// Nanoseconds that a cache line takes from one core to another, one way.
///
/// On a virtual machine this switches between modes for minutes at a time, with where the host
/// puts the processors; figures of workloads that cross cores mean little without it.
pub fn line_transfer() -> f64 {
    const TRIPS: u64 = 200_000;
    let there = Line(AtomicU64::new(0));
    let back = Line(AtomicU64::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            for trip in 1..=TRIPS {
                // Acquire pairs with the Release of the other thread, both ways.
                while there.0.load(Ordering::Acquire) != trip {
                    spin_loop();
                }
                back.0.store(trip, Ordering::Release);
            }
        });
        let start = Instant::now();
        for trip in 1..=TRIPS {
            there.0.store(trip, Ordering::Release);
            while back.0.load(Ordering::Acquire) != trip {
                spin_loop();
            }
        }
        start.elapsed().as_secs_f64() * 1e9 / (2 * TRIPS) as f64
    })
}

#[repr(align(128))]
struct Line(AtomicU64);

fn status(key: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
