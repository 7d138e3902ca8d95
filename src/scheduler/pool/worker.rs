//! A worker: a thread that runs a core's queue, and others' when that is empty.
//!
//! # What runs next
//!
//! A worker has a slot for the runnable it scheduled last, which runs next, while its data are
//! still warm; what was in the slot before goes to the back of the queue. Three in a row come from
//! the slot at most, if the queue has something, or two who keep waking each other would starve
//! the rest. Every few turns the queue of the outside comes first, for the same reason, and the
//! park is looked into.
//!
//! The slot cannot be stolen from (that would cost an atomic exchange a message), so whoever blocks
//! empties it first.
//!
//! # Blocking
//!
//! The core (queue, counters, bed) is what makes a thread a worker. A thread that blocks lends it
//! to another and goes on without: what it schedules goes to the queue of the outside.

#![expect(
    unsafe_code,
    reason = "the current worker is found through a thread-local pointer"
)]

use std::cell::{Cell, RefCell};
use std::mem::forget;
use std::ptr;
use std::rc::Rc;
use std::time::Duration;

use crossbeam_deque::{Steal, Stealer, Worker as Queue};
use crossbeam_utils::CachePadded;

use super::super::contain::contain;
use super::super::runnable::Runnable;
use super::super::turn::Turn;
use super::bench::Bench;
use super::stall::Pulse;
use super::{Idle, Shared};
use crate::primitive::blocking::{self, Blocker, Latch};
use crate::primitive::memory;
use crate::primitive::random::Random;
use crate::primitive::spin::Spin;
use crate::primitive::sync::Arc;
use crate::primitive::sync::atomic::spin_loop;
use crate::primitive::thread;

/// What makes a thread a worker; one thread has it at a time.
pub(super) struct Core {
    index: usize,
    queue: Queue<Runnable>,
    random: RefCell<Random>,
}

impl Core {
    pub(super) fn new(index: usize) -> Self {
        let random = RefCell::new(Random::new(index as u64));
        Self {
            index,
            queue: Queue::new_fifo(),
            random,
        }
    }

    pub(super) fn stealer(&self) -> Stealer<Runnable> {
        self.queue.stealer()
    }

    /// Takes everything out of the queue.
    pub(super) fn drain(&self) -> impl Iterator<Item = Runnable> + '_ {
        std::iter::from_fn(|| self.queue.pop())
    }
}

/// A thread of a pool.
pub(super) struct Worker {
    shared: Arc<Shared>,
    core: RefCell<Option<Core>>,
    /// The core's index, where it is quick to look up.
    index: Cell<Option<usize>>,
    slot: Cell<Option<Runnable>>,
    /// How many in a row came from the slot.
    streak: Cell<u32>,
    pulse: Arc<CachePadded<Pulse>>,
    searching: Cell<bool>,
    /// How many turns in a row have left something waiting.
    crowded: Cell<u32>,
    /// How many turns have ended with more to do, and when the time was looked at for that.
    unfinished: Cell<u32>,
    looked: Cell<Duration>,
    spin: Spin,
    /// Whether the park is being looked into: what is scheduled meanwhile wakes nobody.
    parked: Cell<bool>,
}

impl Worker {
    /// The life of a thread.
    pub(super) fn main(shared: &Arc<Shared>) {
        let worker = Rc::new(Self {
            shared: Arc::clone(shared),
            core: RefCell::new(None),
            index: Cell::new(None),
            slot: Cell::new(None),
            streak: Cell::new(0),
            pulse: Arc::default(),
            searching: Cell::new(false),
            crowded: Cell::new(0),
            unfinished: Cell::new(0),
            looked: Cell::new(Duration::ZERO),
            spin: Spin::new(),
            parked: Cell::new(false),
        });
        if shared.idle == Idle::Sleep {
            worker.spin.switch_off();
            blocking::never_spin();
        }
        let _current = Current::set(&worker);
        let _blocker = blocking::install(worker.clone());
        while let Some(core) = shared.bench.take(shared.spares()) {
            shared.pulses.lock()[core.index] = Arc::clone(&worker.pulse);
            worker.index.set(Some(core.index));
            worker.core.replace(Some(core));
            // A turn that panics ends no more than itself. (To catch that here, and not at each
            // turn, costs the turns nothing.)
            while contain(|| worker.work()).is_none() {}
        }
    }

