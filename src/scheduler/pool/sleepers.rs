//! Who is awake, who searches, who sleeps, and whom to wake.
//!
//! # The count
//!
//! One word holds how many workers are awake and how many of those are searching: out of work of
//! their own and looking at others'. Who makes work visible wakes a sleeper only if nobody
//! searches, since a searcher will find it.
//!
//! # Why no work is left lying
//!
//! A thread outside of the pool pushes, then looks at the word; a worker that lies down counts
//! itself out, then looks at all queues once more. On both sides a sequentially consistent fence
//! stands between the two steps. So either the pusher sees that nobody searches and wakes a
//! sleeper, or the worker sees the work. This goes for every worker, searcher or not: work that
//! came while half of the workers searched should not wait for the long turn of one who found
//! something else.
//!
//! A searcher that finds work stops searching. If it was the last one and sees more work, it wakes
//! the next, for those who pushed meanwhile have relied on it.
//!
//! A worker that pushes to its own queue looks at the word without a fence. What it overlooks
//! costs parallelism until its next push, never the work: it is awake itself.
//!
//! # Whom
//!
//! The list of sleepers and the count of the awake change together under one lock: who is called
//! is off the list and counted awake and searching before the call. A worker that wakes up for
//! another reason looks whether it is still on the list. If so it takes itself off; if not, it was
//! called as well, and a call that it did not sleep for stays in its bed for the next time, where
//! it costs one look around.

use super::super::park::Park;
use super::parker::{Bed, Door, Place};
use super::stall::Lookout;
use crate::primitive::sync::atomic::{AtomicU64, Ordering, fence, spin_loop};
use crate::primitive::sync::{Arc, Mutex};

/// The sleeping and waking of a pool's workers; the module says how.
pub(super) struct Sleepers {
    count: AtomicU64,
    asleep: Mutex<Vec<usize>>,
    beds: Box<[Bed]>,
    door: Door,
    lookout: Lookout,
}

impl Sleepers {
    /// All workers are awake, none searches.
    pub(super) fn new(workers: usize, park: Arc<dyn Park>) -> Self {
        Self {
            count: AtomicU64::new(workers as u64 * AWAKE),
            asleep: Mutex::new(Vec::with_capacity(workers)),
            beds: (0..workers).map(|_| Bed::new()).collect(),
            door: Door::new(park),
            lookout: Lookout::new(),
        }
    }

    /// Looks into the park, unless somebody is in it.
    pub(super) fn poll(&self) {
        // Whoever went to bed meanwhile relies on who was in the park. It counted itself out before
        // it came to the door, so that this sees it.
        if self.door.poll() && self.count().awake() < self.beds.len() {
            self.post_watch(&self.asleep.lock());
        }
    }

    /// Asks to search. Half of the workers may, since more would only meet each other.
    pub(super) fn start_search(&self) -> bool {
        let count = self.count();
        if 2 * count.searching() >= self.beds.len() {
            return false;
        }
        self.change(|count| count.fetch_add(SEARCHING, Ordering::Relaxed));
        true
    }

    /// Stops searching, since there is something to run.
    pub(super) fn stop_search(&self, is_more: impl FnOnce() -> bool) {
        let count = self.change(|count| count.fetch_sub(SEARCHING, Ordering::Relaxed));
        if count.searching() == 1 && is_more() {
            self.wake();
        }
    }

    /// Whether somebody will notice soon if work or the park is left waiting.
    pub(super) fn is_watched(&self) -> bool {
        self.door.is_watched()
    }

    /// A worker pushed to its own queue.
    #[inline]
    pub(super) fn pushed_inside(&self) {
        // Without a fence: what this overlooks, the pusher runs itself.
        if self.count().wants_wake(self.beds.len()) {
            self.wake();
        }
    }

    /// A thread that is no worker pushed to the queue for all. `is_taken` says that somebody has
    /// taken it.
    pub(super) fn pushed_outside(&self, is_taken: impl Fn() -> bool) {
        // Pairs with the fence in `change`.
        fence(Ordering::SeqCst);
        // To wake a thread costs its caller microseconds. A worker that is awake and about to
        // run out of work takes less to come by.
        for _ in 0..LOOKS_BEFORE_WAKE {
            let count = self.count();
            if !count.wants_wake(self.beds.len()) || is_taken() {
                return;
            }
            if count.awake() == 0 {
                break;
            }
            spin_loop();
        }
        self.wake();
    }

