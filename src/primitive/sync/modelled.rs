//! `parking_lot`'s interface over the locks of a model checker.
//!
//! Both checkers copy std's locks. A model that panics while it holds a lock has failed anyway, so
//! that poisoning is an `expect` here.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use crate::primitive::thread;

#[cfg(loom)]
use loom::sync as model;
#[cfg(shuttle)]
use shuttle::sync as model;

/// A mutual exclusion lock.
#[derive(Default)]
pub struct Mutex<T>(model::Mutex<T>);

/// The lock of a [`Mutex`], held.
pub struct MutexGuard<'a, T> {
    lock: &'a model::Mutex<T>,
    held: Option<model::MutexGuard<'a, T>>,
}

impl<T> Mutex<T> {
    /// Makes a lock around a value.
    pub fn new(value: T) -> Self {
        Self(model::Mutex::new(value))
    }

    /// Waits for the lock.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        MutexGuard::new(&self.0, self.0.lock().expect(UNPOISONED))
    }

    /// Takes the lock if nobody holds it.
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        let held = self.0.try_lock().ok()?;
        Some(MutexGuard::new(&self.0, held))
    }

    /// The value, when the lock can have no other holder.
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().expect(UNPOISONED)
    }

    /// Gives the value back.
    pub fn into_inner(self) -> T {
        self.0.into_inner().expect(UNPOISONED)
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Mutex")
    }
}

impl<'a, T> MutexGuard<'a, T> {
    fn new(lock: &'a model::Mutex<T>, held: model::MutexGuard<'a, T>) -> Self {
        let held = Some(held);
        Self { lock, held }
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.held.as_ref().expect(HELD)
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.held.as_mut().expect(HELD)
    }
}

/// A lock with many readers or one writer.
#[derive(Default)]
pub struct RwLock<T>(model::RwLock<T>);

/// The lock of a [`RwLock`], held to read.
pub type RwLockReadGuard<'a, T> = model::RwLockReadGuard<'a, T>;
/// The lock of a [`RwLock`], held to write.
pub type RwLockWriteGuard<'a, T> = model::RwLockWriteGuard<'a, T>;

impl<T> RwLock<T> {
    /// Makes a lock around a value.
    pub fn new(value: T) -> Self {
        Self(model::RwLock::new(value))
    }

    /// Waits until the value may be read.
    pub fn read(&self) -> RwLockReadGuard<'_, T> {
        self.0.read().expect(UNPOISONED)
    }

    /// Waits until the value may be written.
    pub fn write(&self) -> RwLockWriteGuard<'_, T> {
        self.0.write().expect(UNPOISONED)
    }
}

impl<T> fmt::Debug for RwLock<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RwLock")
    }
}

/// A condition to wait for under a [`Mutex`].
#[derive(Default)]
pub struct Condvar(model::Condvar);

/// Whether a wait ended because its time was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitTimeoutResult(bool);

impl Condvar {
    /// Makes a condition.
    pub fn new() -> Self {
        Self(model::Condvar::new())
    }

    /// Releases the lock, waits for a notification, takes the lock again.
    pub fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        let held = guard.held.take().expect(HELD);
        guard.held = Some(self.0.wait(held).expect(UNPOISONED));
    }

    /// As [`Condvar::wait`], with a limit: the time of a model is up when others have had a turn.
    pub fn wait_for<T>(
        &self,
        guard: &mut MutexGuard<'_, T>,
        _timeout: Duration,
    ) -> WaitTimeoutResult {
        drop(guard.held.take());
        thread::yield_now();
        guard.held = Some(guard.lock.lock().expect(UNPOISONED));
        WaitTimeoutResult(true)
    }

    /// Wakes one waiting thread.
    pub fn notify_one(&self) {
        self.0.notify_one();
    }

    /// Wakes all waiting threads.
    pub fn notify_all(&self) {
        self.0.notify_all();
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Condvar")
    }
}

impl WaitTimeoutResult {
    /// Whether the time was up.
    pub fn timed_out(self) -> bool {
        self.0
    }
}

const UNPOISONED: &str = "a model ends at its first panic";
const HELD: &str = "a guard is empty only inside of wait";