    /// Calls `act` with this thread's worker, if it is one of this pool.
    #[inline]
    pub(super) fn with_current<R>(shared: &Shared, act: impl FnOnce(&Self) -> R) -> Option<R> {
        let current = CURRENT.with(Cell::get);
        if current.is_null() {
            return None;
        }
        // SAFETY: the pointer is set only while the worker lives on this thread's stack; see
        // `Current`.
        let worker = unsafe { &*current };
        ptr::eq(&raw const *worker.shared, shared).then(|| act(worker))
    }

    /// Schedules a runnable here. Gives it back if this thread has no core.
    #[inline]
    pub(super) fn push(&self, runnable: Runnable) -> Result<(), Runnable> {
        let Some(index) = self.index.get() else {
            return Err(runnable);
        };
        self.shared.settle.scheduled(Some(index));
        if let Some(before) = self.slot.replace(Some(runnable)) {
            self.queue(|queue| queue.push(before));
            if !self.parked.get() {
                self.shared.sleepers.pushed_inside();
            }
        }
        Ok(())
    }

    /// Works until the core is lent or the pool stops.
    fn work(&self) {
        while self.index.get().is_some() {
            if self.shared.is_stopping() {
                return self.retire();
            }
            if let Some(runnable) = self.next() {
                self.stop_search();
                self.turn(runnable);
            }
        }
    }

    /// Gives the core back for good.
    fn retire(&self) {
        self.flush();
        self.index.set(None);
        let core = self.core.take().expect("a worker that retires has a core");
        self.shared.bench.give_back(core);
    }

