//! When a connection lets others write to it before it writes.
//!
//! Whoever sends first wakes the connection, which then has its turn before those who are about to
//! send too: a read that wakes many processes would lead to as many writes. So a connection that
//! has little to write goes to the back of the run queue once. Where nobody sends meanwhile that
//! is for nothing, and is not tried again for a while.

use std::num::NonZeroU16;

/// Whether it was worth while of late.
#[derive(Default)]
pub(super) struct Gather {
    /// How many bytes waited when the turn was given up; none if it was not. Small, as all that an
    /// idle connection holds.
    before: Option<NonZeroU16>,
    /// How often not to give it up.
    skip: u8,
}

impl Gather {
    /// Whether to give up the turn, with so many bytes to write.
    pub(super) fn yields(&mut self, bytes: usize) -> bool {
        let few = u16::try_from(bytes).ok().filter(|few| *few < ENOUGH_BYTES);
        let few = few.and_then(NonZeroU16::new);
        match self.before.take() {
            Some(before) => {
                if few == Some(before) {
                    self.skip = SKIPPED;
                }
                false
            }
            None if few.is_some() && self.skip > 0 => {
                self.skip -= 1;
                false
            }
            None => {
                self.before = few;
                few.is_some()
            }
        }
    }
}

/// So much is worth a write of its own.
const ENOUGH_BYTES: u16 = 16 * 1024;

/// How many writes are not put off after one that was for nothing.
const SKIPPED: u8 = 15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_as_long_as_others_come() {
        let mut gather = Gather::default();
        for _ in 0..100 {
            assert!(gather.yields(1));
            assert!(!gather.yields(2), "it has waited");
        }
        assert!(!gather.yields(0));
        assert!(!gather.yields(ENOUGH_BYTES.into()));
    }

    #[test]
    fn it_rarely_waits_for_nobody() {
        let mut gather = Gather::default();
        let waits = (0..1_600).filter(|_| {
            let waits = gather.yields(1);
            assert!(!waits || !gather.yields(1));
            waits
        });
        assert_eq!(waits.count(), 100);
    }
}
