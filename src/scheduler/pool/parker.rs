//! Where the workers of a pool sleep: one of them in the [`Park`], the others each in a bed.
//!
//! # The bed
//!
//! A bed's state is empty, asleep, in the park, or called. A call is a token: it stays until the
//! sleeper takes it, whether it comes before, during or after the falling asleep. Nothing but the
//! sleeper's own taking ever clears it. (To clear it on the way to sleep, after others can
//! already see the sleeper, would wipe out a call in between, and that worker sleeps for ever.)
//!
//! # The park and its watch
//!
//! The worker that finds sockets ready runs what they woke, and meanwhile nobody is in the park.
//! Busy workers look into it every few turns, but one long turn would leave the sockets alone
//! while others sleep. To wake a successor each time costs more than most turns. So one sleeper is
//! the watch: it sleeps with a limit, and if nobody has been in the park for a whole round, it
//! takes the park itself, and shares whatever else has been left waiting behind that turn. The
//! watch is called to duty by the first worker that leaves the park when there is none, and goes
//! off duty, to sleep without limit, after many rounds in which somebody was in the park all the
//! time. So an idle pool has nobody who wakes up for nothing.
//!
//! Whenever somebody sleeps outside of the park, somebody is in it, or somebody is the watch, or
//! somebody is on the way to see to that:
//!
//! - Who leaves the park (or the watch, being called to work) looks whether it is deserted and
//!   unwatched, and then appoints a sleeper, if one is in bed.
//! - Who has gone to bed tries the door once more. It does so under the lock under which it could
//!   be appointed: either it was in bed when who left looked, or it finds the park deserted.
//! - Who goes off duty tries the door once more too.
//!
//! Coming to the door, also in vain, and leaving are exchanges of one word that acquire and
//! release. So who finds the park occupied, and whatever it did before (lie down, go off duty), is
//! seen by who leaves. Two who leave the park or the watch for a turn meet under the lock of the
//! list of sleepers, under which both look whether a watch is to be appointed.

use std::time::Duration;

use super::super::park::Park;
use crate::primitive::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use crate::primitive::sync::{Arc, Condvar, Mutex, MutexGuard};

/// The park of a pool: one worker at a time.
pub(super) struct Door {
    park: Arc<dyn Park>,
    /// Whether somebody is in it.
    occupied: AtomicBool,
    /// How often somebody went in.
    visits: AtomicU64,
    /// Whether some sleeper is the watch.
    watched: AtomicBool,
}

impl Door {
    pub(super) fn new(park: Arc<dyn Park>) -> Self {
        Self {
            park,
            occupied: AtomicBool::new(false),
            visits: AtomicU64::new(0),
            watched: AtomicBool::new(false),
        }
    }

    /// Looks into the park, unless somebody is in it. Says whether it did.
    pub(super) fn poll(&self) -> bool {
        let Some(inside) = self.enter() else {
            return false;
        };
        self.park.park(Some(Duration::ZERO));
        drop(inside);
        true
    }

    /// Whether nobody is in the park nor watches it. Asked by who has left it or the watch, under
    /// the lock of the list of sleepers.
    pub(super) fn is_deserted(&self) -> bool {
        // Relaxed: the door, or that lock, is between this and what others did before.
        !self.occupied.load(Ordering::Relaxed) && !self.watched.load(Ordering::Relaxed)
    }

    /// Whether some sleeper is the watch.
    pub(super) fn is_watched(&self) -> bool {
        // Relaxed: a look without promise.
        self.watched.load(Ordering::Relaxed)
    }

    /// There is no watch any more.
    fn unwatch(&self) {
        // Relaxed, as in `is_deserted`: what comes next is the door, or that lock.
        self.watched.store(false, Ordering::Relaxed);
    }

    fn enter(&self) -> Option<Inside<'_>> {
        // AcqRel pairs with that of who leaves: this sees what was done inside before, and who
        // leaves sees what was done before this came in vain.
        if self.occupied.swap(true, Ordering::AcqRel) {
            return None;
        }
        // Relaxed: only a rough sign of life for the watch.
        self.visits.fetch_add(1, Ordering::Relaxed);
        Some(Inside(self))
    }
}

/// Being in the park, until dropped.
struct Inside<'d>(&'d Door);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        // AcqRel pairs with that of `enter`. An exchange, so that who tries the door at the same
        // time is before it or after it.
        self.0.occupied.swap(false, Ordering::AcqRel);
    }
}

/// Where one worker sleeps.
#[derive(Debug)]
pub(super) struct Bed {
    state: AtomicU8,
    lock: Mutex<Duty>,
    called: Condvar,
}

/// Where a worker slept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Bed,
    /// In bed, as the watch.
    Watch,
    Park,
}

/// What a sleeper is to do while it sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Duty {
    None,
    Watch,
}

impl Bed {
    pub(super) fn new() -> Self {
        Self {
            state: AtomicU8::new(EMPTY),
            lock: Mutex::new(Duty::None),
            called: Condvar::new(),
        }
    }

    /// Sleeps until called; in the park, if nobody is there, and then also until something
    /// happens in it. The watch also asks whether `is_work`. Says where it was at the end.
    pub(super) fn sleep(&self, door: &Door, is_work: &impl Fn() -> bool) -> Place {
        match door.enter() {
            Some(inside) => self.sleep_inside(door, inside),
            None => self.sleep_outside(door, is_work),
        }
    }