    /// Wakes a sleeper, if there is one and nobody searches.
    pub(super) fn wake(&self) {
        let mut asleep = self.asleep.lock();
        let count = self.count();
        if !count.wants_wake(self.beds.len()) {
            return;
        }
        let Some(index) = asleep.pop() else { return };
        self.rise(SEARCHING);
        drop(asleep);
        self.beds[index].call(&self.door);
    }

    /// Wakes everybody, and lets nobody sleep who is about to: each finds why by itself.
    pub(super) fn call_all(&self) {
        for bed in &self.beds {
            bed.call(&self.door);
        }
    }

    /// Sleeps until there is a reason not to. Says whether the worker is to search.
    ///
    /// `is_work` looks at all queues. `is_own` says that the worker has work of its own, which the
    /// park may have given it, or another reason to be awake.
    pub(super) fn sleep(
        &self,
        index: usize,
        is_work: impl Fn() -> bool,
        is_own: impl Fn() -> bool,
    ) -> bool {
        if is_work() {
            self.wake();
        }
        loop {
            let place = self.beds[index].sleep(&self.door, &is_work);
            // Work that the watch has found waiting is as good as its own.
            let is_own = is_own() || (place == Place::Park && is_work());
            let mut asleep = self.asleep.lock();
            let listed = asleep.iter().position(|&other| other == index);
            if let Some(position) = listed {
                if !is_own {
                    continue;
                }
                asleep.swap_remove(position);
                self.rise(0);
            }
            if place != Place::Bed {
                self.post_watch(&asleep);
            }
            return listed.is_none();
        }
    }

    /// Joins the sleepers; [`Sleepers::sleep`] must follow.
    pub(super) fn lie_down(&self, index: usize, searching: bool) {
        let mut asleep = self.asleep.lock();
        asleep.push(index);
        let leaving = AWAKE + if searching { SEARCHING } else { 0 };
        self.change(|count| count.fetch_sub(leaving, Ordering::Relaxed));
    }

    /// Whether nobody sleeps.
    pub(super) fn are_all_awake(&self) -> bool {
        self.count().awake() == self.beds.len()
    }

    /// Who is called when that becomes so.
    pub(super) fn lookout(&self) -> &Lookout {
        &self.lookout
    }

    /// Counts one more awake, and perhaps searching.
    fn rise(&self, searching: u64) {
        let before = self.change(|count| count.fetch_add(AWAKE + searching, Ordering::Relaxed));
        if before.awake() + 1 == self.beds.len() {
            self.lookout.call();
        }
    }

    fn count(&self) -> Count {
        Count(self.count.load(Ordering::Relaxed))
    }

    /// Changes the word. What comes after is after it for everybody; gives the count before.
    fn change(&self, change: impl FnOnce(&AtomicU64) -> u64) -> Count {
        let before = change(&self.count);
        // Pairs with the fence in `pushed_outside`, and with that of the lookout.
        fence(Ordering::SeqCst);
        Count(before)
    }

    /// Sees to it that somebody watches the park, which the caller, or the watch, has just left.
    fn post_watch(&self, asleep: &[usize]) {
        if self.door.is_deserted() {
            let mut beds = asleep.iter().map(|&index| &self.beds[index]);
            beds.any(|bed| bed.appoint(&self.door));
        }
    }
}

/// A value of the word.
#[derive(Clone, Copy)]
struct Count(u64);

impl Count {
    fn searching(self) -> usize {
        (self.0 & (AWAKE - 1)) as usize
    }

    fn awake(self) -> usize {
        (self.0 / AWAKE) as usize
    }

    fn wants_wake(self, workers: usize) -> bool {
        self.searching() == 0 && self.awake() < workers
    }
}

const SEARCHING: u64 = 1;
const AWAKE: u64 = 1 << 32;

/// About half a microsecond.
const LOOKS_BEFORE_WAKE: u32 = if cfg!(any(loom, shuttle)) { 1 } else { 20 };

#[cfg(all(test, loom))]
mod model;
