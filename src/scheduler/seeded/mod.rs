//! The seeded scheduler: one turn at a time, the next one picked by chance, chance by seed.
//!
//! The same seed gives the same order of turns, whatever the OS does: only one thread of the
//! scheduler runs at any time, and it alone draws from the random numbers. That thread has the
//! [baton](runner).
//!
//! A turn that blocks at a latch keeps its thread, which passes the baton on to another. Once the
//! latch is open the blocked turn is picked by chance like everything else, and only then gets
//! the baton back. So a process that blocks costs a thread while it does, and two switches of
//! threads, and nothing costs any otherwise: a thread that has the baton keeps it from turn to
//! turn.
//!
//! Nothing runs by itself: whoever wants turns calls [`Seeded::run_while`] and waits. Several
//! runtimes may share one such scheduler; then they are one world with one order of events.

mod runner;

use std::any::Any;
use std::fmt;
use std::panic::resume_unwind;

use self::runner::{Orders, Runner, Seat};
use super::contain::contain;
use super::handle::Schedule;
use super::runnable::Runnable;
use super::turn::{Budget, Turn};
use crate::primitive::blocking::Latch;
use crate::primitive::random::Random;
use crate::primitive::sync::{Arc, Condvar, Mutex, MutexGuard};
use crate::primitive::thread::JoinHandle;

/// A scheduler whose order is chance, and whose chance is a seed.
///
/// ```
/// use libprocess::primitive::sync::{Arc, Mutex};
/// use libprocess::scheduler::{Scheduler, Seeded};
///
/// let order = |seed| {
///     let seeded = Seeded::new(seed);
///     let scheduler = Scheduler::new(seeded.clone());
///     let order = Arc::new(Mutex::new(Vec::new()));
///     for number in 0..10 {
///         let order = order.clone();
///         scheduler.spawn(async move { order.lock().push(number) });
///     }
///     seeded.run_until_idle();
///     scheduler.stop();
///     let order = order.lock().clone();
///     order
/// };
/// assert_eq!(order(1), order(1));
/// assert_ne!(order(1), order(2));
/// ```
pub struct Seeded {
    world: Arc<World>,
}

/// What the threads of a seeded scheduler share.
struct World {
    state: Mutex<State>,
    /// Told when a hold ends.
    released: Condvar,
    /// Held by who waits for a run: one at a time.
    runs: Mutex<()>,
}

struct State {
    random: Random,
    runnables: Vec<Runnable>,
    blocked: Vec<Blocked>,
    holds: usize,
    /// Whether some thread has the baton.
    running: bool,
    phase: Phase,
    /// Threads that wait for the baton without a turn.
    spares: Vec<Arc<Seat>>,
    threads: Vec<JoinHandle<()>>,
    run: Run,
}

/// How far stopping has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// What is scheduled is dropped by the thread that has the baton.
    Stopping,
    /// What is scheduled is dropped by who schedules it.
    Closed,
    /// As closed; somebody is dropping, and drops what is scheduled meanwhile too.
    Draining,
}

/// A turn that waits for a latch, and where its thread waits for the baton.
struct Blocked {
    latch: Latch,
    seat: Arc<Seat>,
}

/// What was asked of the scheduler.
#[derive(Default)]
struct Run {
    steps: Option<u32>,
    idle: Option<Idle>,
    /// What `idle` panicked with.
    panic: Option<Box<dyn Any + Send>>,
    done: Latch,
}

/// Is called when nothing can run; says whether to look again.
type Idle = Box<dyn FnMut() -> bool + Send>;

/// What the thread with the baton does next.
enum Next {
    Turn(Runnable, Turn),
    Discard(Runnable),
    Resume(Arc<Seat>, Orders),
    Idle(Idle),
    Done,
}

impl Seeded {
    /// A scheduler with nothing to run yet.
    pub fn new(seed: u64) -> Arc<Self> {
        let state = State {
            random: Random::new(seed),
            runnables: Vec::new(),
            blocked: Vec::new(),
            holds: 0,
            running: false,
            phase: Phase::Open,
            spares: Vec::new(),
            threads: Vec::new(),
            run: Run::default(),
        };
        let world = World {
            state: Mutex::new(state),
            released: Condvar::new(),
            runs: Mutex::new(()),
        };
        Arc::new(Self {
            world: Arc::new(world),
        })
    }

    /// Runs turns until there is none to run.
    ///
    /// # Panics
    ///
    /// As [`Seeded::run_while`].
    pub fn run_until_idle(&self) {
        self.run_while(|| false);
    }

    /// Runs turns; calls `idle` whenever there is none to run, until that says `false`.
    ///
    /// `idle` is the place to move the clock to its next timer. It must not block. A panic in it
    /// ends the run and comes out here.
    ///
    /// # Panics
    ///
    /// If called from inside of a turn, or if the OS has no thread left to give.
    pub fn run_while(&self, idle: impl FnMut() -> bool + Send + 'static) {
        self.start(None, Some(Box::new(idle)));
    }

    /// Runs one turn, or a blocked one on to its end or its next block. Says whether there was
    /// one.
    ///
    /// # Panics
    ///
    /// As [`Seeded::run_while`].
    pub fn step(&self) -> bool {
        self.start(Some(1), None) == Some(0)
    }

