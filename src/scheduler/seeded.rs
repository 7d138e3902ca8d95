//! The scheduler of a simulation: one thing runs at a time, and the seed says which is next.
//!
//! # The baton
//!
//! At most one thread runs: the one that has the baton. The thread that calls
//! [`Seeded::run_while`] hands it to a *runner* and waits. A runner picks, turn after turn, among
//! what is ready, until nothing is, and then hands the baton back.
//!
//! A turn that blocks in front of a latch keeps its thread: it hands the baton to another runner,
//! which goes on picking. Once the latch is open, the blocked thread is among what can be picked;
//! when it is, the picking runner hands it the baton and becomes a spare. So chains of processes
//! that wait for each other work as they do in production, no thread is ever in a race with
//! another, and the order of everything is a matter of the seed alone: threads of the OS come and
//! go, but which of them does a thing cannot be seen.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use super::handle::Schedule;
use super::runnable::Runnable;
use super::turn::{Budget, Turn};
use crate::primitive::blocking::{self, Blocker, Latch};
use crate::primitive::random::Random;
use crate::primitive::sync::{Arc, Condvar, Mutex};
use crate::primitive::thread::{self, JoinHandle};

/// Runs runnables one at a time, in an order that depends on a seed and on nothing else.
///
/// Several runtimes may share it: a simulated cluster. Nothing runs until somebody calls
/// [`run_until_idle`](Self::run_until_idle) or [`run_while`](Self::run_while).
///
/// ```
/// use libprocess::scheduler::{Scheduler, Seeded};
///
/// let seeded = Seeded::new(42);
/// let scheduler = Scheduler::new(seeded.clone());
/// let task = scheduler.spawn(async {});
/// seeded.run_until_idle();
/// task.wait();
/// ```
pub struct Seeded(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// Held by the thread that lets the runners run.
    driving: Mutex<()>,
}

struct State {
    random: Random,
    ready: Vec<Runnable>,
    /// Threads whose turn blocks, in the order in which they did.
    blocked: Vec<Blocked>,
    /// Runners that have nothing to do.
    spares: Vec<Arc<Baton>>,
    /// What the runner with the baton is to do, if one has it.
    errand: Option<Errand>,
    runners: Vec<JoinHandle<()>>,
    held: usize,
    stopping: bool,
}

struct Blocked {
    latch: Latch,
    baton: Arc<Baton>,
}

#[derive(Clone)]
struct Errand {
    /// Asked when nothing is ready: whether there may be more by now.
    goes_on: Arc<dyn Fn() -> bool + Send + Sync>,
    caller: Arc<Baton>,
}

enum Pick {
    Run(Runnable, Turn),
    Resume(Arc<Baton>),
    Nothing(Errand),
}

impl Seeded {
    /// A scheduler with nothing to run, whose choices come from this seed.
    pub fn new(seed: u64) -> Arc<Self> {
        let state = State {
            random: Random::new(seed),
            ready: Vec::new(),
            blocked: Vec::new(),
            spares: Vec::new(),
            errand: None,
            runners: Vec::new(),
            held: 0,
            stopping: false,
        };
        Arc::new(Self(Arc::new(Shared {
            state: Mutex::new(state),
            driving: Mutex::new(()),
        })))
    }

    /// Runs until nothing is ready.
    pub fn run_until_idle(&self) {
        self.run_while(|| false);
    }

    /// Runs until nothing is ready and `goes_on`, asked then, says that there is no more to come.
    ///
    /// It is asked on a runner's thread, while the calling one waits.
    ///
    /// # Panics
    ///
    /// It is called from inside of a turn, which would wait for itself.
    pub fn run_while(&self, goes_on: impl Fn() -> bool + Send + Sync + 'static) {
        assert!(!is_runner(), "a turn cannot wait for itself to end");
        let _driving = self.0.driving.lock();
        let caller = Arc::new(Baton::default());
        let errand = Errand {
            goes_on: Arc::new(goes_on),
            caller: caller.clone(),
        };
        let runner = {
            let mut state = self.0.state.lock();
            state.errand = Some(errand);
            Shared::runner(&self.0, &mut state)
        };
        runner.give();
        caller.take();
    }
}

impl Schedule for Seeded {
    fn schedule(&self, runnable: Runnable) {
        let mut state = self.0.state.lock();
        if !state.stopping {
            return state.ready.push(runnable);
        }
        drop(state);
        drop(runnable);
    }

    fn hold(&self) {
        self.0.state.lock().held += 1;
    }

    fn release(&self) {
        self.0.state.lock().held -= 1;
    }

    fn is_quiescent(&self) -> bool {
        let state = self.0.state.lock();
        let open = state.blocked.iter().any(|blocked| blocked.latch.is_open());
        state.ready.is_empty() && state.held == 0 && state.errand.is_none() && !open
    }

    fn settle_turns(&self) {
        self.run_until_idle();
    }

    fn workers(&self) -> usize {
        1
    }

    fn is_inside(&self) -> bool {
        is_runner()
    }

