//! Settling: knowing exactly that nothing is queued and nothing runs.
//!
//! A runnable is active from the moment it is scheduled until a turn ends without more to do.
//! Each worker counts both ends in words that it alone writes; so no counter is shared on the
//! path of a message. Threads that are no worker count in a pair of shared words.
//!
//! # Why two sums tell the truth
//!
//! A check adds up all `finished` words, and *then* all `scheduled` words. Every end that it saw
//! has its beginning in the second sum: the beginning happened before the end (the runnable was
//! handed over in between), and the end was seen. So the beginnings seen contain the ends seen,
//! and if both sums are equal they are the same runnables: all that began before the check had
//! ended. Whatever is active in spite of that was begun by something not seen to begin, and so on
//! back to somebody outside who schedules while we check, which no check could rule out.
//!
//! # Blocked turns
//!
//! A turn that blocks at a closed latch counts as ended, or a test with a paused clock could
//! never settle while somebody waits for a timer. It is listed with its latch *before* its end is
//! counted, and its new beginning is counted *before* it leaves the list; the check looks at the
//! list between its two sums. So whoever opens the latch either has not ended himself, or the
//! check sees the latch open, or it sees the new beginning.
//!
//! # Waiting
//!
//! Who waits announces himself, then checks; a worker that runs out of work finishes counting,
//! then looks for announcements. A sequentially consistent fence on both sides lets one of them
//! see the other.

use crossbeam_utils::CachePadded;

use crate::primitive::blocking::Latch;
use crate::primitive::sync::atomic::{AtomicU64, AtomicUsize, Ordering, fence};
use crate::primitive::sync::{Condvar, Mutex};

/// The counts of a pool, and those who wait for them to be even.
#[derive(Debug)]
pub(super) struct Settle {
    workers: Box<[CachePadded<Counts>]>,
    others: Counts,
    blocked: Mutex<Vec<Latch>>,
    announced: AtomicUsize,
    lock: Mutex<()>,
    quiet: Condvar,
}

#[derive(Debug, Default)]
struct Counts {
    scheduled: AtomicU64,
    finished: AtomicU64,
}

impl Settle {
    pub(super) fn new(workers: usize) -> Self {
        Self {
            workers: (0..workers).map(|_| CachePadded::default()).collect(),
            others: Counts::default(),
            blocked: Mutex::new(Vec::new()),
            announced: AtomicUsize::new(0),
            lock: Mutex::new(()),
            quiet: Condvar::new(),
        }
    }

    /// A runnable was scheduled by this worker, or by a thread that is none.
    #[inline]
    pub(super) fn scheduled(&self, worker: Option<usize>) {
        match worker {
            Some(index) => count_alone(&self.workers[index].scheduled),
            None => count(&self.others.scheduled),
        }
    }

    /// A turn on this worker, or on a thread that is none, ended with nothing more to do.
    #[inline]
    pub(super) fn finished(&self, worker: Option<usize>) {
        match worker {
            Some(index) => count_alone(&self.workers[index].finished),
            None => {
                count(&self.others.finished);
                self.tell();
            }
        }
    }

    /// A turn is about to block at the latch.
    pub(super) fn block(&self, latch: &Latch) {
        self.blocked.lock().push(latch.clone());
        self.finished(None);
    }

    /// A turn goes on behind the latch.
    pub(super) fn unblock(&self, latch: &Latch) {
        self.scheduled(None);
        let mut blocked = self.blocked.lock();
        let place = blocked.iter().position(|other| other == latch);
        blocked.swap_remove(place.expect("a blocked turn is listed until it goes on"));
    }

    /// Whether nothing was active at some moment during this call.
    pub(super) fn is_quiescent(&self) -> bool {
        let finished = self.sum(|counts| &counts.finished);
        if self.blocked.lock().iter().any(Latch::is_open) {
            return false;
        }
        finished == self.sum(|counts| &counts.scheduled)
    }

    /// Waits until nothing is active.
    pub(super) fn wait(&self) {
        self.announced.fetch_add(1, Ordering::Relaxed);
        // Pairs with the fence in `tell`: the announcement is seen there, or the counts here.
        fence(Ordering::SeqCst);
        let mut guard = self.lock.lock();
        while !self.is_quiescent() {
            self.quiet.wait(&mut guard);
        }
        drop(guard);
        self.announced.fetch_sub(1, Ordering::Relaxed);
    }

    /// Has those who wait look again: after a worker's last turn, before it sleeps.
    pub(super) fn tell(&self) {
        // Pairs with the fence in `wait`.
        fence(Ordering::SeqCst);
        if self.announced.load(Ordering::Relaxed) > 0 {
            // Through the lock, so that nobody is between looking and sleeping.
            drop(self.lock.lock());
            self.quiet.notify_all();
        }
    }

    /// Acquire pairs with the Release of the counting: who sees an end sees what came before it.
    fn sum(&self, counter: impl Fn(&Counts) -> &AtomicU64) -> u64 {
        let workers = self
            .workers
            .iter()
            .map(|counts| counter(counts).load(Ordering::Acquire));
        workers.sum::<u64>() + counter(&self.others).load(Ordering::Acquire)
    }
}

/// Counts in a word that only one thread writes at a time.
#[inline]
fn count_alone(counter: &AtomicU64) {
    // Release pairs with the Acquire of `sum`.
    counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Release);
}

#[inline]
fn count(counter: &AtomicU64) {
    // Release pairs with the Acquire of `sum`.
    counter.fetch_add(1, Ordering::Release);
}

#[cfg(all(test, loom))]
mod model;
