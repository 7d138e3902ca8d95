//! Maps and sets whose order depends on nothing but what was put in.
//!
//! std's default hasher draws a seed from the OS, and with it the order in which a map is walked:
//! two runs of one seed would differ. This one multiplies and folds, without a seed, and is
//! several times faster on the short keys of this library. Its price is that whoever knows it can
//! make keys collide: a map whose keys a peer chooses without limit wants a `BTreeMap`.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A hash map of deterministic order.
///
/// ```
/// use libprocess::primitive::hash::Map;
///
/// let mut ports = Map::default();
/// ports.insert("master", 5050);
/// assert_eq!(ports["master"], 5050);
/// ```
pub type Map<K, V> = HashMap<K, V, BuildHasherDefault<Folding>>;

/// A hash set of deterministic order.
pub type Set<T> = HashSet<T, BuildHasherDefault<Folding>>;

/// The hasher of [`Map`] and [`Set`]: a widening multiplication a word, its halves folded by xor.
#[derive(Debug, Clone, Copy)]
pub struct Folding(u64);

impl Folding {
    #[inline]
    fn add(&mut self, word: u64) {
        self.0 = fold(self.0 ^ word, MULTIPLIER);
    }
}

impl Default for Folding {
    fn default() -> Self {
        Self(START)
    }
}

/// The hash of some bytes; its high bits are the best.
///
/// ```
/// use libprocess::primitive::hash;
///
/// assert_eq!(hash::of(b"ping"), hash::of(b"ping"));
/// assert_ne!(hash::of(b"ping"), hash::of(b"pong"));
/// ```
#[inline]
pub fn of(bytes: &[u8]) -> u64 {
    let mut hasher = Folding::default();
    hasher.write(bytes);
    hasher.finish()
}

impl Hasher for Folding {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.add(u64::from_le_bytes(*word));
        }
        // Not copied into a word, which for so few bytes would be a call of `memcpy`.
        let last = match (rest.first_chunk(), rest.last_chunk()) {
            (Some(first), Some(last)) => {
                u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
            }
            _ => rest
                .iter()
                .fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        // The length keeps "a" apart from "a\0".
        self.add(last ^ ((bytes.len() as u64) << 56));
    }

    #[inline]
    fn write_u8(&mut self, value: u8) {
        self.add(u64::from(value));
    }

    #[inline]
    fn write_u16(&mut self, value: u16) {
        self.add(u64::from(value));
    }

    #[inline]
    fn write_u32(&mut self, value: u32) {
        self.add(u64::from(value));
    }

    #[inline]
    fn write_u64(&mut self, value: u64) {
        self.add(value);
    }

    #[inline]
    fn write_usize(&mut self, value: usize) {
        self.add(value as u64);
    }

    #[inline]
    fn finish(&self) -> u64 {
        fold(self.0, FINISH)
    }
}

#[inline]
fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    (product as u64) ^ ((product >> 64) as u64)
}

// Digits of pi: nothing up the sleeve; the multipliers are odd.
const START: u64 = 0x243f_6a88_85a3_08d3;
const MULTIPLIER: u64 = 0x1319_8a2e_0370_7345;
const FINISH: u64 = 0xa409_3822_299f_31d1;

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::{BuildHasher, Hash};

    fn hash_of(value: impl Hash) -> u64 {
        BuildHasherDefault::<Folding>::default().hash_one(value)
    }

    #[test]
    fn close_keys_spread_over_high_and_low_bits() {
        let mut low = Set::default();
        let mut high = Set::default();
        for key in 0..4096_u64 {
            low.insert(hash_of(key) & 0xffff);
            high.insert(hash_of(key) >> 48);
        }
        // A random function leaves about 3969 different values of 65536.
        assert!(low.len() > 3900, "{}", low.len());
        assert!(high.len() > 3900, "{}", high.len());
    }

    #[test]
    fn texts_that_differ_in_trailing_zeros_differ() {
        let keys: [&[u8]; 5] = [b"", b"\0", b"a", b"a\0", b"a\0\0\0\0\0\0\0"];
        let hashes: Set<u64> = keys.iter().map(hash_of).collect();
        assert_eq!(hashes.len(), keys.len());
    }

    #[test]
    fn the_same_inserts_give_the_same_order() {
        let fill = || (0..100).map(|key| (key, ())).collect::<Map<u32, ()>>();
        assert!(fill().keys().eq(fill().keys()));
    }
}
