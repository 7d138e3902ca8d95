//! The state word of a future's cell.
//!
//! One byte: the outcome's kind, and flags. The kind is set once, by the promise, and with it the
//! ownership of the cell's two slots passes over; see [`super::cell`] for who may touch what.
//!
//! | flag | set by | means |
//! | --- | --- | --- |
//! | `WAITER` | the future's owner | the waiter slot is filled, and is the promise's to take |
//! | `HANDED` | the future's owner, with `WAITER` | the waiter gets the outcome too |
//! | `LISTENERS` | whoever registers, under a lock | callbacks want the outcome first |
//! | `DISCARD` | whoever discards | a discard was requested |

use crate::primitive::sync::atomic::{AtomicU8, Ordering};

/// The state word.
pub(super) struct State(AtomicU8);

impl State {
    pub(super) fn new() -> Self {
        Self(AtomicU8::new(0))
    }

    /// What it says now. Behind a [`View::kind`] the outcome can be read.
    pub(super) fn view(&self) -> View {
        // Acquire pairs with the release in `close`.
        View(self.0.load(Ordering::Acquire))
    }

    /// The owner has filled the waiter slot.
    pub(super) fn offer_waiter(&self, handed: bool) -> Offer {
        let flags = if handed { WAITER | HANDED } else { WAITER };
        // Release: the slot's content goes to `close`. Acquire pairs with the release in `close`.
        match View(self.0.fetch_or(flags, Ordering::AcqRel)) {
            view if view.kind().is_some() => Offer::TooLate(view),
            _ => Offer::Accepted,
        }
    }

    /// The owner wants the waiter slot back.
    pub(super) fn withdraw_waiter(&self) -> Withdrawal {
        // Acquire pairs with the release in `close`. No release: the slot was not written since.
        match View(self.0.fetch_and(!WAITER, Ordering::Acquire)) {
            view if view.kind().is_some() => Withdrawal::TooLate,
            _ => Withdrawal::Yours,
        }
    }

    /// The promise has filled the outcome slot and publishes it, unless listeners want it first.
    pub(super) fn close(&self, kind: Kind) -> Closing {
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            if word & LISTENERS != 0 {
                return Closing::ListenersFirst;
            }
            // Release: the outcome goes to whoever sees the kind. Acquire pairs with the release
            // in `offer_waiter`.
            let closed = word | kind as u8;
            match self
                .0
                .compare_exchange_weak(word, closed, Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(_) if word & HANDED != 0 => return Closing::Handed(View(word)),
                Ok(_) if word & WAITER != 0 => return Closing::Waiting,
                Ok(_) => return Closing::Quiet,
                Err(now) => word = now,
            }
        }
    }

    /// Listeners were added. The caller holds their lock.
    pub(super) fn announce_listeners(&self) -> View {
        // Relaxed: the lock carries the listeners over, and who finds a kind here looks again
        // before they read the outcome.
        View(self.0.fetch_or(LISTENERS, Ordering::Relaxed))
    }

    /// The listeners were taken away. The caller holds their lock.
    pub(super) fn clear_listeners(&self) {
        self.0.fetch_and(!LISTENERS, Ordering::Relaxed);
    }

    /// Requests a discard; says whether this was the first request, and in time.
    pub(super) fn request_discard(&self) -> bool {
        let request = |word| (word & (KIND | DISCARD) == 0).then_some(word | DISCARD);
        // Relaxed: a request carries no data.
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, request)
            .is_ok()
    }

    /// Forgets that a discard was requested.
    pub(super) fn forget_discard(&self) {
        self.0.fetch_and(!DISCARD, Ordering::Relaxed);
    }
}

/// How a future ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Ready = 1,
    Failed = 2,
    Discarded = 3,
    Abandoned = 4,
}

/// The state word at one moment.
#[derive(Clone, Copy)]
pub(super) struct View(u8);

impl View {
    /// How the future ended; `None` while it is pending.
    pub(super) fn kind(self) -> Option<Kind> {
        match self.0 & KIND {
            0 => None,
            1 => Some(Kind::Ready),
            2 => Some(Kind::Failed),
            3 => Some(Kind::Discarded),
            _ => Some(Kind::Abandoned),
        }
    }

    pub(super) fn has_waiter(self) -> bool {
        self.0 & WAITER != 0
    }

    pub(super) fn is_handed(self) -> bool {
        self.0 & HANDED != 0
    }

    pub(super) fn has_discard(self) -> bool {
        self.0 & DISCARD != 0
    }
}

/// What became of an offered waiter.
#[must_use]
pub(super) enum Offer {
    /// The promise will take it.
    Accepted,
    /// The outcome came first: the waiter slot and the outcome are the owner's.
    TooLate(View),
}

/// What became of the wish to have the waiter back.
#[must_use]
pub(super) enum Withdrawal {
    /// The slot is the owner's again.
    Yours,
    /// The outcome came first: it is the owner's; the waiter is the promise's.
    TooLate,
}

/// What the promise has to do to complete the future.
#[must_use]
pub(super) enum Closing {
    /// Not closed: run the listeners, then try again.
    ListenersFirst,
    /// Closed, and nobody waits.
    Quiet,
    /// Closed: the waiter is the promise's, the outcome the owner's.
    Waiting,
    /// Closed: both waiter and outcome are the promise's.
    Handed(View),
}

const KIND: u8 = 0b0000_0111;
const WAITER: u8 = 0b0000_1000;
const HANDED: u8 = 0b0001_0000;
const LISTENERS: u8 = 0b0010_0000;
const DISCARD: u8 = 0b0100_0000;
