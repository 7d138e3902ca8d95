//! The threads of a pool: who runs a core, who waits on the bench for one, who has left.
//!
//! A pool has as many cores as workers, and at least as many threads. A thread whose turn blocks
//! lends its core to a thread from the bench, or to a new one. When it comes back it has no core:
//! it ends its turn, and then sits on the bench, or leaves if enough sit there already.
//!
//! A thread that leaves joins the one that left before it. So however many come and go, the pool
//! remembers one of them at most, and stopping it joins every thread that it ever had.

use std::io;

use super::Shared;
use super::worker::{Core, Worker};
use crate::primitive::hash::Map;
use crate::primitive::sync::{Arc, Condvar, Mutex};
use crate::primitive::thread::{self, JoinHandle};

/// The cores that nobody runs and the threads of a pool.
#[derive(Default)]
pub(super) struct Bench {
    seats: Mutex<Seats>,
    changed: Condvar,
}

#[derive(Default)]
struct Seats {
    cores: Vec<Core>,
    waiting: usize,
    stopping: bool,
    threads: Map<u64, JoinHandle<()>>,
    started: u64,
    left: Option<JoinHandle<()>>,
}

impl Bench {
    /// Gives a core to a waiting thread, or to a new one.
    ///
    /// # Errors
    ///
    /// When the OS has no thread left to give; the core comes back.
    pub(super) fn lend(shared: &Arc<Shared>, core: Core) -> Result<(), (Core, io::Error)> {
        let bench = &shared.bench;
        let mut seats = bench.seats.lock();
        seats.cores.push(core);
        if seats.stopping {
            bench.changed.notify_all();
        } else if seats.cores.len() <= seats.waiting {
            bench.changed.notify_one();
        } else if let Err(error) = seats.start(shared) {
            let core = seats.cores.pop().expect("it was put there under this lock");
            return Err((core, error));
        }
        Ok(())
    }

    /// Waits for a core. None if this thread is to leave.
    pub(super) fn take(&self, spares: usize) -> Option<Core> {
        let mut seats = self.seats.lock();
        while !seats.stopping {
            if let Some(core) = seats.cores.pop() {
                return Some(core);
            }
            if seats.waiting >= spares {
                return None;
            }
            seats.waiting += 1;
            self.changed.wait(&mut seats);
            seats.waiting -= 1;
        }
        None
    }

    /// Gives a core back, since the pool stops.
    pub(super) fn give_back(&self, core: Core) {
        self.seats.lock().cores.push(core);
        self.changed.notify_all();
    }

    /// From here on threads leave instead of waiting, and cores stay here.
    pub(super) fn close(&self) {
        self.seats.lock().stopping = true;
        self.changed.notify_all();
    }

    /// Waits until nobody runs a core, and hands what `visit` needs of each.
    pub(super) fn await_cores(&self, count: usize, visit: impl FnMut(&Core)) {
        let mut seats = self.seats.lock();
        while seats.cores.len() < count {
            self.changed.wait(&mut seats);
        }
        let cores = std::mem::take(&mut seats.cores);
        drop(seats);
        cores.iter().for_each(visit);
        self.seats.lock().cores = cores;
        // Somebody else may stop the pool too, and wait for the same cores.
        self.changed.notify_all();
    }

    /// Joins every thread.
    pub(super) fn join(&self) {
        // A thread that leaves needs the lock, so that it is not held while one is joined.
        let next = || self.seats.lock().any_thread();
        while let Some(thread) = next() {
            // A worker that panicked has said so; there is nobody to tell again.
            drop(thread.join());
        }
    }

    /// How many threads there are.
    pub(super) fn threads(&self) -> usize {
        self.seats.lock().threads.len()
    }

    /// The last act of a thread.
    fn leave(&self, id: u64) {
        let mut seats = self.seats.lock();
        let own = seats.threads.remove(&id);
        let before = own.and_then(|own| seats.left.replace(own));
        drop(seats);
        if let Some(before) = before {
            drop(before.join());
        }
    }
}

impl Seats {
    fn start(&mut self, shared: &Arc<Shared>) -> io::Result<()> {
        let id = self.started;
        let shared = Arc::clone(shared);
        let thread = thread::spawn(&format!("worker-{id}"), move || {
            Worker::main(&shared);
            shared.bench.leave(id);
        })?;
        self.started += 1;
        self.threads.insert(id, thread);
        Ok(())
    }

    fn any_thread(&mut self) -> Option<JoinHandle<()>> {
        let id = self.threads.keys().next().copied();
        id.and_then(|id| self.threads.remove(&id))
            .or_else(|| self.left.take())
    }
}
