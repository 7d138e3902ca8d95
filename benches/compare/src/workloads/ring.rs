//! Rings of actors that pass tokens on: W1, W2, W5, W5x100 and W8s.

use super::Scale;

/// Rings of one size, each with tokens that are evenly spaced and go so many hops.
#[derive(Clone, Copy)]
pub struct Ring {
    pub parameters: &'static str,
    pub rings: usize,
    pub size: usize,
    pub tokens: usize,
    pub hops: usize,
}

impl Ring {
    /// What a workload is, if it is one of rings.
    pub fn of(workload: &str, scale: Scale) -> Option<Self> {
        let (parameters, rings, size, tokens, hops) = match workload {
            "W1" => ("1 pair", 1, 2, 1, 2_000_000),
            "W2" => ("64 pairs", 64, 2, 1, 100_000),
            "W5" => ("ring 1000, 1 token", 1, 1000, 1, 1_000_000),
            "W5x100" => ("ring 1000, 100 tokens", 1, 1000, 100, 10_000),
            "W8s" => ("to itself", 1, 1, 1, 2_000_000),
            _ => return None,
        };
        Some(Self {
            parameters,
            rings,
            size,
            tokens,
            hops: scale.of(hops),
        })
    }

    /// How many actors there are; they are numbered ring after ring.
    pub fn actors(&self) -> usize {
        self.rings * self.size
    }

    /// The actors that tokens start at.
    pub fn starts(self) -> impl Iterator<Item = usize> {
        let spaced = move |token| token * self.size / self.tokens;
        (0..self.rings).flat_map(move |ring| {
            (0..self.tokens).map(move |token| ring * self.size + spaced(token))
        })
    }

    /// Whom an actor passes its token to.
    pub fn next(&self, actor: usize) -> usize {
        if (actor + 1).is_multiple_of(self.size) {
            actor + 1 - self.size
        } else {
            actor + 1
        }
    }

    pub fn messages(&self) -> usize {
        self.rings * self.tokens * self.hops
    }
}
