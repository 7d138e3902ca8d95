//! The one allocation that a promise and its future share.
//!
//! ```text
//!   Producer (a promise) ──► Cell { state, outcome, waiter, listeners } ◄── Consumer (a future)
//! ```
//!
//! Producer and consumer each exist once, so that every slot has one user at a time:
//!
//! - **outcome**: the producer's until the state gets a kind, the consumer's from then on, or the
//!   producer's still if the waiter was handed over (then there is no consumer any more).
//! - **waiter**: the consumer's while the state has neither `WAITER` nor a kind. If `WAITER` is set
//!   when the kind is, the waiter is the producer's from then on, else it stays the consumer's.
//!
//! Both hand-overs are single atomic operations on the state word, so that exactly one side sees
//! the other's. A consumer who polls again with another waker first withdraws `WAITER`; if the
//! producer was faster, the consumer finds the kind instead and has no use for a waker. The
//! producer takes the waiter only after it has published the kind; the cell outlives that, since
//! the producer holds a count of it.
//!
//! Listeners see the outcome before the kind is published, while the producer still owns it. One
//! that is added meanwhile sets `LISTENERS` again, and the producer's attempt to publish fails
//! until it has run them all.

#![expect(
    unsafe_code,
    reason = "two slots pass between two owners by the state word"
)]

use std::marker::PhantomData;
use std::task::{Context, Poll, Waker};

use crate::primitive::cell::UnsafeCell;
use crate::primitive::sync::assert_none_held;

use super::Error;
use super::chain::{self, Continuation, Next};
use super::counted::{End, Weak};
use super::discard::{Discardable, Discarder};
use super::listeners::{DiscardListener, Listener, Listeners, Rank};
use super::state::{Closing, Kind, Offer, State, View, Withdrawal};

/// What a promise and its future share.
pub(super) struct Cell<T> {
    state: State,
    outcome: UnsafeCell<Option<Result<T, Error>>>,
    waiter: UnsafeCell<Option<Waiter<T>>>,
    listeners: Listeners<T>,
}

enum Waiter<T> {
    /// Wants to be woken.
    Polling(Waker),
    /// Wants the outcome.
    Handed(Box<dyn Continuation<T>>),
}

// SAFETY: of the two slots each is used by one thread at a time, as the module says, and `T` may
// go from thread to thread. No shared reference to a `T` is given out unless `T: Sync`, since
// `Consumer` is `Sync` only then.
unsafe impl<T: Send> Sync for Cell<T> {}

/// Makes the two ends of a new cell.
pub(super) fn pair<T: Send + 'static>(upstream: Option<Weak>) -> (Producer<T>, Consumer<T>) {
    let (cell, same) = End::pair(Cell {
        state: State::new(),
        outcome: UnsafeCell::new(None),
        waiter: UnsafeCell::new(None),
        listeners: Listeners::new(upstream),
    });
    let consumer = Consumer {
        cell: same,
        shared_as: PhantomData,
    };
    (Producer { cell }, consumer)
}

/// The end that completes. Dropped before, it abandons.
pub(super) struct Producer<T: Send + 'static> {
    cell: End<Cell<T>>,
}

