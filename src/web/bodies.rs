//! Small bodies, kept close together.
//!
//! A read brings hundreds of messages, and a process takes and drops them in a row. Memory of its
//! own for each body is then most of what a small message costs. So small bodies are copied one
//! behind the other into pieces of memory that they share. A body that is kept for long keeps its
//! piece, which is why the pieces are small, and why what is not small has memory of its own.

use bytes::{Bytes, BytesMut};

/// Where the next small body goes.
#[derive(Default)]
pub(super) struct Bodies(BytesMut);

impl Bodies {
    /// A copy of a body.
    pub(super) fn copy(&mut self, body: &[u8]) -> Bytes {
        if body.len() > SMALL_BYTES {
            return Bytes::copy_from_slice(body);
        }
        if self.0.capacity() < body.len() {
            self.0 = BytesMut::with_capacity(PIECE_BYTES);
        }
        self.0.extend_from_slice(body);
        self.0.split().freeze()
    }
}

/// How much may be kept for the sake of one byte.
const PIECE_BYTES: usize = 2 * 1024;

/// Larger ones cost more to copy than their memory does.
const SMALL_BYTES: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_what_was_copied_and_small_ones_share_memory() {
        let mut bodies = Bodies::default();
        let sizes = [0, 1, 64, SMALL_BYTES, SMALL_BYTES + 1, PIECE_BYTES + 1];
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
