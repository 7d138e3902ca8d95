//! How large answers will be, by how large they were.
//!
//! Requests that a client pipelines are all handed over at once, as in libprocess, so that one may
//! wait for another and their answers are made together. Who pipelines requests for something
//! large and reads nothing would claim the memory of all answers. So each answer is expected to be
//! as large as those of its route of late, and no more requests are taken than what is expected of
//! them together may come to. A route is what two segments of a path name; two that share a place
//! share what is known.

use crate::primitive::hash;
use crate::primitive::sync::atomic::{AtomicU32, Ordering};

/// How large the answers of routes were.
pub(super) struct Sizes([AtomicU32; PLACES]);

/// How large an answer will be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Guess {
    place: u8,
    bytes: u32,
}

impl Sizes {
    pub(super) fn new() -> Self {
        Self(std::array::from_fn(|_| AtomicU32::new(UNKNOWN)))
    }

    /// How large the answer to a request for this path will be. That of a route that has not
    /// answered yet is taken for a quarter of `limit`.
    pub(super) fn guess(&self, path: &str, limit: usize) -> Guess {
        let place = (hash::of(route(path).as_bytes()) >> (u64::BITS - u8::BITS)) as u8;
        // Relaxed: a guess.
        let bytes = match self.0[usize::from(place)].load(Ordering::Relaxed) {
            UNKNOWN => bytes(limit / STRANGERS),
            bytes => bytes,
        };
        Guess { place, bytes }
    }

    /// Remembers how large an answer was. What was large counts for many that are not.
    pub(super) fn learn(&self, guess: Guess, length: usize) {
        let known = &self.0[usize::from(guess.place)];
        // Relaxed, and what another thread learns meanwhile may be lost: a guess.
        let before = known.load(Ordering::Relaxed);
        let faded = match before {
            UNKNOWN => 0,
            before => before - before.div_ceil(FADING),
        };
        let after = faded.max(bytes(length));
        if after != before {
            known.store(after, Ordering::Relaxed);
        }
    }
}

impl Guess {
    /// With the bytes of what is answered, which are held until then.
    pub(super) fn and(self, length: usize) -> Self {
        let bytes = self.bytes.saturating_add(bytes(length));
        Self { bytes, ..self }
    }

    pub(super) fn bytes(self) -> usize {
        self.bytes as usize
    }
}

/// The first two segments.
fn route(path: &str) -> &str {
    let mut slashes = 0;
    let end = path.bytes().position(|byte| {
        slashes += usize::from(byte == b'/');
        slashes == 3
    });
    &path[..end.unwrap_or(path.len())]
}

fn bytes(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX).min(UNKNOWN - 1)
}

const PLACES: usize = 1 << u8::BITS;

const UNKNOWN: u32 = u32::MAX;

/// So many answers of unknown size come to the limit.
const STRANGERS: usize = 4;

/// Of what is known of a size, this part is forgotten with each answer that is smaller.
const FADING: u32 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 1 << 20;

    fn guess(sizes: &Sizes, path: &str) -> usize {
        sizes.guess(path, LIMIT).bytes()
    }

    #[test]
    fn a_size_is_that_of_the_last_answers() {
        let sizes = Sizes::new();
        let learn = |path: &str, length| sizes.learn(sizes.guess(path, LIMIT), length);
        assert_eq!(guess(&sizes, "/a/b"), LIMIT / STRANGERS);
        learn("/a/b", 100);
        assert_eq!(guess(&sizes, "/a/b/c"), 100);
        learn("/a/b", 1 << 30);
        learn("/a/b", 0);
        assert!(guess(&sizes, "/a/b") > 1 << 29);
        (0..2_000).for_each(|_| learn("/a/b", 7));
        assert_eq!(guess(&sizes, "/a/b"), 7);
        assert_eq!(guess(&sizes, "/"), LIMIT / STRANGERS);
    }

    #[test]
    fn a_route_is_two_segments() {
        for (path, segments) in [
            ("/", "/"),
            ("/a", "/a"),
            ("/a/b", "/a/b"),
            ("/a/b/c/d", "/a/b"),
        ] {
            assert_eq!(route(path), segments);
        }
    }
}