    #[inline]
    fn turn(&self, runnable: Runnable) {
        /// Counts the end of a runnable, also by panic.
        struct Finish<'w>(&'w Worker);
        impl Drop for Finish<'_> {
            fn drop(&mut self) {
                self.0.shared.settle.finished(self.0.index.get());
            }
        }
        let finish = Finish(self);
        self.pulse.begin(&runnable);
        let mut turn = Turn::new(&self.shared.budget);
        if let Some(more) = runnable.run(&mut turn) {
            forget(finish);
            self.again(more);
        }
    }

    /// Queues a runnable that has more to do.
    fn again(&self, runnable: Runnable) {
        if self.index.get().is_none() {
            return self.shared.inject(runnable);
        }
        self.queue(|queue| queue.push(runnable));
        self.share();
        self.unfinished.set(self.unfinished.get().wrapping_add(1));
        if self.unfinished.get().is_multiple_of(UNFINISHED_A_LOOK) {
            self.poll_in_time();
        }
    }

    /// Looks into the park if the last turns took long: the network would wait for milliseconds.
    fn poll_in_time(&self) {
        let Some(slice) = self.shared.budget.slice else {
            return;
        };
        let now = (slice.now)();
        let before = self.looked.replace(now);
        if now.saturating_sub(before) >= LONG {
            self.poll();
        }
    }

    /// Has somebody else come if more waits than this worker runs next.
    ///
    /// To wake a thread, and to have it fetch all that the work needs from this core, costs more
    /// than most turns. So little work is shared only if it goes on to wait, turn after turn. That
    /// one turn is long is for the watch to notice, so without a watch it is shared at once.
    fn share(&self) {
        let waiting = self.queue(Queue::len) + usize::from(self.is_slot_full());
        if waiting <= 1 {
            return self.crowded.set(0);
        }
        self.crowded.set(self.crowded.get() + 1);
        let sleepers = &self.shared.sleepers;
        let is_little = waiting <= LITTLE && self.crowded.get() < TURNS_ALONE;
        if !is_little || !sleepers.is_watched() {
            self.crowded.set(0);
            sleepers.pushed_inside();
        }
    }

    /// What to run next. None if there is a reason to look at everything anew.
    fn next(&self) -> Option<Runnable> {
        let tick = self.pulse.beat();
        if tick.is_multiple_of(TURNS_A_POLL) {
            self.poll();
        }
        if tick.is_multiple_of(TURNS_A_LOOK_OUTSIDE)
            && let Some(runnable) = self.injected()
        {
            return Some(runnable);
        }
        self.own().or_else(|| self.search())
    }

    /// Takes from the slot, but not too often in a row, or from the queue.
    #[inline]
    fn own(&self) -> Option<Runnable> {
        if self.streak.get() < STREAK
            && let Some(runnable) = self.slot.take()
        {
            self.streak.set(self.streak.get() + 1);
            return Some(runnable);
        }
        // A pop is an atomic exchange even if there is nothing.
        self.streak.set(0);
        self.queue(|queue| if queue.is_empty() { None } else { queue.pop() })
            .or_else(|| self.slot.take())
    }

    /// Looks into the park between two turns, and cleans up a little.
    fn poll(&self) {
        self.park(|| self.shared.sleepers.poll());
        memory::tidy();
        self.share();
    }

    /// Looks elsewhere for work; sleeps if there is none.
    fn search(&self) -> Option<Runnable> {
        let sleepers = &self.shared.sleepers;
        if !self.searching.get() {
            self.searching.set(sleepers.start_search());
        }
        let found = if self.searching.get() {
            self.look_around()
        } else {
            self.injected()
        };
        if found.is_none() {
            self.sleep();
        }
        found
    }

    /// A worker with something to run does not count as searching, wherever it found it.
    #[inline]
    fn stop_search(&self) {
        if self.searching.replace(false) {
            self.shared.sleepers.stop_search(|| self.shared.is_work());
        }
    }

    /// Looks at everybody's queue and into the park, and goes on looking for a while if that has
    /// been worth while of late: work often comes at once.
    fn look_around(&self) -> Option<Runnable> {
        let visits = memory::visits();
        let rounds = self.spin.rounds();
        let mut round = 0;
        while round < rounds {
            if let Some(runnable) = self.look_often() {
                if round > 0 {
                    self.spin.hit(round, rounds);
                }
                return Some(runnable);
            }
            if self.shared.is_stopping() {
                return None;
            }
            if rounds > 1 {
                self.poll();
                if let Some(runnable) = self.own() {
                    self.spin.hit(round, rounds);
                    return Some(runnable);
                }
                // Where threads outnumber processors, the one that would bring work needs ours.
                thread::yield_now();
            }
            round += 1;
            if round == rounds && visits == memory::visits() && memory::tidy() {
                // Nobody does anything: there is time for the next step.
                round -= 1;
            }
        }
        self.spin.missed(rounds);
        None
    }

    /// Looks at everybody's queue for a moment.
    fn look_often(&self) -> Option<Runnable> {
        for _ in 0..LOOKS_A_ROUND {
            if self.shared.is_work()
                && let Some(runnable) = self.injected().or_else(|| self.steal())
            {
                return Some(runnable);
            }
            spin_loop();
        }
        None
    }

    /// Takes some from the queue of the outside.
    fn injected(&self) -> Option<Runnable> {
        if self.shared.injector.is_empty() {
            return None;
        }
        self.queue(|queue| until_settled(|| self.shared.injector.steal_batch_and_pop(queue)))
    }

    /// Takes half of somebody's queue.
    fn steal(&self) -> Option<Runnable> {
        let stealers = &self.shared.stealers;
        self.with_core(|core| {
            let start = core.random.borrow_mut().below(stealers.len());
            let (before, after) = stealers.split_at(start);
            let mut others = after.iter().chain(before);
            others.find_map(|stealer| until_settled(|| stealer.steal_batch_and_pop(&core.queue)))
        })
    }

    fn sleep(&self) {
        let shared = &self.shared;
        let index = self.index.get().expect("a worker that sleeps has a core");
        shared
            .sleepers
            .lie_down(index, self.searching.replace(false));
        shared.settle.tell();
        let is_own = || shared.is_stopping() || self.is_slot_full() || !self.queue(Queue::is_empty);
        let sleep = || shared.sleepers.sleep(index, || shared.is_work(), is_own);
        self.searching.set(self.park(sleep));
        self.share();
    }

    /// What may be in the park is no turn, and what it schedules wakes nobody.
    fn park<R>(&self, wait: impl FnOnce() -> R) -> R {
        self.pulse.rest();
        self.parked.set(true);
        let result = wait();
        self.parked.set(false);
        result
    }

    /// Lets another thread run the core while this one blocks.
    fn lend(&self) {
        if self.parked.get() || self.index.get().is_none() {
            return;
        }
        self.flush();
        self.index.set(None);
        let core = self.core.take().expect("the index says that there is one");
        if let Err((core, error)) = Bench::lend(&self.shared, core) {
            log::error!("no thread to work while this one blocks: {error}");
            self.index.set(Some(core.index));
            self.core.replace(Some(core));
        }
    }

    /// Moves what is in the slot to where others can see it.
    fn flush(&self) {
        if let Some(runnable) = self.slot.take() {
            self.queue(|queue| queue.push(runnable));
            self.shared.sleepers.pushed_inside();
        }
    }

    fn is_slot_full(&self) -> bool {
        let runnable = self.slot.take();
        let full = runnable.is_some();
        self.slot.set(runnable);
        full
    }

    #[inline]
    fn queue<R>(&self, act: impl FnOnce(&Queue<Runnable>) -> R) -> R {
        self.with_core(|core| act(&core.queue))
    }

    #[inline]
    fn with_core<R>(&self, act: impl FnOnce(&Core) -> R) -> R {
        act(self
            .core
            .borrow()
            .as_ref()
            .expect("asked only of a thread with a core"))
    }
}

