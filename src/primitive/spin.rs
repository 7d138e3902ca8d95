//! Whether to wait awake: a thread may look for a while before it sleeps, a worker for work and any
//! other for what it waits for.
//!
//! To be woken costs a system call of the one who wakes and, where the core has gone to rest, ten
//! or twenty microseconds until this one runs; what comes within that time is better waited for.
//! What does not come makes the waiting a waste, paid at every pause; and where threads share a
//! core, it keeps from coming what is waited for. So a thread that spins has credit: each time
//! something came while it waited gains some, each time in vain costs as much, and without credit
//! it sleeps at once. One pause in many is then spent awake all the same, and for longer, to find
//! out whether it would be worth while again: when both sides of a conversation sleep, each sees
//! the other's waking up in its own pause.
//!
//! What comes late in its pause has cost about as much as the waking would have: at such a pace,
//! some ten thousand times a second, credit is lost too, but slowly, since a conversation that has
//! just begun to be awake is late now and then.
//!
//! No model stands beside this: a thread's credit is its own, and nothing here is shared.

use std::cell::Cell;

/// The credit of one thread.
pub(crate) struct Spin {
    credit: Cell<u32>,
    most: Cell<u32>,
    pauses: Cell<u32>,
}

impl Spin {
    pub(crate) const fn new() -> Self {
        Self {
            credit: Cell::new(MOST),
            most: Cell::new(MOST),
            pauses: Cell::new(0),
        }
    }

    /// Never waits awake from now on.
    pub(crate) fn switch_off(&self) {
        self.most.set(0);
        self.credit.set(0);
    }

    /// How many rounds to look in the pause that begins; at least one.
    pub(crate) fn rounds(&self) -> u32 {
        if self.credit.get() > 0 {
            return ROUNDS;
        }
        if self.most.get() == 0 {
            return 1;
        }
        let pauses = self.pauses.get().wrapping_add(1);
        self.pauses.set(pauses);
        if pauses.is_multiple_of(PAUSES_A_PROBE) {
            PROBE_ROUNDS
        } else {
            1
        }
    }

    /// What was waited for came in this round of a pause spent awake that may have had `rounds`.
    pub(crate) fn hit(&self, round: u32, rounds: u32) {
        let credit = self.credit.get();
        self.credit
            .set(if round <= EARLY_ROUNDS || rounds > ROUNDS {
                (credit + STEP).min(self.most.get())
            } else {
                credit.saturating_sub(1)
            });
    }

    /// A pause of so many rounds was spent awake in vain.
    pub(crate) fn missed(&self, rounds: u32) {
        if rounds > 1 {
            self.credit.set(self.credit.get().saturating_sub(STEP));
        }
    }
}

const STEP: u32 = 4;
const MOST: u32 = 16;

/// A round takes about a microsecond: a worker looks at the queues and into the park and offers
/// the processor to others.
const ROUNDS: u32 = if cfg!(any(loom, shuttle)) { 1 } else { 20 };
const EARLY_ROUNDS: u32 = 12;
const PROBE_ROUNDS: u32 = if cfg!(any(loom, shuttle)) { 1 } else { 50 };

const PAUSES_A_PROBE: u32 = 64;

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    #[test]
    fn who_waits_in_vain_sleeps_at_once_but_for_a_probe() {
        let spin = Spin::new();
        for _ in 0..MOST / STEP {
            assert_eq!(spin.rounds(), ROUNDS);
            spin.missed(ROUNDS);
        }
        let rounds: Vec<u32> = (0..PAUSES_A_PROBE).map(|_| spin.rounds()).collect();
        let (probe, others) = rounds.split_last().unwrap();
        assert!(others.iter().all(|rounds| *rounds == 1));
        assert_eq!(*probe, PROBE_ROUNDS);
        spin.missed(1);
        spin.hit(EARLY_ROUNDS + 1, PROBE_ROUNDS);
        assert_eq!(spin.rounds(), ROUNDS);
    }

    #[test]
    fn who_is_switched_off_sleeps_at_once_for_ever() {
        let spin = Spin::new();
        spin.switch_off();
        for _ in 0..2 * PAUSES_A_PROBE {
            assert_eq!(spin.rounds(), 1);
            spin.hit(1, 1);
        }
    }

    #[test]
    fn who_is_always_late_is_not_waited_for() {
        let spin = Spin::new();
        for _ in 0..MOST {
            assert_eq!(spin.rounds(), ROUNDS);
            spin.hit(EARLY_ROUNDS + 1, ROUNDS);
        }
        assert_eq!(spin.rounds(), 1);
        spin.hit(EARLY_ROUNDS + 1, PROBE_ROUNDS);
        spin.hit(EARLY_ROUNDS, ROUNDS);
        spin.missed(ROUNDS);
        assert_eq!(spin.rounds(), ROUNDS);
    }
}
