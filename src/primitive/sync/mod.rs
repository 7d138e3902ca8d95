//! Shared ownership, atomics and locks.
//!
//! The locks have the interface of `parking_lot`: `lock()` gives the guard, there is no poisoning.
//!
//! [`Arc`] and [`Weak`] are std's under every flag: loom's can be neither a method receiver nor a
//! trait object, and no model here is about reference counts.

pub mod atomic;
#[cfg(any(loom, shuttle))]
mod modelled;

pub use std::sync::{Arc, OnceLock, Weak};

#[cfg(any(loom, shuttle))]
pub use modelled::{
    Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, WaitTimeoutResult,
};
#[cfg(not(any(loom, shuttle)))]
pub use parking_lot::{
    Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, WaitTimeoutResult,
};
