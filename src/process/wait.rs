//! Blocking until a process has ended, and the two ways in which that could never happen.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::{AnyProcess, Context, Process, ProcessManager, slot};
use crate::address::Upid;
use crate::primitive::blocking::Latch;
use crate::primitive::sync::{Arc, Mutex};

/// A wait that would never have ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitError {
    /// The process waits for itself.
    Itself(Upid),
    /// Each of these processes waits for the next, and the last for the first.
    Cycle(Vec<Upid>),
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Itself(upid) => write!(f, "{upid} would wait for itself"),
            Self::Cycle(upids) => {
                f.write_str("processes would wait for each other in a cycle: ")?;
                for upid in upids {
                    write!(f, "{upid} -> ")?;
                }
                write!(f, "{}", upids[0])
            }
        }
    }
}

impl Error for WaitError {}

/// Which process blocks, without a limit, until which other has ended. Only such a wait touches it.
#[derive(Default)]
pub(super) struct Waits(Mutex<BTreeMap<u64, Wait>>);

/// What one process waits for; several threads of one process cannot wait at once.
struct Wait {
    waiter: Upid,
    target: u64,
}

impl Waits {
    /// Notes that `waiter` is about to wait for `target`, unless that closes a cycle.
    ///
    /// A wait is noted before it begins and under one lock, so of the waits that form a cycle the
    /// last one sees the others. That one fails; the others go on, and end if its process does.
    fn begin(&self, waiter: &dyn AnyProcess, target: &dyn AnyProcess) -> Result<(), WaitError> {
        let (waiter, target) = (waiter.core(), target.core());
        if waiter.serial() == target.serial() {
            return Err(WaitError::Itself(waiter.upid().clone()));
        }
        let mut waits = self.0.lock();
        let mut cycle = vec![waiter.upid().clone()];
        let mut at = target.serial();
        while let Some(wait) = waits.get(&at) {
            cycle.push(wait.waiter.clone());
            at = wait.target;
            if at == waiter.serial() {
                return Err(WaitError::Cycle(cycle));
            }
        }
        let wait = Wait {
            waiter: waiter.upid().clone(),
            target: target.serial(),
        };
        waits.insert(waiter.serial(), wait);
        Ok(())
    }

    fn end(&self, waiter: &dyn AnyProcess) {
        self.0.lock().remove(&waiter.core().serial());
    }
}

impl ProcessManager {
    /// Blocks until a process has ended; whether there was one.
    ///
    /// A name of another runtime is not waited for: `false`, as libprocess does.
    ///
    /// # Errors
    ///
    /// A process cannot wait for itself, nor for one that waits, over however many others, for it.
    pub fn wait(&self, upid: &Upid) -> Result<bool, WaitError> {
        match self.find_upid(upid) {
            Some(process) => self.wait_for_process(&*process),
            None => Ok(false),
        }
    }

    /// Blocks until a process has ended or the clock has moved on by `limit`; whether the process
    /// has ended, or never was.
    ///
    /// For a process at another address it waits, as libprocess does, until the connection to
    /// there breaks.
    ///
    /// # Errors
    ///
    /// A process cannot wait for itself. Any other wait with a limit ends.
    pub fn wait_for(self: &Arc<Self>, upid: &Upid, limit: Duration) -> Result<bool, WaitError> {
        if upid.address() != self.address() {
            return self.wait_for_link(upid, limit);
        }
        match self.find_upid(upid) {
            Some(process) => self.wait_for_process_until(&*process, limit),
            None => Ok(true),
        }
    }

    pub(super) fn wait_for_process(&self, target: &dyn AnyProcess) -> Result<bool, WaitError> {
        let latch = Latch::new();
        let wait = || {
            let runs = target.core().ending().open_at_end(&latch).is_some();
            if runs {
                latch.wait();
            }
            runs
        };
        slot::current(|waiter| {
            // Processes of other runtimes have serial numbers of their own.
            let Some(waiter) = waiter.filter(|waiter| self.owns(waiter.core())) else {
                return Ok(wait());
            };
            if let Err(error) = self.waits().begin(waiter, target) {
                log::error!("deadlock: {error}");
                return Err(error);
            }
            let ran = wait();
            self.waits().end(waiter);
            Ok(ran)
        })
    }

    pub(super) fn wait_for_process_until(
        &self,
        target: &dyn AnyProcess,
        limit: Duration,
    ) -> Result<bool, WaitError> {
        let is_target = |waiter: &dyn AnyProcess| std::ptr::eq(waiter.core(), target.core());
        if slot::current(|waiter| waiter.is_some_and(is_target)) {
            return Err(WaitError::Itself(target.core().upid().clone()));
        }
        let latch = Latch::new();
        let ending = target.core().ending();
        let Some(ticket) = ending.open_at_end(&latch) else {
            return Ok(true);
        };
        if !limit.is_zero() {
            self.wait_until(&latch, limit);
        }
        ending.forget(ticket);
        Ok(ending.has_come())
    }

    /// Waits for a latch, but opens it itself once the time is up.
    fn wait_until(&self, latch: &Latch, limit: Duration) {
        let opener = latch.clone();
        let timer = self.clock().timer(limit, move || {
            opener.open();
        });
        latch.wait();
        timer.cancel();
    }

    /// Waits for a connection to break, through a process that is linked over it.
    fn wait_for_link(self: &Arc<Self>, upid: &Upid, limit: Duration) -> Result<bool, WaitError> {
        let Ok(watcher) = self.spawn(LinkWatcher(upid.clone())) else {
            return Ok(false);
        };
        let broke = watcher.wait_for(limit);
        watcher.terminate();
        broke
    }
}

/// Ends when a connection breaks.
struct LinkWatcher(Upid);

impl Process for LinkWatcher {
    fn prefix(&self) -> &str {
        "__waiter__"
    }

    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.link(&self.0);
    }

    fn exited(&mut self, ctx: &mut Context<Self>, _pid: &Upid) {
        ctx.terminate();
    }
}
