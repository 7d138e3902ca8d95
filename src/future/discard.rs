//! Requests to discard: how they travel.
//!
//! A request goes from a derived future up to the one it was derived from, and on, in a loop: a
//! chain may be longer than a stack is deep.

use std::fmt;

use super::counted::{End, Weak};

/// What a discard can be requested of: a cell, whatever it holds.
pub(super) trait Discardable: Send + Sync + 'static {
    /// Requests a discard, and calls who wants to know. `None` if it was not the first request or
    /// came too late, else who is to be asked next.
    fn request_discard(&self) -> Option<Option<Weak>>;
}

/// Requests a discard of `first`, and of all that it waits for.
pub(super) fn discard(first: &dyn Discardable) -> bool {
    go_on(first.request_discard())
}

fn go_on(asked: Option<Option<Weak>>) -> bool {
    let Some(mut upstream) = asked else {
        return false;
    };
    while let Some(next) = upstream {
        upstream = next.request_discard().flatten();
    }
    true
}

/// Requests the discard of a future that somebody else owns.
///
/// It keeps nothing alive, and clones ask for the same future.
///
/// ```
/// use libprocess::future::Promise;
///
/// let (promise, future) = Promise::<u32>::new();
/// let discarder = future.discarder();
/// let doubled = future.map(|value| 2 * value);
/// assert!(discarder.discard());
/// assert!(promise.has_discard());
/// # drop(doubled);
/// ```
#[derive(Clone)]
#[doc(alias = "WeakFuture")]
pub struct Discarder(Weak);

impl Discarder {
    pub(super) fn new(cell: &End<impl Discardable>) -> Self {
        Self(cell.downgrade())
    }

    pub(super) fn into_weak(self) -> Weak {
        self.0
    }

    /// Requests a discard. True only for the first request, and only while the future is pending.
    pub fn discard(&self) -> bool {
        go_on(self.0.request_discard())
    }
}

impl fmt::Debug for Discarder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Discarder")
    }
}
