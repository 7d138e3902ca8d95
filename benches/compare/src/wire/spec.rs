//! What is measured.

use serde::{Deserialize, Serialize};

/// One measure: a load between two OS processes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Spec {
    pub body: usize,
    /// How many pairs of processes talk.
    pub pairs: usize,
    pub load: Load,
    pub linked: bool,
    /// How many other addresses the side that pings is linked to, where nothing happens.
    pub crowd: usize,
    pub workers: usize,
}

/// How pings are offered.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Load {
    /// So many are under way all the time.
    Window(usize),
    /// So many are sent in one go, and again when all have come back.
    Burst(usize),
    /// So many a second, whatever comes back; 0 is an idle connection.
    Rate(u64),
}

/// A measure with its name.
pub struct Measure {
    pub name: &'static str,
    pub spec: Spec,
    /// Where each OS process has a core of its own, so that the median does not depend on where
    /// the system puts them.
    pub pinned: bool,
}

impl Measure {
    const fn new(name: &'static str, body: usize, pairs: usize, load: Load) -> Self {
        let spec = Spec {
            body,
            pairs,
            load,
            linked: true,
            crowd: 0,
            workers: 2,
        };
        let pinned = matches!(load, Load::Window(1));
        Self { name, spec, pinned }
    }

    const fn in_a_crowd(mut self) -> Self {
        // Both ends of each are in one OS process, which mostly may have 20,000 descriptors.
        self.spec.crowd = 9_900;
        self
    }

    const fn unlinked(mut self) -> Self {
        self.spec.linked = false;
        self
    }
}

pub const ALL: &[Measure] = &[
    Measure::new("64-1000", 64, 1, Load::Window(1000)),
    Measure::new("1024-1000", 1024, 1, Load::Window(1000)),
    Measure::new("64-burst", 64, 1, Load::Burst(100_000)),
    Measure::new("1024-burst", 1024, 1, Load::Burst(100_000)),
    Measure::new("64-1", 64, 1, Load::Window(1)),
    Measure::new("1024-1", 1024, 1, Load::Window(1)),
    Measure::new("64-1-unlinked", 64, 1, Load::Window(1)).unlinked(),
    Measure::new("64-1000-8pairs", 64, 8, Load::Window(1000)),
    Measure::new("64-1000-64pairs", 64, 64, Load::Window(1000)),
    Measure::new("64-1000-9900peers", 64, 1, Load::Window(1000)).in_a_crowd(),
    Measure::new("64-1-9900peers", 64, 1, Load::Window(1)).in_a_crowd(),
    Measure::new("64-open-300k", 64, 1, Load::Rate(300_000)),
    Measure::new("64-rate-0", 64, 1, Load::Rate(0)),
    Measure::new("64-rate-1k", 64, 1, Load::Rate(1_000)),
    Measure::new("64-rate-5k", 64, 1, Load::Rate(5_000)),
    Measure::new("64-rate-30k", 64, 1, Load::Rate(30_000)),
];

impl Spec {
    /// How many messages of one pair of processes are under way at most.
    pub fn window(&self) -> usize {
        match self.load {
            Load::Window(count) | Load::Burst(count) => (count / self.pairs).max(1),
            Load::Rate(_) => 0,
        }
    }

    /// How many are under way in all, as rows say it.
    pub fn in_flight(&self) -> usize {
        match self.load {
            Load::Window(count) | Load::Burst(count) => count,
            Load::Rate(_) => 0,
        }
    }

    pub fn is_burst(&self) -> bool {
        matches!(self.load, Load::Burst(_))
    }
}