impl<T: Send + 'static> Producer<T> {
    /// Completes the future: runs the listeners, then wakes who polls, or gives back the
    /// continuation that is due.
    pub(super) fn complete(mut self, outcome: Result<T, Error>) -> Next {
        self.close(outcome)
    }

    pub(super) fn cell(&self) -> &Cell<T> {
        &self.cell
    }

    fn close(&mut self, outcome: Result<T, Error>) -> Next {
        let kind = kind(&outcome);
        self.cell.outcome.with_mut(|slot| {
            // SAFETY: there is no kind yet, so that the slot is the producer's: `complete`
            // consumes it, and `drop` looks first.
            let slot = unsafe { &mut *slot };
            *slot = Some(outcome);
        });
        loop {
            match self.cell.state.close(kind) {
                Closing::ListenersFirst => self.show(),
                Closing::Quiet => return None,
                Closing::Waiting => {
                    if let Some(Waiter::Polling(waker)) = self.take_waiter() {
                        assert_none_held();
                        waker.wake();
                    }
                    return None;
                }
                Closing::Handed(view) => return self.hand_over(view),
            }
        }
    }

    /// Shows the outcome to the listeners.
    fn show(&self) {
        assert_none_held();
        self.cell.outcome.with(|slot| {
            // SAFETY: there is no kind yet, so that the slot is the producer's.
            let slot = unsafe { &*slot };
            let outcome = slot
                .as_ref()
                .expect("the outcome is there before it is shown");
            self.cell.listeners.run(&self.cell.state, outcome);
        });
    }

    /// Only after the state was closed with a waiter.
    fn take_waiter(&mut self) -> Option<Waiter<T>> {
        // SAFETY: `WAITER` was set when the kind was, so that the slot is the producer's.
        self.cell.waiter.with_mut(|slot| unsafe { (*slot).take() })
    }

    /// Only after the state was closed with a waiter that was handed over.
    fn hand_over(&mut self, view: View) -> Next {
        // SAFETY: the consumer is gone, so that the slot is still the producer's.
        let outcome = self.cell.outcome.with_mut(|slot| unsafe { (*slot).take() });
        match (self.take_waiter(), outcome) {
            (Some(Waiter::Handed(continuation)), Some(outcome)) => due(continuation, outcome, view),
            _ => unreachable!("a waiter that was handed over is a continuation"),
        }
    }
}

impl<T: Send + 'static> Drop for Producer<T> {
    fn drop(&mut self) {
        if self.cell.state.view().kind().is_none() {
            chain::run(self.close(Err(Error::Abandoned)));
        }
    }
}

/// The end that gets the outcome. Dropped before, it lets go of its waker; listeners stay.
pub(super) struct Consumer<T: Send + 'static> {
    cell: End<Cell<T>>,
    /// `Sync` only if `T` is, since it lends the outcome; the box makes it `Unpin` in any case.
    shared_as: PhantomData<Box<T>>,
}