    fn stop(&self) {
        let _driving = self.0.driving.lock();
        let (ready, spares, runners) = {
            let mut state = self.0.state.lock();
            state.stopping = true;
            let blocked = state.blocked.len();
            if blocked > 0 {
                log::error!("a simulation ends while {blocked} turns still block");
                state.runners.clear();
            }
            let ready = std::mem::take(&mut state.ready);
            let spares = std::mem::take(&mut state.spares);
            (ready, spares, std::mem::take(&mut state.runners))
        };
        drop(ready);
        spares.iter().for_each(|spare| spare.give());
        for runner in runners {
            // A runner contains the panics of what it runs, and has none of its own.
            let _ = runner.join();
        }
    }
}

impl Drop for Seeded {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    /// A runner that waits for the baton: a spare, or else a new one.
    fn runner(shared: &Arc<Self>, state: &mut State) -> Arc<Baton> {
        if let Some(spare) = state.spares.pop() {
            return spare;
        }
        let baton = Arc::new(Baton::default());
        let (mine, owner) = (baton.clone(), shared.clone());
        let runner = thread::spawn("runner", move || Self::main(owner, mine));
        let runner = runner.expect("the operating system has a thread for each turn that blocks");
        state.runners.push(runner);
        baton
    }

    /// The life of a runner.
    fn main(self: Arc<Self>, baton: Arc<Baton>) {
        let _blocker = blocking::install(Rc::new(Runner(self.clone())));
        IS_RUNNER.with(|is_runner| is_runner.set(true));
        loop {
            baton.take();
            if self.state.lock().stopping {
                return;
            }
            self.work(&baton);
        }
    }

    /// Picks and runs until the baton is somebody else's.
    fn work(&self, mine: &Arc<Baton>) {
        loop {
            let next = match self.pick() {
                Pick::Run(runnable, turn) => {
                    self.run(runnable, turn);
                    continue;
                }
                Pick::Resume(blocked) => blocked,
                Pick::Nothing(errand) if (errand.goes_on)() => continue,
                Pick::Nothing(errand) => {
                    self.state.lock().errand = None;
                    errand.caller
                }
            };
            self.state.lock().spares.push(mine.clone());
            return next.give();
        }
    }

    fn pick(&self) -> Pick {
        let mut state = self.state.lock();
        let open = |blocked: &Blocked| blocked.latch.is_open();
        let resumable = state.blocked.iter().filter(|blocked| open(blocked)).count();
        let choices = state.ready.len() + resumable;
        if choices == 0 {
            let errand = state.errand.clone();
            return Pick::Nothing(errand.expect("a runner has the baton only on an errand"));
        }
        let choice = state.random.below(choices);
        if choice < state.ready.len() {
            let events = 1 + state.random.below(EVENTS_A_TURN) as u32;
            let turn = Turn::new(&Budget {
                events,
                slice: None,
            });
            return Pick::Run(state.ready.swap_remove(choice), turn);
        }
        let nth = choice - state.ready.len();
        let mut opened = (0..state.blocked.len()).filter(|index| open(&state.blocked[*index]));
        let index = opened.nth(nth).expect("a latch that is open stays so");
        drop(opened);
        Pick::Resume(state.blocked.remove(index).baton)
    }

    fn run(&self, runnable: Runnable, mut turn: Turn) {
        match catch_unwind(AssertUnwindSafe(|| runnable.run(&mut turn))) {
            Ok(None) => {}
            Ok(Some(more)) => self.state.lock().ready.push(more),
            Err(_) => log::error!("a turn ended by a panic"),
        }
    }
}

/// Lets a turn block: its thread waits until it is picked again.
struct Runner(Arc<Shared>);

impl Blocker for Runner {
    fn wait(&self, latch: &Latch) {
        let baton = Arc::new(Baton::default());
        let next = {
            let mut state = self.0.state.lock();
            state.blocked.push(Blocked {
                latch: latch.clone(),
                baton: baton.clone(),
            });
            Shared::runner(&self.0, &mut state)
        };
        next.give();
        baton.take();
    }

    /// In a simulation nothing outside is waited for: nobody may go on meanwhile, or the order
    /// would be a matter of how long it takes.
    fn section(&self, body: &mut dyn FnMut()) {
        body();
    }
}

/// The right to run; one thread waits for each.
#[derive(Default)]
struct Baton {
    given: Mutex<bool>,
    changed: Condvar,
}

impl Baton {
    fn give(&self) {
        *self.given.lock() = true;
        self.changed.notify_one();
    }

    fn take(&self) {
        let mut given = self.given.lock();
        while !*given {
            self.changed.wait(&mut given);
        }
        *given = false;
    }
}

fn is_runner() -> bool {
    IS_RUNNER.with(std::cell::Cell::get)
}

impl fmt::Debug for Seeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seeded").finish_non_exhaustive()
    }
}

thread::local! {
    static IS_RUNNER: std::cell::Cell<bool> = std::cell::Cell::new(false);
}

/// A turn serves up to so many events, as many as the seed says: others come between them often.
const EVENTS_A_TURN: usize = 16;
