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
//! the other's waking up in its own pause. Each such probe that finds nothing, or what does not
//! last, makes the next one come after twice as many pauses, up to a thousand: a thread that is
//! woken a thousand times a second then spends 50 microseconds of it on probes.
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
    /// How many pauses there were since the last probe.
    pauses: Cell<u32>,
    /// After how many pauses the next probe comes.
    spacing: Cell<u32>,
    off: Cell<bool>,
}

impl Spin {
    pub(crate) const fn new() -> Self {
        Self {
            credit: Cell::new(MOST),
            pauses: Cell::new(0),
            spacing: Cell::new(LEAST_SPACING),
            off: Cell::new(false),
        }
    }

    /// Never waits awake from now on.
    pub(crate) fn switch_off(&self) {
        self.off.set(true);
    }

    /// How many rounds to look in the pause that begins; at least one.
    pub(crate) fn rounds(&self) -> u32 {
        if self.off.get() {
            return 1;
        }
        if self.credit.get() > 0 {
            return ROUNDS;
        }
        let (pauses, spacing) = (self.pauses.get() + 1, self.spacing.get());
        if pauses < spacing {
            self.pauses.set(pauses);
            return 1;
        }
        self.pauses.set(0);
        self.spacing.set((2 * spacing).min(MOST_SPACING));
        PROBE_ROUNDS
    }

    /// What was waited for came in this round of a pause spent awake that may have had `rounds`.
    pub(crate) fn hit(&self, round: u32, rounds: u32) {
        let credit = self.credit.get();
        if round > EARLY_ROUNDS && rounds <= ROUNDS {
            return self.credit.set(credit.saturating_sub(1));
        }
        self.credit.set((credit + STEP).min(MOST));
        if credit > 0 {
            // What the last probe found goes on.
            self.spacing.set(LEAST_SPACING);
        }
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

const LEAST_SPACING: u32 = 64;
const MOST_SPACING: u32 = 1024;

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
        assert_eq!(pauses_to_probe(&spin), LEAST_SPACING);
        spin.hit(EARLY_ROUNDS + 1, PROBE_ROUNDS);
        assert_eq!(spin.rounds(), ROUNDS);
    }

    /// Pauses until a probe, and that one too.
    fn pauses_to_probe(spin: &Spin) -> u32 {
        let mut pauses = 1;
        while spin.rounds() == 1 {
            spin.missed(1);
            pauses += 1;
        }
        pauses
    }

    #[test]
    fn probes_in_vain_become_rare_until_one_is_worth_while() {
        let spin = Spin::new();
        (0..MOST / STEP).for_each(|_| spin.missed(ROUNDS));
        for spacing in [64, 128, 256, 512, 1024, 1024] {
            assert_eq!(pauses_to_probe(&spin), spacing);
            spin.missed(PROBE_ROUNDS);
        }
        assert_eq!(pauses_to_probe(&spin), 1024);
        spin.hit(EARLY_ROUNDS, PROBE_ROUNDS);
        spin.missed(ROUNDS);
        assert_eq!(pauses_to_probe(&spin), 1024, "what it found did not last");
        spin.hit(EARLY_ROUNDS, PROBE_ROUNDS);
        spin.hit(EARLY_ROUNDS, ROUNDS);
        (0..2).for_each(|_| spin.missed(ROUNDS));
        assert_eq!(pauses_to_probe(&spin), 64);
    }

    #[test]
    fn who_is_switched_off_sleeps_at_once_for_ever() {
        let spin = Spin::new();
        spin.switch_off();
        for _ in 0..2 * LEAST_SPACING {
            assert_eq!(spin.rounds(), 1);
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