impl<T: Send + 'static> Consumer<T> {
    pub(super) fn view(&self) -> View {
        self.cell.state.view()
    }

    pub(super) fn cell(&self) -> &Cell<T> {
        &self.cell
    }

    pub(super) fn discarder(&self) -> Discarder {
        Discarder::new(&self.cell)
    }

    /// The outcome, if it is there and was not taken.
    pub(super) fn outcome(&self) -> Option<&Result<T, Error>> {
        self.view().kind()?;
        // SAFETY: there is a kind, so that the slot is the consumer's; what takes from it borrows
        // the consumer mutably.
        let slot = self.cell.outcome.with(|slot| unsafe { &*slot });
        slot.as_ref()
    }

    /// Takes the outcome if it is there, with whether a discard was requested before.
    pub(super) fn try_take(mut self) -> Result<(Result<T, Error>, bool), Self> {
        let view = self.view();
        if view.kind().is_none() {
            return Err(self);
        }
        Ok((self.take(), view.has_discard()))
    }

    /// Takes the outcome, or leaves a waker.
    pub(super) fn poll(&mut self, context: &Context<'_>) -> Poll<Result<T, Error>> {
        if !self.owns_waiter() {
            return Poll::Ready(self.take());
        }
        self.cell.waiter.with_mut(|slot| {
            // SAFETY: the slot is the consumer's, as was just found.
            match unsafe { &mut *slot } {
                Some(Waiter::Polling(waker)) => waker.clone_from(context.waker()),
                slot => *slot = Some(Waiter::Polling(context.waker().clone())),
            }
        });
        match self.cell.state.offer_waiter(false) {
            Offer::Accepted => Poll::Pending,
            Offer::TooLate(_) => Poll::Ready(self.take()),
        }
    }

    /// Leaves a continuation that gets the outcome; gives it back if it is due already.
    pub(super) fn hand_over(mut self, continuation: Box<dyn Continuation<T>>) -> Next {
        if !self.owns_waiter() {
            let view = self.view();
            return due(continuation, self.take(), view);
        }
        self.put_waiter(Some(Waiter::Handed(continuation)));
        match self.cell.state.offer_waiter(true) {
            Offer::Accepted => None,
            Offer::TooLate(view) => match self.put_waiter(None) {
                Some(Waiter::Handed(continuation)) => due(continuation, self.take(), view),
                _ => unreachable!("nobody else touched the waiter"),
            },
        }
    }

    /// Lets a listener see the outcome: now, or when it comes.
    pub(super) fn listen(&self, rank: Rank, listener: Listener<T>) {
        if let Err(listener) = self.cell.listeners.add(&self.cell.state, rank, listener) {
            listener(self.outcome().expect(TAKEN).as_ref());
        }
    }

    /// Makes the waiter slot the consumer's; `false` if the outcome is there instead.
    fn owns_waiter(&mut self) -> bool {
        let view = self.view();
        if view.kind().is_some() {
            return false;
        }
        !view.has_waiter() || matches!(self.cell.state.withdraw_waiter(), Withdrawal::Yours)
    }

    /// Only while the waiter slot is the consumer's.
    fn put_waiter(&mut self, waiter: Option<Waiter<T>>) -> Option<Waiter<T>> {
        self.cell.waiter.with_mut(|slot| {
            // SAFETY: the slot is the consumer's.
            let slot = unsafe { &mut *slot };
            std::mem::replace(slot, waiter)
        })
    }

    /// Only after the state got a kind.
    fn take(&mut self) -> Result<T, Error> {
        // SAFETY: there is a kind, so that the slot is the consumer's.
        self.cell
            .outcome
            .with_mut(|slot| unsafe { (*slot).take() })
            .expect(TAKEN)
    }
}

impl<T: Send + 'static> Drop for Consumer<T> {
    fn drop(&mut self) {
        let view = self.view();
        if view.has_waiter() && !view.is_handed() && self.owns_waiter() {
            drop(self.put_waiter(None));
        }
    }
}

impl<T: Send + 'static> Cell<T> {
    pub(super) fn has_discard(&self) -> bool {
        self.state.view().has_discard()
    }

    pub(super) fn forget_discard(&self) {
        self.state.forget_discard();
    }

    /// Calls `callback` when a discard is requested, or now if one was.
    pub(super) fn on_discard(&self, callback: DiscardListener) {
        if let Err(callback) = self.listeners.add_discard(&self.state, callback) {
            callback();
        }
    }

    /// From now on a discard goes on to `upstream`, and one that was requested goes there now.
    pub(super) fn set_upstream(&self, upstream: Discarder) {
        if self
            .listeners
            .set_upstream(&self.state, upstream.clone().into_weak())
        {
            upstream.discard();
        }
    }
}

impl<T: Send + 'static> Discardable for Cell<T> {
    fn request_discard(&self) -> Option<Option<Weak>> {
        if !self.state.request_discard() {
            return None;
        }
        let discards = self.listeners.take_discard();
        assert_none_held();
        for callback in discards.callbacks {
            callback();
        }
        Some(discards.upstream)
    }
}

fn due<T: Send + 'static>(
    mut continuation: Box<dyn Continuation<T>>,
    outcome: Result<T, Error>,
    view: View,
) -> Next {
    continuation.give(outcome, view.has_discard());
    Some(continuation)
}

fn kind<T>(outcome: &Result<T, Error>) -> Kind {
    match outcome {
        Ok(_) => Kind::Ready,
        Err(Error::Failed(_)) => Kind::Failed,
        Err(Error::Discarded) => Kind::Discarded,
        Err(Error::Abandoned) => Kind::Abandoned,
    }
}

const TAKEN: &str = "a future is not used after it gave its outcome";
