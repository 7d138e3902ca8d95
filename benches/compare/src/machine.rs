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

/// What this machine and this OS process, with the children that it has waited for, have done.
pub struct Load {
    since: Instant,
    all: f64,
    own: f64,
}

impl Load {
    pub fn now() -> Self {
        Self {
            since: Instant::now(),
            all: busy_seconds().unwrap_or(0.0),
            own: own_seconds().unwrap_or(0.0),
        }
    }

    /// How many cores others have kept busy since.
    pub fn others(&self) -> f64 {
        let now = Self::now();
        let busy = (now.all - self.all) - (now.own - self.own);
        busy / self.since.elapsed().as_secs_f64()
    }
}

fn busy_seconds() -> Option<f64> {
    let text = fs::read_to_string("/proc/stat").ok()?;
    let ticks: Vec<f64> = numbers(text.lines().next()?.strip_prefix("cpu")?);
    // user, nice, system, idle, iowait, irq, softirq
    let [user, nice, system, _, _, irq, softirq, ..] = ticks[..] else {
        return None;
    };
    Some((user + nice + system + irq + softirq) / TICKS_A_SECOND)
}

fn own_seconds() -> Option<f64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is a name in parentheses, which may hold anything.
    let (_, fields) = text.rsplit_once(") ")?;
    let (_state, fields) = fields.split_once(' ')?;
    // The times of this process and of its children, in user code and in the kernel.
    let ticks: f64 = numbers(fields).get(10..14)?.iter().sum();
    Some(ticks / TICKS_A_SECOND)
}

fn numbers(text: &str) -> Vec<f64> {
    let words = text.split_whitespace();
    words.filter_map(|word| word.parse().ok()).collect()
}

/// What Linux tells times in, on every processor that we know.
const TICKS_A_SECOND: f64 = 100.0;

#[repr(align(128))]
struct Line(AtomicU64);

fn status(key: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
