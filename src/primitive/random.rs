//! Randomness: one source from the OS, and small generators that replay from a seed.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A seed from the OS: the only chance in the library that a run cannot repeat.
pub fn entropy() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// A small generator (SplitMix64): equal seeds give equal numbers. Not for secrets.
///
/// ```
/// use libprocess::primitive::random::Random;
///
/// let (mut a, mut b) = (Random::new(42), Random::new(42));
/// assert_eq!(a.next_u64(), b.next_u64());
/// assert!(a.below(6) < 6);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Random(u64);

impl Random {
    /// A generator from a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `bound`.
    ///
    /// The bias is below `bound` in 2^64: no use of this library can tell.
    ///
    /// # Panics
    ///
    /// If `bound` is 0.
    #[inline]
    pub fn below(&mut self, bound: usize) -> usize {
        assert!(bound > 0, "no number is below zero");
        ((u128::from(self.next_u64()) * bound as u128) >> 64) as usize
    }

    /// A new generator whose numbers have nothing to do with those that this one gives next.
    pub fn fork(&mut self) -> Self {
        Self(self.next_u64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_below_a_bound_reach_all_of_them() {
        let mut random = Random::new(7);
        let mut seen = [0_u32; 10];
        for _ in 0..10_000 {
            seen[random.below(10)] += 1;
        }
        assert!(
            seen.iter().all(|&count| (800..1200).contains(&count)),
            "{seen:?}"
        );
    }

    #[test]
    fn forks_differ_from_their_origin_and_replay() {
        let mut origin = Random::new(1);
        let mut fork = origin.fork();
        assert_ne!(fork.next_u64(), origin.next_u64());
        assert_eq!(
            Random::new(1).fork().next_u64(),
            Random::new(1).fork().next_u64()
        );
    }

    #[test]
    fn two_draws_of_entropy_differ() {
        assert_ne!(entropy(), entropy());
    }
}
