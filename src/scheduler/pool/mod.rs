//! The worker pool.
//!
//! - [worker]: a thread, its queue, what it runs next, how it blocks;
//! - [sleepers]: who searches and who sleeps, and why no work is left lying;
//! - [parker]: where they sleep, and who watches the sockets;
//! - [bench]: threads that come and go while others block;
//! - [settle]: how it is known that nothing runs;
//! - [stall]: how it is noticed that nothing can run.
//!
//! # Stopping
//!
//! 1. The flag: no turn starts any more; what is scheduled is dropped by who schedules it.
//! 2. The lookout ends. The bench is closed, sleepers are called; each worker gives its core back
//!    after its turn, and nobody takes it from there.
//! 3. What is queued is dropped. That may open the latches that blocked turns wait for.
//! 4. Every thread is joined.
//! 5. What blocked turns scheduled at their end has dropped itself, by step 1.

mod bench;
mod parker;
mod settle;
mod sleepers;
mod stall;
mod worker;

use std::cell::Cell;
use std::fmt;
use std::io;
use std::ptr;
use std::time::Duration;

use crossbeam_deque::{Injector, Steal, Stealer};

use self::bench::Bench;
use self::settle::Settle;
use self::sleepers::Sleepers;
use self::stall::Pulses;
pub use self::stall::Stall;
use self::worker::{Core, Worker};
use super::contain::contain;
use super::handle::Schedule;
use super::park::Park;
use super::runnable::Runnable;
use super::turn::Budget;
use crate::primitive::sync::atomic::{AtomicBool, Ordering, fence};
use crate::primitive::sync::{Arc, Mutex};
use crate::primitive::thread::{self, JoinHandle};

/// Threads that run runnables.
///
/// ```
/// use libprocess::primitive::sync::Arc;
/// use libprocess::scheduler::{Budget, Pool, Scheduler, ThreadPark};
///
/// let pool = Pool::start(2, Arc::new(ThreadPark::default()), Budget::default())?;
/// let scheduler = Scheduler::new(pool);
/// let task = scheduler.spawn(async { println!("on a worker") });
/// task.wait();
/// scheduler.stop();
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Pool {
    shared: Arc<Shared>,
    lookout: Mutex<Option<JoinHandle<()>>>,
}

/// What a worker does when there is no work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Idle {
    /// Waits awake for some microseconds, if work has come that soon of late, and then sleeps.
    #[default]
    Spin,
    /// Sleeps at once.
    Sleep,
}

struct Shared {
    /// What threads that are no workers scheduled.
    injector: Injector<Runnable>,
    stealers: Box<[Stealer<Runnable>]>,
    sleepers: Sleepers,
    settle: Settle,
    bench: Bench,
    pulses: Pulses,
    stopping: AtomicBool,
    budget: Budget,
    idle: Idle,
}

impl Pool {
    /// Starts the workers.
    ///
    /// # Errors
    ///
    /// When the OS has no thread left to give.
    ///
    /// # Panics
    ///
    /// If `workers` is 0.
    pub fn start(workers: usize, park: Arc<dyn Park>, budget: Budget) -> io::Result<Arc<Self>> {
        Self::start_with(workers, park, budget, Idle::default())
    }

    /// As [`start`](Self::start), with workers that do this when there is no work.
    ///
    /// # Errors
    ///
    /// When the OS has no thread left to give.
    ///
    /// # Panics
    ///
    /// If `workers` is 0.
    pub fn start_with(
        workers: usize,
        park: Arc<dyn Park>,
        budget: Budget,
        idle: Idle,
    ) -> io::Result<Arc<Self>> {
        assert!(workers > 0, "a pool without workers runs nothing");
        let cores: Vec<_> = (0..workers).map(Core::new).collect();
        let shared = Arc::new(Shared {
            injector: Injector::new(),
            stealers: cores.iter().map(Core::stealer).collect(),
            sleepers: Sleepers::new(workers, park),
            settle: Settle::new(workers),
            bench: Bench::default(),
            pulses: Mutex::new(cores.iter().map(|_| Arc::default()).collect()),
            stopping: AtomicBool::new(false),
            budget,
            idle,
        });
        let pool = Arc::new(Self {
            shared,
            lookout: Mutex::new(None),
        });
        let mut cores = cores.into_iter();
        while let Some(core) = cores.next() {
            if let Err((core, error)) = Bench::lend(&pool.shared, core) {
                // The pool stops when it is dropped, and then looks for all of its cores.
                let rest = std::iter::once(core).chain(cores);
                rest.for_each(|core| pool.shared.bench.give_back(core));
                return Err(error);
            }
        }
        Ok(pool)
    }

