//! What the load writes down while it runs: how many pairs, and how long some of them took.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Counts pairs and sorts their times into buckets that are 3 % wide.
pub struct Recorder {
    pairs: AtomicU64,
    buckets: Box<[AtomicU64]>,
}

impl Recorder {
    pub fn new() -> Self {
        LazyLock::force(&START);
        Self {
            pairs: AtomicU64::new(0),
            buckets: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// A pair is complete; `body` is what came back.
    pub fn done(&self, body: &[u8]) {
        self.pairs.fetch_add(1, Relaxed);
        let sent = u64::from_le_bytes(body[..8].try_into().expect("8 bytes"));
        if sent > 0 {
            let took = now().saturating_sub(sent);
            self.buckets[bucket(took)].fetch_add(1, Relaxed);
        }
    }

    pub fn pairs(&self) -> u64 {
        self.pairs.load(Relaxed)
    }

    /// Forgets all times until now.
    pub fn reset(&self) {
        for bucket in &self.buckets {
            bucket.store(0, Relaxed);
        }
    }

    /// The time within which this share of pairs was complete.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let counts: Vec<u64> = self
            .buckets
            .iter()
            .map(|bucket| bucket.load(Relaxed))
            .collect();
        let total: u64 = counts.iter().sum();
        let wanted = (share * total as f64).ceil() as u64;
        let mut sum = 0;
        let found = counts.iter().position(|count| {
            sum += count;
            sum >= wanted
        });
        found
            .filter(|_| total > 0)
            .map(|bucket| Duration::from_nanos(middle(bucket)))
    }
}

/// A body that says when it was sent, or, with 0, that it does not matter.
pub fn stamp(body: &mut [u8], sent: u64) {
    body[..8].copy_from_slice(&sent.to_le_bytes());
}

/// Nanoseconds since the start of this OS process; never 0.
pub fn now() -> u64 {
    START.elapsed().as_nanos() as u64 + 1
}

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// 32 buckets for each power of two.
const STEPS: u32 = 5;
const BUCKETS: usize = 64 << STEPS;

fn bucket(nanoseconds: u64) -> usize {
    let value = nanoseconds.max(1 << STEPS);
    let power = value.ilog2();
    let step = (value >> (power - STEPS)) & ((1 << STEPS) - 1);
    ((power as usize) << STEPS) + step as usize
}

fn middle(bucket: usize) -> u64 {
    let power = (bucket >> STEPS) as u32;
    let step = (bucket & ((1 << STEPS) - 1)) as u64;
    if power < STEPS {
        return 0;
    }
    (((1 << STEPS) + step) << (power - STEPS)) + ((1 << power) >> (STEPS + 1))
}

/// Every how manieth message of a load says when it was sent: to ask the time costs about as much
/// as the rest of a message under load.
pub fn sampled(in_flight: usize) -> u64 {
    if in_flight > 64 { 16 } else { 1 }
}
