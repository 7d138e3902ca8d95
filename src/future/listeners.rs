//! What few futures have: callbacks that look at the outcome, and wishes to hear of a discard.
//!
//! They stand behind a lock, which is not touched to complete or to poll a future that has none.
//! It is held to move callbacks in and out, never while one runs or is dropped.

use smallvec::SmallVec;

use crate::primitive::sync::Mutex;

use super::Error;
use super::counted::Weak;
use super::state::State;

/// A callback that sees the outcome.
pub(super) type Listener<T> = Box<dyn FnOnce(Result<&T, &Error>) + Send>;

/// A callback for a requested discard.
pub(super) type DiscardListener = Box<dyn FnOnce() + Send>;

/// The callbacks of a cell.
pub(super) struct Listeners<T>(Mutex<Inner<T>>);

struct Inner<T> {
    lists: Option<Box<Lists<T>>>,
    /// Whose outcome this one waits for, so that a discard goes on to it. Weak: to wait for a
    /// future keeps nobody alive.
    upstream: Option<Weak>,
}

struct Lists<T> {
    /// For one kind of outcome; they run before those for any.
    one: SmallVec<[Listener<T>; 1]>,
    any: SmallVec<[Listener<T>; 1]>,
    discard: SmallVec<[DiscardListener; 1]>,
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
    pub(super) fn new(upstream: Option<Weak>) -> Self {
        Self(Mutex::new(Inner {
            lists: None,
            upstream,
        }))
    }

    /// Adds a listener; gives it back if the outcome is there already.
    pub(super) fn add(
        &self,
        state: &State,
        rank: Rank,
        listener: Listener<T>,
    ) -> Result<(), Listener<T>> {
        let mut inner = self.0.lock();
        if state.announce_listeners().kind().is_some() {
            return Err(listener);
        }
        let lists = inner.lists.get_or_insert_default();
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
        callback: DiscardListener,
    ) -> Result<(), DiscardListener> {
        let mut inner = self.0.lock();
        // Whoever requests a discard sets the flag and then comes for the callbacks: either the
        // flag is here now, or the callbacks are here then.
        let view = state.announce_listeners();
        if view.has_discard() {
            return Err(callback);
        }
        if view.kind().is_none() {
            inner.lists.get_or_insert_default().discard.push(callback);
            return Ok(());
        }
        drop(inner);
        // Nobody will ever call it.
        drop(callback);
        Ok(())
    }

    /// From now on a discard goes on to `upstream`; says whether one was requested before.
    pub(super) fn set_upstream(&self, state: &State, upstream: Weak) -> bool {
        self.0.lock().upstream = Some(upstream);
        // The request sets its flag before it comes for the upstream: if it came too early for
        // this one, the flag is here.
        state.view().has_discard()
    }

    /// Takes what a requested discard has to call, and where it goes on to.
    pub(super) fn take_discard(&self) -> Discards {
        let mut inner = self.0.lock();
        let lists = inner.lists.as_mut();
        let callbacks = lists
            .map(|lists| std::mem::take(&mut lists.discard))
            .unwrap_or_default();
        Discards {
            callbacks,
            upstream: inner.upstream.take(),
        }
    }

    /// Runs all listeners that are here now, those for one kind first, and drops what waits for a
    /// discard.
    pub(super) fn run(&self, state: &State, outcome: &Result<T, Error>) {
        let taken = {
            let mut inner = self.0.lock();
            state.clear_listeners();
            inner.lists.take()
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
            one: SmallVec::new(),
            any: SmallVec::new(),
            discard: SmallVec::new(),
        }
    }
}

/// What a requested discard has to do.
pub(super) struct Discards {
    pub(super) callbacks: SmallVec<[DiscardListener; 1]>,
    pub(super) upstream: Option<Weak>,
}