    /// How many threads there are now: the workers, those that block, and spares.
    pub fn threads(&self) -> usize {
        self.shared.bench.threads()
    }

    /// Has `report` called whenever no worker has ended its turn for `span`, which means that
    /// nothing else runs either: once for each time. Only the first call of this counts.
    ///
    /// # Errors
    ///
    /// When the OS has no thread left to give.
    pub fn on_stall(
        &self,
        span: Duration,
        report: impl Fn(&Stall<'_>) + Send + 'static,
    ) -> io::Result<()> {
        let mut lookout = self.lookout.lock();
        if lookout.is_none() {
            let shared = Arc::clone(&self.shared);
            let look_out = move || shared.look_out(span, report);
            *lookout = Some(thread::spawn("lookout", look_out)?);
        }
        Ok(())
    }

    fn stop_all(&self) {
        let shared = &self.shared;
        // Step 1. The fence pairs with that in `inject`.
        shared.stopping.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        // Step 2.
        shared.sleepers.lookout().end();
        shared.bench.close();
        shared.sleepers.call_all();
        // Step 3.
        shared.bench.await_cores(shared.stealers.len(), |core| {
            core.drain().for_each(|runnable| shared.discard(runnable));
        });
        shared.drain();
        // Step 4.
        shared.bench.join();
        let lookout = self.lookout.lock().take();
        // One that panicked has said so.
        lookout.map(JoinHandle::join);
    }
}

impl Schedule for Pool {
    #[inline]
    fn schedule(&self, runnable: Runnable) {
        let mut runnable = Some(runnable);
        Worker::with_current(&self.shared, |worker| {
            runnable = runnable
                .take()
                .and_then(|runnable| worker.push(runnable).err());
        });
        if let Some(runnable) = runnable {
            self.shared.settle.scheduled(None);
            self.shared.inject(runnable);
        }
    }

    fn hold(&self) {
        self.shared.settle.scheduled(None);
    }

    fn release(&self) {
        self.shared.settle.finished(None);
    }

    fn is_quiescent(&self) -> bool {
        self.shared.settle.is_quiescent()
    }

    fn settle_turns(&self) {
        assert!(!self.is_inside(), "a turn cannot wait for itself to end");
        self.shared.settle.wait();
    }

    fn workers(&self) -> usize {
        self.shared.stealers.len()
    }

    fn is_inside(&self) -> bool {
        Worker::with_current(&self.shared, |_| ()).is_some()
    }

    fn stop(&self) {
        assert!(
            !self.is_inside(),
            "a turn cannot wait for its own thread to end"
        );
        self.stop_all();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if self.is_inside() {
            // The last handle went inside of a turn. Nobody is left who could join this thread.
            self.shared.stopping.store(true, Ordering::SeqCst);
            self.shared.sleepers.lookout().end();
            self.shared.bench.close();
            self.shared.sleepers.call_all();
        } else {
            self.stop_all();
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Pool({} workers)", self.workers())
    }
}

impl Shared {
    fn is_stopping(&self) -> bool {
        // Acquire pairs with the store in `stop_all`.
        self.stopping.load(Ordering::Acquire)
    }

    /// Whether there is something in a queue that any worker may take from.
    fn is_work(&self) -> bool {
        !self.injector.is_empty() || !self.stealers.iter().all(Stealer::is_empty)
    }

    /// How many threads may wait for others to block.
    fn spares(&self) -> usize {
        self.stealers.len()
    }

    /// Queues a runnable, which is counted already, for whichever worker comes by.
    fn inject(&self, runnable: Runnable) {
        self.injector.push(runnable);
        // Pairs with the fence in `stop_all`: either this sees the flag, or the drain that
        // follows the flag sees the runnable.
        fence(Ordering::SeqCst);
        if self.is_stopping() {
            self.drain();
        } else {
            self.sleepers.pushed_outside(|| self.injector.is_empty());
        }
    }

    /// Drops what is queued for any worker, and what those drops schedule, in a loop.
    fn drain(&self) {
        let outer = DRAINING.with(|draining| draining.replace(self));
        if ptr::eq(outer, self) {
            return;
        }
        loop {
            match self.injector.steal() {
                Steal::Success(runnable) => self.discard(runnable),
                Steal::Empty => break,
                Steal::Retry => {}
            }
        }
        DRAINING.with(|draining| draining.set(outer));
    }

    fn discard(&self, runnable: Runnable) {
        contain(|| drop(runnable));
        self.settle.finished(None);
    }
}

thread::local! {
    /// The stopping pool whose queue this thread is dropping.
    static DRAINING: Cell<*const Shared> = Cell::new(ptr::null());
}

#[cfg(all(test, shuttle))]
mod model;
