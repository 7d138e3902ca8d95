//! The worker pool.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::handle::Schedule;
use super::park::Park;
use super::runnable::Runnable;
use super::turn::{Budget, Turn};
use crate::primitive::sync::{Arc, Condvar, Mutex};
use crate::primitive::thread::{self, JoinHandle};

/// Threads that run runnables.
pub struct Pool {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    workers: usize,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    settled: Condvar,
    park: Arc<dyn Park>,
    budget: Budget,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Runnable>,
    busy: usize,
    parked: bool,
    stopping: bool,
}

impl Pool {
    /// Starts the workers.
    ///
    /// # Errors
    ///
    /// When the OS has no thread left to give.
    pub fn start(workers: usize, park: Arc<dyn Park>, budget: Budget) -> io::Result<Arc<Self>> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            settled: Condvar::new(),
            park,
            budget,
        });
        let pool = Arc::new(Self {
            shared,
            threads: Mutex::default(),
            workers,
        });
        for index in 0..workers {
            let shared = Arc::clone(&pool.shared);
            let thread = thread::spawn(&format!("worker-{index}"), move || shared.work())?;
            pool.threads.lock().push(thread);
        }
        Ok(pool)
    }
}

impl Shared {
    fn work(&self) {
        let mut state = self.state.lock();
        while !state.stopping {
            if let Some(runnable) = state.queue.pop_front() {
                state.busy += 1;
                drop(state);
                let mut turn = Turn::new(&self.budget);
                let more = catch_unwind(AssertUnwindSafe(|| runnable.run(&mut turn)));
                state = self.state.lock();
                state.busy -= 1;
                match more {
                    Ok(Some(more)) => state.queue.push_back(more),
                    Ok(None) => {}
                    Err(_) => log::error!("a runnable panicked out of its turn"),
                }
                if state.busy == 0 && state.queue.is_empty() {
                    self.settled.notify_all();
                }
            } else if state.parked {
                self.changed.wait(&mut state);
            } else {
                state.parked = true;
                drop(state);
                self.park.park(None);
                state = self.state.lock();
                state.parked = false;
            }
        }
    }
}

impl Schedule for Pool {
    fn schedule(&self, runnable: Runnable) {
        let mut state = self.shared.state.lock();
        if state.stopping {
            drop(state);
            return drop(runnable);
        }
        state.queue.push_back(runnable);
        if state.parked {
            self.shared.park.unpark();
        }
        drop(state);
        self.shared.changed.notify_one();
    }

    fn hold(&self) {
        self.shared.state.lock().busy += 1;
    }

    fn release(&self) {
        let mut state = self.shared.state.lock();
        state.busy -= 1;
        if state.busy == 0 && state.queue.is_empty() {
            self.shared.settled.notify_all();
        }
    }

    fn is_quiescent(&self) -> bool {
        let state = self.shared.state.lock();
        state.busy == 0 && state.queue.is_empty()
    }

    fn settle_turns(&self) {
        let mut state = self.shared.state.lock();
        while state.busy > 0 || !state.queue.is_empty() {
            self.shared.settled.wait(&mut state);
        }
    }

    fn workers(&self) -> usize {
        self.workers
    }

    fn stop(&self) {
        self.shared.state.lock().stopping = true;
        self.shared.changed.notify_all();
        self.shared.park.unpark();
        let threads = std::mem::take(&mut *self.threads.lock());
        for thread in threads {
            let _ = thread.join();
        }
        let queue = std::mem::take(&mut self.shared.state.lock().queue);
        drop(queue);
    }
}