    /// Has the sleeper wake up, or the next one not fall asleep.
    pub(super) fn call(&self, door: &Door) {
        // AcqRel pairs with the sleeper's exchanges: it sees what the caller did before, and the
        // caller's look at the state is not older than the falling asleep.
        match self.state.swap(CALLED, Ordering::AcqRel) {
            ASLEEP => {
                // Through the lock, so that the sleeper is not between deciding and sleeping.
                drop(self.lock.lock());
                self.called.notify_one();
            }
            IN_PARK => door.park.unpark(),
            _ => {}
        }
    }

    /// Makes a sleeper in bed the watch. Says whether there was one.
    pub(super) fn appoint(&self, door: &Door) -> bool {
        let mut duty = self.lock.lock();
        // Relaxed: the lock orders it. A sleeper sets this state under the lock.
        if self.state.load(Ordering::Relaxed) != ASLEEP {
            return false;
        }
        *duty = Duty::Watch;
        // Under the lock, so that the duty cannot end before.
        door.watched.store(true, Ordering::Relaxed);
        self.called.notify_one();
        true
    }

    fn sleep_inside(&self, door: &Door, inside: Inside<'_>) -> Place {
        if self.lie_down(IN_PARK) {
            door.park.park(None);
            // Acquire pairs with the Release in `call`.
            self.state.swap(EMPTY, Ordering::Acquire);
        }
        drop(inside);
        Place::Park
    }

    fn sleep_outside(&self, door: &Door, is_work: impl Fn() -> bool) -> Place {
        let mut duty = self.lock.lock();
        if !self.lie_down(ASLEEP) {
            return Place::Bed;
        }
        if let Some(inside) = door.enter() {
            return self.move_inside(door, inside, duty, || false);
        }
        let mut watch = Watch::new(door);
        loop {
            match *duty {
                Duty::None => self.called.wait(&mut duty),
                Duty::Watch => drop(self.called.wait_for(&mut duty, ROUND)),
            }
            // Acquire pairs with the Release in `call`.
            let called =
                self.state
                    .compare_exchange(CALLED, EMPTY, Ordering::Acquire, Ordering::Relaxed);
            if called.is_ok() {
                return self.end_duty(door, &mut duty);
            }
            if *duty == Duty::None {
                continue;
            }
            let deserted = match watch.round(door) {
                Round::Going => continue,
                Round::Quiet => {
                    self.end_duty(door, &mut duty);
                    door.enter()
                }
                Round::Deserted(inside) => {
                    self.end_duty(door, &mut duty);
                    Some(inside)
                }
            };
            if let Some(inside) = deserted {
                return self.move_inside(door, inside, duty, is_work);
            }
        }
    }

    /// Says which duty it was.
    fn end_duty(&self, door: &Door, duty: &mut Duty) -> Place {
        match std::mem::replace(duty, Duty::None) {
            Duty::None => Place::Bed,
            Duty::Watch => {
                door.unwatch();
                Place::Watch
            }
        }
    }

    /// From asleep into the park, to stay there unless there is a reason not to. Under the lock,
    /// so that nobody is appointed who is not in bed.
    fn move_inside(
        &self,
        door: &Door,
        inside: Inside<'_>,
        duty: MutexGuard<'_, Duty>,
        is_work: impl Fn() -> bool,
    ) -> Place {
        // AcqRel as in `lie_down`.
        let moved =
            self.state
                .compare_exchange(ASLEEP, IN_PARK, Ordering::AcqRel, Ordering::Acquire);
        drop(duty);
        if moved.is_ok() {
            let stay = if is_work() {
                Some(Duration::ZERO)
            } else {
                None
            };
            door.park.park(stay);
        }
        // Acquire pairs with the Release in `call`.
        self.state.swap(EMPTY, Ordering::Acquire);
        drop(inside);
        Place::Park
    }

    /// Says whether to sleep; if not, a call was waiting and is taken.
    fn lie_down(&self, place: u8) -> bool {
        // AcqRel pairs with the swap in `call`: whoever calls after this sees where to.
        match self
            .state
            .compare_exchange(EMPTY, place, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => true,
            Err(_) => {
                // Acquire pairs with the Release in `call`.
                self.state.swap(EMPTY, Ordering::Acquire);
                false
            }
        }
    }
}

/// What a watch remembers from round to round.
struct Watch {
    visits: u64,
    quiet_rounds: u32,
}

/// What a watch found.
enum Round<'d> {
    /// Workers come and go.
    Going,
    /// Somebody has been in the park for many rounds.
    Quiet,
    /// Nobody was in the park for a round; now the watch is.
    Deserted(Inside<'d>),
}

impl Watch {
    fn new(door: &Door) -> Self {
        Self {
            // Relaxed: a rough sign of life.
            visits: door.visits.load(Ordering::Relaxed),
            quiet_rounds: 0,
        }
    }

    fn round<'d>(&mut self, door: &'d Door) -> Round<'d> {
        let visits = door.visits.load(Ordering::Relaxed);
        if visits != self.visits {
            *self = Self {
                visits,
                quiet_rounds: 0,
            };
            return Round::Going;
        }
        if let Some(inside) = door.enter() {
            return Round::Deserted(inside);
        }
        self.quiet_rounds += 1;
        if self.quiet_rounds < QUIET_ROUNDS {
            Round::Going
        } else {
            Round::Quiet
        }
    }
}

const EMPTY: u8 = 0;
const ASLEEP: u8 = 1;
const IN_PARK: u8 = 2;
const CALLED: u8 = 3;

/// How long sockets may wait behind a long turn.
const ROUND: Duration = Duration::from_millis(1);
/// How many rounds without traffic end the watch.
const QUIET_ROUNDS: u32 = if cfg!(any(loom, shuttle)) { 1 } else { 50 };

#[cfg(all(test, any(loom, shuttle)))]
mod model;
