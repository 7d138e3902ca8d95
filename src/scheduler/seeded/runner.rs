//! The threads of a seeded scheduler, and the baton that one of them has.
//!
//! The thread with the baton runs turn after turn. It gives the baton away in three cases:
//!
//! - a turn on it blocks: to any thread without a turn, and it gets the baton back when the
//!   latch is open and chance picks the turn;
//! - chance picks a turn that was blocked on another thread: to that thread;
//! - nothing can run: to whoever asked for the run.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr;
use std::rc::Rc;

use super::super::contain::contain;
use super::super::runnable::Runnable;
use super::super::turn::Turn;
use super::{Blocked, Idle, Next, State, World};
use crate::primitive::blocking::{self, Blocker, Latch};
use crate::primitive::sync::{Arc, Condvar, Mutex};
use crate::primitive::thread;

/// Where a thread waits for the baton.
#[derive(Default)]
pub(super) struct Seat {
    orders: Mutex<Option<Orders>>,
    given: Condvar,
}

/// What a waiting thread is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orders {
    /// The baton is yours.
    Go,
    /// The baton is yours, and your latch will never open.
    Unwind,
    /// The scheduler is over.
    Leave,
}

/// A thread of a seeded scheduler.
pub(super) struct Runner {
    world: Arc<World>,
    seat: Arc<Seat>,
}

impl Seat {
    pub(super) fn give(&self, orders: Orders) {
        *self.orders.lock() = Some(orders);
        self.given.notify_one();
    }

    fn wait(&self) -> Orders {
        let mut orders = self.orders.lock();
        loop {
            if let Some(orders) = orders.take() {
                return orders;
            }
            self.given.wait(&mut orders);
        }
    }
}

impl Runner {
    /// Gives the baton to a thread without a turn, if need be a new one.
    ///
    /// # Errors
    ///
    /// When the OS has no thread left to give.
    pub(super) fn pass_on(world: &Arc<World>, state: &mut State) -> io::Result<()> {
        if let Some(seat) = state.spares.pop() {
            seat.give(Orders::Go);
        } else {
            let world = Arc::clone(world);
            state
                .threads
                .push(thread::spawn("seeded", move || Self::main(world))?);
        }
        state.running = true;
        Ok(())
    }

    /// Whether the calling thread is one of this scheduler's.
    pub(super) fn is_of(world: &World) -> bool {
        ptr::eq(CURRENT.with(Cell::get), world)
    }

    fn main(world: Arc<World>) {
        CURRENT.with(|current| current.set(Arc::as_ptr(&world)));
        let runner = Rc::new(Self {
            world,
            seat: Arc::default(),
        });
        let _blocker = blocking::install(runner.clone());
        runner.drive();
    }

    /// Has the baton, again and again, until told to leave.
    fn drive(&self) {
        loop {
            let next = self.world.state.lock().next();
            let orders = match next {
                Next::Turn(runnable, turn) => {
                    self.turn(runnable, turn);
                    continue;
                }
                Next::Discard(runnable) => {
                    contain(|| drop(runnable));
                    continue;
                }
                Next::Idle(idle) => {
                    self.idle(idle);
                    continue;
                }
                Next::Resume(seat, orders) => self.resume(&seat, orders),
                Next::Done => self.done(),
            };
            if orders == Orders::Leave {
                return;
            }
        }
    }

    fn turn(&self, runnable: Runnable, mut turn: Turn) {
        if let Some(Some(more)) = contain(|| runnable.run(&mut turn)) {
            self.world.state.lock().runnables.push(more);
        }
    }

    /// Asks whether to look again; if not, the run has no such question any more.
    fn idle(&self, mut idle: Idle) {
        let again = catch_unwind(AssertUnwindSafe(&mut idle));
        let mut state = self.world.state.lock();
        match again {
            Ok(true) => state.run.idle = Some(idle),
            Ok(false) => {}
            Err(panic) => state.run.panic = Some(panic),
        }
    }

    /// Gives the baton to a thread whose turn goes on.
    fn resume(&self, seat: &Seat, orders: Orders) -> Orders {
        self.world.state.lock().spares.push(Arc::clone(&self.seat));
        seat.give(orders);
        self.seat.wait()
    }

    /// Gives the baton to whoever asked for the run.
    fn done(&self) -> Orders {
        let mut state = self.world.state.lock();
        state.running = false;
        state.spares.push(Arc::clone(&self.seat));
        let done = state.run.done.clone();
        drop(state);
        done.open();
        self.seat.wait()
    }
}

impl Blocker for Runner {
    fn wait(&self, latch: &Latch) {
        let mut state = self.world.state.lock();
        let seat = Arc::clone(&self.seat);
        state.blocked.push(Blocked {
            latch: latch.clone(),
            seat,
        });
        if let Err(error) = Self::pass_on(&self.world, &mut state) {
            state.blocked.pop();
            drop(state);
            panic!("no thread to go on with while this one blocks: {error}");
        }
        drop(state);
        if self.seat.wait() == Orders::Unwind {
            resume_unwind(Box::new("the scheduler stops while this blocks"));
        }
    }

    /// Other turns do not run meanwhile: what the body waits for is not in this world.
    fn section(&self, body: &mut dyn FnMut()) {
        body();
    }
}

thread::local! {
    /// The scheduler that this thread belongs to.
    static CURRENT: Cell<*const World> = Cell::new(ptr::null());
}
