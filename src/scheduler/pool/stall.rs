//! Stalls: noticing that every worker is stuck in a turn.
//!
//! A turn that blocks without saying so, at a lock of somebody else's or in a system call, keeps
//! its worker. If all workers are kept like that nothing runs any more: nothing that is queued, no
//! timer, no socket; and if one of these is what they wait for, for ever. No worker is left that
//! could tell, so a thread beside them looks: the lookout.
//!
//! # What it looks at
//!
//! A thread that works has a [`Pulse`]: it beats between any two turns, and says whose turn it is.
//! Both are plain stores to a cache line that nobody else writes. A stall is when all workers are
//! awake and no pulse has beaten, look after look, for as long as a setting says. It is told once;
//! the next beat of any worker ends it.
//!
//! What a pulse says of the turn is an address, since a reference would cost each turn an atomic
//! operation. Whoever makes a name of it asks afterwards whether the stall
//! [persists](Stall::persists): if so, the turn still runs, and its owner was at that address all
//! the time.
//!
//! # When it looks
//!
//! Only while all workers are awake. At the first look that sees a sleeper the lookout goes off
//! duty and sleeps without limit, so that an idle pool has nobody who wakes up for nothing. Who
//! wakes the last sleeper calls it back. It takes down its flag and then looks at the count of the
//! awake; the other counts and then looks at the flag. On both sides a sequentially consistent
//! fence stands between the two steps, so that one sees the other. Between two looks is a pause,
//! also behind a call: so workers that fall asleep and wake all the time call it once a pause.

use std::fmt;
use std::time::Duration;

use crossbeam_utils::CachePadded;

use super::super::runnable::Runnable;
use super::Shared;
use crate::primitive::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering, fence};
use crate::primitive::sync::{Arc, Condvar, Mutex, MutexGuard};

/// The signs of life of a thread that works. Only this thread writes them, and all is relaxed:
/// they order nothing.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    beats: AtomicU32,
    turn: AtomicUsize,
}

impl Pulse {
    /// Between two turns. Gives how often it was.
    #[inline]
    pub(super) fn beat(&self) -> u32 {
        let beats = self.beats.load(Ordering::Relaxed).wrapping_add(1);
        self.beats.store(beats, Ordering::Relaxed);
        beats
    }

    /// A turn begins.
    #[inline]
    pub(super) fn begin(&self, runnable: &Runnable) {
        self.turn.store(runnable.address(), Ordering::Relaxed);
    }

    /// What comes now is no turn.
    pub(super) fn rest(&self) {
        self.turn.store(NO_TURN, Ordering::Relaxed);
    }
}

/// The pulses of those threads that have a core, by the number of the core.
pub(super) type Pulses = Mutex<Vec<Arc<CachePadded<Pulse>>>>;

/// No [`Run`](super::super::runnable::Run) has this address.
const NO_TURN: usize = 0;

/// Every worker of a pool has been in one turn for long; see [`Pool::on_stall`].
///
/// [`Pool::on_stall`]: super::Pool::on_stall
pub struct Stall<'s> {
    shared: &'s Shared,
    readings: &'s [Reading],
}

impl Stall<'_> {
    /// Whose turns these are: for each worker the [address](Runnable::address), or nothing if it
    /// is stuck between two turns, in the park.
    pub fn turns(&self) -> impl ExactSizeIterator<Item = Option<usize>> + '_ {
        let turn = |reading: &Reading| (reading.turn != NO_TURN).then_some(reading.turn);
        self.readings.iter().map(turn)
    }

    /// Whether all are in the same turn still.
    pub fn persists(&self) -> bool {
        self.shared.read_pulses() == self.readings
    }
}

impl fmt::Debug for Stall<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.turns()).finish()
    }
}

/// What a look saw of one worker.
struct Reading {
    pulse: Arc<CachePadded<Pulse>>,
    beats: u32,
    turn: usize,
}

impl Reading {
    fn of(pulse: &Arc<CachePadded<Pulse>>) -> Self {
        Self {
            beats: pulse.beats.load(Ordering::Relaxed),
            turn: pulse.turn.load(Ordering::Relaxed),
            pulse: Arc::clone(pulse),
        }
    }
}

impl PartialEq for Reading {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pulse, &other.pulse) && self.beats == other.beats
    }
}

impl Shared {
    fn read_pulses(&self) -> Vec<Reading> {
        self.pulses.lock().iter().map(Reading::of).collect()
    }

