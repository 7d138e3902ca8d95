//! Behaviour tests of processes.
//!
//! Some tests of C++ libprocess have no counterpart here, since what they test cannot be said:
//!
//! - `ProcessTest.Event` asks an event for its class: ours have no classes, see `Look`.
//! - `ProcessTest.Pid` takes a PID before spawn: here a process has an id when it is spawned.
//! - `ProcessTest.Inheritance` and `Listener` cast PIDs to those of base classes: there are none.
//! - `ProcessTest.Defer3` defers to no process, for a thread of its own: a closure does.
//! - `ProcessTest.Order` moves the clocks of single processes: there is one time for each runtime.
//! - `ProcessTest.Donate` runs a process on the thread that waits for it: a worker that blocks is
//!   replaced instead, see `scheduler`.
//! - `ProcessTest.Defers` is a matrix of overloads: `defer` has one for each kind of result.
//! - `ProcessTest.Executor_*` gives a thread an actor: a closure is sent to a process instead.
//! - `ProcessTest.TimerAfterReinitialize` restarts the one runtime: see `runtime`.

mod a_life_has_its_order;
mod a_panic_ends_one_process;
mod blocks_run_between_events;
mod delays_fire_when_their_time_comes;
mod dispatches_give_results;
mod events_keep_their_order;
mod execute_runs_on_a_process_of_its_own;
mod files_are_provided;
mod filters_and_observers_look_at_events;
mod futures_are_continued_on_a_process;
mod ids_are_given_and_checked;
mod loops_repeat_until_they_break;
mod requests_reach_their_route;
mod routes_have_methods_and_realms;
mod settle_waits_for_what_follows;
mod terminate_overtakes_unless_told_to_queue;
mod time_comes_as_a_future;
mod waits_end_or_are_refused;

use std::time::Duration;

use libprocess::address::Address;
use libprocess::clock::Clock;
use libprocess::primitive::sync::Arc;
use libprocess::process::{Pid, Process, ProcessManager};
use libprocess::scheduler::{Budget, Pool, Scheduler, ThreadPark};
use libprocess::time::Time;

/// A runtime without a wire, on a clock that stands still.
pub(crate) struct Node {
    pub(crate) manager: Arc<ProcessManager>,
    pub(crate) clock: Clock,
}

impl Node {
    pub(crate) fn new() -> Self {
        Self::with_workers(2)
    }

    pub(crate) fn with_workers(workers: usize) -> Self {
        let pool = Pool::start(workers, Arc::new(ThreadPark::default()), Budget::default());
        let clock = Clock::paused_at(Time::EPOCH);
        let scheduler = Scheduler::new(pool.unwrap());
        let manager = ProcessManager::new(ADDRESS, clock.clone(), scheduler, 42);
        Self { manager, clock }
    }

    pub(crate) fn spawn<P: Process>(&self, process: P) -> Pid<P> {
        self.manager.spawn(process).unwrap()
    }

    pub(crate) fn spawn_as<P: Process>(&self, id: &str, process: P) -> Pid<P> {
        self.manager.spawn_as(id, process).unwrap()
    }

    /// Lets everything come to rest.
    pub(crate) fn settle(&self) {
        self.manager.scheduler().settle_turns();
    }

    /// Moves time and lets everything come to rest.
    pub(crate) fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
        self.clock.expire();
        self.settle();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.manager.stop().unwrap();
        self.manager.scheduler().stop();
    }
}

/// Where nodes say that they are; nothing listens there.
pub(crate) const ADDRESS: Address = Address::loopback(5050);

/// Writes down what happens to it.
#[derive(Default)]
pub(crate) struct Diary(pub(crate) Vec<String>);

impl Process for Diary {}
