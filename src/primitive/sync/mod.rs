//! Shared ownership, atomics and locks.
//!
//! The locks have the interface of `parking_lot`: `lock()` gives the guard, there is no poisoning.
//! Builds with debug assertions also count those that a thread holds, since code that is not ours
//! runs under none of them.
//!
//! [`Arc`] and [`Weak`] are std's under every flag: loom's can be neither a method receiver nor a
//! trait object, and no model here is about reference counts.

pub mod atomic;
#[cfg(any(loom, shuttle))]
mod modelled;
#[cfg(all(debug_assertions, not(any(loom, shuttle))))]
mod watched;

pub use std::sync::{Arc, OnceLock, Weak};

#[cfg(any(loom, shuttle))]
pub use modelled::{
    Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, WaitTimeoutResult,
};
#[cfg(not(any(loom, shuttle, debug_assertions)))]
pub use parking_lot::{
    Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, WaitTimeoutResult,
};
#[cfg(all(debug_assertions, not(any(loom, shuttle))))]
pub use watched::{
    Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, WaitTimeoutResult,
};

#[cfg(all(debug_assertions, not(any(loom, shuttle))))]
pub(crate) use watched::assert_none_held;

/// Where others' code is called; builds with debug assertions check that no lock is held.
#[cfg(any(loom, shuttle, not(debug_assertions)))]
#[inline]
pub(crate) fn assert_none_held() {}
