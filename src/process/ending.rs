//! Links and waits: who is to learn that a process has ended.
//!
//! Every process keeps, under a lock of its own, a list of those who asked: the processes linked
//! to it and the latches of those who wait for it. There is no table of links for the whole
//! runtime, so that two links contend only when they are to the same process. The list is made at
//! the first link or wait; a process that nobody watches pays one pointer.
//!
//! # The protocol
//!
//! The list has two states, *running* and *ended*, and goes from the first to the second once.
//!
//! - **Link** takes the target's lock. Running: the linker is put on the list; twice is once.
//!   Ended, or no such process: the linker gets its `exited` at once.
//! - **End** happens on the worker that runs the dying process, in this order: its state is
//!   dropped; it is taken off the lists of those to which it linked itself; its routes leave
//!   `/help`; its mailbox is closed and emptied; it leaves the process table; the list is taken and
//!   marked ended under its lock; then, outside of the lock, `exited` is queued at every linker, in
//!   the order in which they were spawned; and last the latches open.
//!
//! Since a linker goes on the list or sees *ended* under one lock, it gets exactly one `exited`
//! for each registration. A registration is gone when it fires: to hear of a successor, link
//! again. Since latches open last, `exited` is queued everywhere before any wait returns, and since
//! the process left the table before that, its id may be used again by then.
//!
//! No lock is held while another is taken: a process takes its own, lets go, and then takes its
//! targets', one by one. Two processes linked to each other may die at once: each queues `exited`
//! at the other's closed mailbox, where it is dropped. A process linked to itself is the same case.
//!
//! A link to another address is not kept here: the [`Transport`](super::Transport) has it, and
//! tells through [`Inbound::exited`](super::Inbound::exited) when the connection broke. Such an
//! `exited` says nothing about the process at the other end, only about the way to it.

use std::collections::BTreeMap;
use std::mem;

use super::cell::{AnyProcess, Core};
use crate::primitive::blocking::Latch;
use crate::primitive::sync::{Arc, Mutex};

/// The list of those who asked, and whether the end has come.
#[derive(Default)]
pub(super) struct Ending(Mutex<State>);

enum State {
    Running(Option<Box<Watchers>>),
    Ended,
}

/// Those who are to learn of an end.
#[derive(Default)]
pub(super) struct Watchers {
    /// By serial number, so that they are told in the order in which they were spawned.
    linkers: BTreeMap<u64, Arc<dyn AnyProcess>>,
    latches: BTreeMap<u64, Latch>,
    next_latch: u64,
}

impl Ending {
    /// Puts a linker on the list; false if the end has come already.
    #[must_use]
    pub(super) fn link(&self, linker: Arc<dyn AnyProcess>) -> bool {
        let serial = linker.core().serial();
        self.watch(|watchers| {
            watchers.linkers.entry(serial).or_insert(linker);
        })
        .is_some()
    }

    /// Takes a linker off the list, since it has ended itself.
    pub(super) fn unlink(&self, serial: u64) {
        let mut state = self.0.lock();
        let linker = match &mut *state {
            State::Running(Some(watchers)) => watchers.linkers.remove(&serial),
            _ => None,
        };
        drop(state);
        drop(linker);
    }

    /// Has a latch opened at the end; nothing if the end has come already.
    pub(super) fn open_at_end(&self, latch: &Latch) -> Option<u64> {
        self.watch(|watchers| {
            watchers.next_latch += 1;
            watchers.latches.insert(watchers.next_latch, latch.clone());
            watchers.next_latch
        })
    }

    /// Forgets a latch, since its owner waits no longer.
    pub(super) fn forget(&self, latch: u64) {
        if let State::Running(Some(watchers)) = &mut *self.0.lock() {
            watchers.latches.remove(&latch);
        }
    }

    /// Whether the end has come.
    pub(super) fn has_come(&self) -> bool {
        matches!(*self.0.lock(), State::Ended)
    }

    /// The end: whoever was on the list is to be told now.
    pub(super) fn come(&self) -> Option<Box<Watchers>> {
        match mem::replace(&mut *self.0.lock(), State::Ended) {
            State::Running(watchers) => watchers,
            State::Ended => None,
        }
    }

    fn watch<R>(&self, change: impl FnOnce(&mut Watchers) -> R) -> Option<R> {
        match &mut *self.0.lock() {
            State::Running(watchers) => Some(change(watchers.get_or_insert_default())),
            State::Ended => None,
        }
    }
}

impl Watchers {
    /// Queues `exited` at every linker.
    pub(super) fn tell_linkers(&mut self, ended: &Core) {
        for linker in mem::take(&mut self.linkers).into_values() {
            linker.exited(ended.upid().clone(), Some(ended.serial()));
        }
    }

    /// Lets all who wait go on.
    pub(super) fn open_latches(self) {
        for latch in self.latches.into_values() {
            latch.open();
        }
    }
}

impl Default for State {
    fn default() -> Self {
        Self::Running(None)
    }
}