    /// Passes the baton to a thread and waits until it comes back. Gives the steps left over.
    fn start(&self, steps: Option<u32>, idle: Option<Idle>) -> Option<u32> {
        assert!(!self.is_inside(), "a turn cannot wait for itself to end");
        let _one = self.world.runs.lock();
        let done = Latch::new();
        let mut state = self.world.state.lock();
        if matches!(state.phase, Phase::Closed | Phase::Draining) {
            return steps;
        }
        state.run = Run {
            steps,
            idle,
            panic: None,
            done: done.clone(),
        };
        Runner::pass_on(&self.world, &mut state).expect("the OS has a thread left to give");
        drop(state);
        done.wait_here();
        let run = std::mem::take(&mut self.world.state.lock().run);
        if let Some(panic) = run.panic {
            resume_unwind(panic);
        }
        run.steps
    }
}

impl Schedule for Seeded {
    fn schedule(&self, runnable: Runnable) {
        let mut state = self.world.state.lock();
        state.runnables.push(runnable);
        if state.phase == Phase::Closed {
            self.world.drain(state);
        }
    }

    fn hold(&self) {
        self.world.state.lock().holds += 1;
    }

    fn release(&self) {
        self.world.state.lock().holds -= 1;
        self.world.released.notify_all();
    }

    fn is_quiescent(&self) -> bool {
        let state = self.world.state.lock();
        let is_open = |blocked: &Blocked| blocked.latch.is_open();
        let quiet = state.runnables.is_empty() && !state.blocked.iter().any(is_open);
        quiet && !state.running && state.holds == 0
    }

    fn settle_turns(&self) {
        loop {
            self.run_until_idle();
            let mut state = self.world.state.lock();
            if state.holds == 0 {
                return;
            }
            self.world.released.wait(&mut state);
        }
    }

    fn workers(&self) -> usize {
        1
    }

    fn is_inside(&self) -> bool {
        Runner::is_of(&self.world)
    }

    /// 1. No turn starts any more: what is or gets scheduled is dropped.
    /// 2. Blocked turns whose latches that opens go on to their end.
    /// 3. Those that still block are unwound, one by one, since nobody is left to open their
    ///    latches.
    /// 4. All threads are joined. What is scheduled from here on is dropped at once.
    fn stop(&self) {
        assert!(
            !self.is_inside(),
            "a turn cannot wait for its own thread to end"
        );
        let mut state = self.world.state.lock();
        if state.phase == Phase::Open {
            state.phase = Phase::Stopping;
        }
        drop(state);
        self.run_until_idle();
        self.world.close();
    }
}

impl Drop for Seeded {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Seeded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Seeded")
    }
}

impl World {
    /// Drops what is queued, and what those drops schedule, in a loop.
    fn drain<'w>(&'w self, mut state: MutexGuard<'w, State>) {
        state.phase = Phase::Draining;
        while let Some(runnable) = state.runnables.pop() {
            drop(state);
            contain(|| drop(runnable));
            state = self.state.lock();
        }
        state.phase = Phase::Closed;
    }

    /// Ends all threads; none of them has a turn.
    fn close(&self) {
        let mut state = self.state.lock();
        if state.phase == Phase::Stopping {
            state.phase = Phase::Closed;
        }
        for spare in state.spares.drain(..) {
            spare.give(Orders::Leave);
        }
        let threads = std::mem::take(&mut state.threads);
        drop(state);
        for thread in threads {
            // A thread of this scheduler contains what it runs, so that it cannot have panicked.
            drop(thread.join());
        }
    }
}

impl State {
    /// Picks what is next, by chance.
    fn next(&mut self) -> Next {
        if self.run.steps == Some(0) {
            return Next::Done;
        }
        let open = self
            .blocked
            .iter()
            .filter(|blocked| blocked.latch.is_open())
            .count();
        let choices = self.runnables.len() + open;
        if choices == 0 {
            return self.nothing_next();
        }
        self.run.steps = self.run.steps.map(|steps| steps - 1);
        let choice = self.random.below(choices);
        if choice < self.runnables.len() {
            let runnable = self.runnables.swap_remove(choice);
            return if self.phase == Phase::Open {
                Next::Turn(runnable, self.turn())
            } else {
                Next::Discard(runnable)
            };
        }
        let is_open = |(_, blocked): &(usize, &Blocked)| blocked.latch.is_open();
        let mut open = self.blocked.iter().enumerate().filter(is_open);
        let (place, _) = open
            .nth(choice - self.runnables.len())
            .expect("it was counted");
        Next::Resume(self.blocked.swap_remove(place).seat, Orders::Go)
    }

    /// A turn of a few events, as many as chance says: others come between them often.
    fn turn(&mut self) -> Turn {
        let events = 1 + self.random.below(EVENTS_A_TURN) as u32;
        Turn::new(&Budget {
            events,
            slice: None,
        })
    }

    fn nothing_next(&mut self) -> Next {
        if self.phase != Phase::Open
            && let Some(blocked) = self.blocked.pop()
        {
            return Next::Resume(blocked.seat, Orders::Unwind);
        }
        self.run.idle.take().map_or(Next::Done, Next::Idle)
    }
}

const EVENTS_A_TURN: usize = 8;