impl Blocker for Worker {
    fn wait(&self, latch: &Latch) {
        if self.parked.get() {
            // Not a turn: nothing to lend, nothing to count.
            return latch.wait_here();
        }
        self.lend();
        self.shared.settle.block(latch);
        latch.wait_here();
        self.shared.settle.unblock(latch);
    }

    fn section(&self, body: &mut dyn FnMut()) {
        self.lend();
        body();
    }
}

/// Makes a worker the current one of this thread, until dropped.
struct Current;

impl Current {
    fn set(worker: &Rc<Worker>) -> Self {
        CURRENT.with(|current| current.set(Rc::as_ptr(worker)));
        Self
    }
}

impl Drop for Current {
    fn drop(&mut self) {
        CURRENT.with(|current| current.set(ptr::null()));
    }
}

thread::local! {
    static CURRENT: Cell<*const Worker> = Cell::new(ptr::null());
}

/// Repeats a steal that lost a race.
fn until_settled(steal: impl Fn() -> Steal<Runnable>) -> Option<Runnable> {
    loop {
        match steal() {
            Steal::Success(runnable) => return Some(runnable),
            Steal::Empty => return None,
            Steal::Retry => spin_loop(),
        }
    }
}

/// How many turns in a row may come from the slot.
const STREAK: u32 = 3;
/// How much waiting work is little, and for how many turns it may wait for this worker.
const LITTLE: usize = 3;
const TURNS_ALONE: u32 = 16;
const TURNS_A_POLL: u32 = 64;
/// Turns that end with more to do are longer than others, some of them by much.
const UNFINISHED_A_LOOK: u32 = 8;
const LONG: Duration = Duration::from_micros(400);
const TURNS_A_LOOK_OUTSIDE: u32 = 8;
/// A small part of a microsecond.
const LOOKS_A_ROUND: u32 = if cfg!(any(loom, shuttle)) { 1 } else { 8 };
