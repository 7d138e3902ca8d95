//! When a connection lets others write to it before it writes.
//!
//! Whoever sends first wakes the connection, which then has its turn before those who are about to
//! send too: a read that wakes many processes would lead to as many writes. So a connection that
//! has little to write goes to the back of the run queue once. Where nobody sends meanwhile that
//! is for nothing, and is not tried again for a while.

/// Whether it was worth while of late.
#[derive(Default)]
pub(super) struct Gather {
    /// How many bytes waited when the turn was given up.
    before: Option<usize>,
    /// How often not to give it up.
    skip: u32,
}

impl Gather {
    /// Whether to give up the turn, with so many bytes to write.
    pub(super) fn yields(&mut self, bytes: usize) -> bool {
        match self.before.take() {
            Some(before) => {
                if bytes == before {
                    self.skip = SKIPPED;
                }
                false
            }
            None if bytes == 0 || bytes >= ENOUGH_BYTES => false,
            None if self.skip > 0 => {
                self.skip -= 1;
                false
            }
            None => {
                self.before = Some(bytes);
                true
            }
        }
    }
}

/// So much is worth a write of its own.
const ENOUGH_BYTES: usize = 16 * 1024;

/// How many writes are not put off after one that was for nothing.
const SKIPPED: u32 = 15;

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
        assert!(!gather.yields(ENOUGH_BYTES));
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
