//! The handle that everybody schedules through.

use std::fmt;

use super::runnable::Runnable;
use super::task::Task;
use crate::primitive::sync::Arc;

/// Something that runs runnables: a pool of workers, or the seeded scheduler of a simulation.
pub trait Schedule: Send + Sync + 'static {
    /// Sees to it that the runnable runs. After [`Schedule::stop`] it is dropped.
    fn schedule(&self, runnable: Runnable);

    /// Counts something as under way that is no runnable, until [`Schedule::release`].
    fn hold(&self);

    /// Ends a [`Schedule::hold`].
    fn release(&self);

    /// Whether nothing was queued, running or held at some moment during this call.
    ///
    /// What blocks in front of a closed latch is neither queued nor running.
    fn is_quiescent(&self) -> bool;

    /// Waits until [`Schedule::is_quiescent`]. Not from inside of a turn.
    fn settle_turns(&self);

    /// How many runnables may run at once.
    fn workers(&self) -> usize;

    /// Whether the calling thread is inside of one of the turns.
    fn is_inside(&self) -> bool;

    /// Lets running turns end, drops what is queued, joins every thread. Not from inside of a
    /// turn.
    fn stop(&self);
}

/// A handle to a [`Schedule`]. Clones are the same scheduler.
#[derive(Clone)]
pub struct Scheduler(Arc<dyn Schedule>);

impl Scheduler {
    /// A handle to this scheduler.
    pub fn new(schedule: Arc<dyn Schedule>) -> Self {
        Self(schedule)
    }

    /// Sees to it that the runnable runs. After [`Scheduler::stop`] it is dropped.
    #[inline]
    pub fn schedule(&self, runnable: Runnable) {
        self.0.schedule(runnable);
    }

    /// Runs a future as a [`Task`].
    ///
    /// A task that waits for a wake nobody will give is not dropped when the scheduler stops:
    /// whoever spawns it sees to its end.
    pub fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) -> Task {
        Task::spawn(self, future)
    }

    /// Counts something as under way that is no runnable, such as a timer being fired, until the
    /// guard is dropped.
    #[must_use = "the hold ends when this is dropped"]
    pub fn hold(&self) -> Hold {
        self.0.hold();
        Hold(self.clone())
    }

    /// Whether nothing was queued, running or held at some moment during this call.
    pub fn is_quiescent(&self) -> bool {
        self.0.is_quiescent()
    }

    /// Waits until [`Scheduler::is_quiescent`].
    ///
    /// # Panics
    ///
    /// If called from inside of a turn, which it would wait for.
    pub fn settle_turns(&self) {
        self.0.settle_turns();
    }

    /// How many runnables may run at once.
    pub fn workers(&self) -> usize {
        self.0.workers()
    }

    /// Whether the calling thread is inside of one of this scheduler's turns.
    pub fn is_inside(&self) -> bool {
        self.0.is_inside()
    }

    /// Lets running turns end, drops what is queued, joins every thread.
    ///
    /// # Panics
    ///
    /// If called from inside of a turn, which it would wait for.
    pub fn stop(&self) {
        self.0.stop();
    }
}

impl fmt::Debug for Scheduler {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Scheduler({} workers)", self.workers())
    }
}

/// Keeps a scheduler from being quiescent; see [`Scheduler::hold`].
#[derive(Debug)]
pub struct Hold(Scheduler);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.0.release();
    }
}
