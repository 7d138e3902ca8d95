//! What few futures have: callbacks that look at the outcome, and wishes to hear of a discard.
//!
//! They live in a box behind a lock, which is never touched by a future that has none. The lock is
//! held to move callbacks in and out, never while one runs.

use crate::primitive::sync::{Mutex, Weak};

use super::Error;
use super::discard::Discardable;
use super::state::State;

/// A callback that sees the outcome.
pub(super) type Listener<T> = Box<dyn FnOnce(Result<&T, &Error>) + Send>;

/// The callbacks of a cell.
pub(super) struct Listeners<T>(Mutex<Option<Box<Lists<T>>>>);

struct Lists<T> {
    /// For one kind of outcome; they run before those for any.
    one: Vec<Listener<T>>,
    any: Vec<Listener<T>>,
    discard: Vec<Box<dyn FnOnce() + Send>>,
    /// Whose outcome this one waits for, so that a discard goes on to it. Weak: to wait for a
    /// future keeps nobody alive.
    upstream: Option<Weak<dyn Discardable>>,
}

/// Which listeners run first.
#[derive(Clone, Copy)]
pub(super) enum Rank {
    /// Those for one kind of outcome.
    One,
    /// Those for any.
    Any,
}

impl<T> Listeners<T> {
    pub(super) fn new(upstream: Option<Weak<dyn Discardable>>) -> Self {
        Self(Mutex::new(upstream.map(|upstream| {
            Box::new(Lists {
                upstream: Some(upstream),
                ..Lists::default()
            })
        })))
    }

    /// Adds a listener; gives it back if the outcome is there already.
    pub(super) fn add(
        &self,
        state: &State,
        rank: Rank,
        listener: Listener<T>,
    ) -> Result<(), Listener<T>> {
        let mut lists = self.0.lock();
        if state.announce_listeners().kind().is_some() {
            return Err(listener);
        }
        let lists = lists.get_or_insert_default();
        match rank {
            Rank::One => lists.one.push(listener),
            Rank::Any => lists.any.push(listener),
        }
        Ok(())
    }

    /// Adds a callback for a discard; gives it back if that was requested already.
    pub(super) fn add_discard(
        &self,
        state: &State,
        callback: Box<dyn FnOnce() + Send>,
    ) -> Result<(), Box<dyn FnOnce() + Send>> {
        let mut lists = self.0.lock();
        // Whoever requests a discard sets the flag and then comes for the callbacks: either the
        // flag is here now, or the callbacks are here then.
        let view = state.announce_listeners();
        if view.has_discard() {
            return Err(callback);
        }
        if view.kind().is_none() {
            lists.get_or_insert_default().discard.push(callback);
            return Ok(());
        }
        // Nobody will ever call it. It is dropped outside of the lock.
        drop(lists);
        drop(callback);
        Ok(())
    }

    /// From now on a discard goes on to `upstream`; says whether one was requested before.
    pub(super) fn set_upstream(&self, state: &State, upstream: Weak<dyn Discardable>) -> bool {
        let mut lists = self.0.lock();
        lists.get_or_insert_default().upstream = Some(upstream);
        state.view().has_discard()
    }

    /// Takes what a requested discard has to call, and where it goes on to.
    pub(super) fn take_discard(&self) -> Option<Discards> {
        let mut lists = self.0.lock();
        let lists = lists.as_mut()?;
        Some(Discards {
            callbacks: std::mem::take(&mut lists.discard),
            upstream: lists.upstream.take(),
        })
    }

    /// Runs all listeners that are here now, those for one kind first, and drops what waits for a
    /// discard.
    pub(super) fn run(&self, state: &State, outcome: &Result<T, Error>) {
        let taken = {
            let mut lists = self.0.lock();
            state.clear_listeners();
            lists.take()
        };
        let Some(lists) = taken else { return };
        for listener in lists.one.into_iter().chain(lists.any) {
            listener(outcome.as_ref());
        }
    }
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            one: Vec::new(),
            any: Vec::new(),
            discard: Vec::new(),
            upstream: None,
        }
    }
}

/// What a requested discard has to do.
pub(super) struct Discards {
    pub(super) callbacks: Vec<Box<dyn FnOnce() + Send>>,
    pub(super) upstream: Option<Weak<dyn Discardable>>,
}
