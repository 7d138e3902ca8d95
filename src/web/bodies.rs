//! Small bodies, kept close together.
//!
//! A read brings hundreds of messages, and a process, perhaps on another thread, takes and drops
//! them in a row. Memory of its own for each body is then most of what a message costs. So bodies
//! that are not large are copied one behind the other into pieces of memory that they share. A
//! body that is kept for long keeps its piece, which is why there are pieces of two sizes.

use bytes::{Bytes, BytesMut};

/// Where the next bodies go.
#[derive(Default)]
pub(super) struct Bodies {
    small: BytesMut,
    middling: BytesMut,
}

impl Bodies {
    /// A copy of a body.
    pub(super) fn copy(&mut self, body: &[u8]) -> Bytes {
        if body.len() > MIDDLING_BYTES {
            return Bytes::copy_from_slice(body);
        }
        let (place, piece) = if body.len() > SMALL_BYTES {
            (&mut self.middling, MIDDLING_PIECE_BYTES)
        } else {
            (&mut self.small, SMALL_PIECE_BYTES)
        };
        if place.capacity() < body.len() {
            *place = BytesMut::with_capacity(piece);
        }
        place.extend_from_slice(body);
        place.split().freeze()
    }
}

/// Up to here a body goes into a small piece,
const SMALL_BYTES: usize = 128;
const SMALL_PIECE_BYTES: usize = 2 * 1024;

/// and up to here into a larger one.
const MIDDLING_BYTES: usize = 2 * 1024;
const MIDDLING_PIECE_BYTES: usize = 32 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_what_was_copied_and_share_memory_unless_large() {
        let mut bodies = Bodies::default();
        let sizes = [
            0,
            1,
            64,
            SMALL_BYTES,
            SMALL_BYTES + 1,
            MIDDLING_BYTES,
            MIDDLING_BYTES + 1,
        ];
        let expected = |round: u8, size: usize| vec![round; size];
        let mut copies = Vec::new();
        for round in 0..100 {
            for size in sizes {
                copies.push((round, size, bodies.copy(&expected(round, size))));
            }
        }
        for (round, size, copy) in &copies {
            assert_eq!(*copy, expected(*round, *size));
        }
        let (first, second) = (bodies.copy(b"ab"), bodies.copy(b"c"));
        assert_eq!(first.as_ptr().wrapping_add(2), second.as_ptr());
    }
}