    /// The life of the lookout.
    pub(super) fn look_out(&self, span: Duration, report: impl Fn(&Stall<'_>)) {
        let mut looks = Looks::default();
        let are_awake = || self.sleepers.are_all_awake();
        while self.sleepers.lookout().pause(span / LOOKS, are_awake) {
            let readings = self.read_pulses();
            if looks.is_stall(are_awake(), readings) {
                report(&Stall {
                    shared: self,
                    readings: &looks.before,
                });
            }
        }
    }
}

/// What one look has to do with those before.
#[derive(Default)]
struct Looks {
    before: Vec<Reading>,
    unmoved: u32,
}

impl Looks {
    /// Whether this look makes it a stall.
    fn is_stall(&mut self, are_awake: bool, readings: Vec<Reading>) -> bool {
        if are_awake && readings == self.before {
            self.unmoved = self.unmoved.saturating_add(1);
        } else {
            self.unmoved = 0;
        }
        self.before = readings;
        self.unmoved == LOOKS
    }
}

/// Has the one who looks out for stalls sleep and wake; the module says when.
pub(super) struct Lookout {
    /// Whether there is nobody to call: it is on duty, or there is none.
    on_duty: AtomicBool,
    over: Mutex<bool>,
    called: Condvar,
}

impl Lookout {
    pub(super) fn new() -> Self {
        Self {
            on_duty: AtomicBool::new(true),
            over: Mutex::new(false),
            called: Condvar::new(),
        }
    }

    /// All workers are awake, says who has just counted the last one, with a fence behind.
    #[inline]
    pub(super) fn call(&self) {
        // Relaxed: the fence behind the count pairs with that in `pause`.
        if !self.on_duty.load(Ordering::Relaxed) {
            let over = self.over.lock();
            self.on_duty.store(true, Ordering::Relaxed);
            drop(over);
            self.called.notify_one();
        }
    }

    /// There is nothing more to look out for.
    pub(super) fn end(&self) {
        *self.over.lock() = true;
        self.called.notify_one();
    }

    /// Waits for the next look: for a pause, and then while not all are awake. False if there is
    /// none.
    fn pause(&self, pause: Duration, are_awake: impl Fn() -> bool) -> bool {
        let mut over = self.over.lock();
        if !*over {
            self.called.wait_for(&mut over, pause);
        }
        self.stand_by(over, are_awake)
    }

    /// Goes off duty unless all are awake, and waits to be called. False if there is no next look.
    fn stand_by(&self, mut over: MutexGuard<'_, bool>, are_awake: impl Fn() -> bool) -> bool {
        if !are_awake() {
            self.on_duty.store(false, Ordering::Relaxed);
            // Pairs with the fence behind a change of the count.
            fence(Ordering::SeqCst);
            if are_awake() {
                self.on_duty.store(true, Ordering::Relaxed);
            }
        }
        while !*over && !self.on_duty.load(Ordering::Relaxed) {
            self.called.wait(&mut over);
        }
        !*over
    }
}

/// How many looks without a beat make a stall.
const LOOKS: u32 = 10;

#[cfg(all(test, loom))]
mod model;

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    /// Whether it is a stall, at each of so many looks.
    fn look(looks: &mut Looks, pulse: &Arc<CachePadded<Pulse>>, times: u32) -> Vec<bool> {
        let readings = || vec![Reading::of(pulse)];
        let look = |_| looks.is_stall(true, readings());
        (0..times).map(look).collect()
    }

    #[test]
    fn a_stall_is_told_once_until_a_pulse_beats() {
        let (mut looks, pulse) = (Looks::default(), Arc::default());
        for _ in 0..2 {
            let told = look(&mut looks, &pulse, 3 * LOOKS);
            let at = |index: usize| index == LOOKS as usize;
            assert!(
                told.iter()
                    .enumerate()
                    .all(|(index, told)| *told == at(index))
            );
            pulse.beat();
        }
    }

    #[test]
    fn beats_sleepers_and_other_threads_are_no_stall() {
        let (mut looks, pulse) = (Looks::default(), Arc::default());
        look(&mut looks, &pulse, LOOKS);
        assert!(!looks.is_stall(false, vec![Reading::of(&pulse)]));
        look(&mut looks, &pulse, LOOKS - 1);
        pulse.beat();
        assert_eq!(look(&mut looks, &pulse, 1), [false]);
        look(&mut looks, &pulse, LOOKS - 1);
        assert_eq!(look(&mut looks, &Arc::default(), 1), [false]);
    }
}
