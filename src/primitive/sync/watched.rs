//! `parking_lot`'s locks, and how many of them each thread holds.
//!
//! Code that is not ours may take any lock and call whatever it likes, so it runs under none of
//! ours. Builds with debug assertions, those of all tests, check it: every lock is counted while
//! it is held, and wherever the library calls what it was given, it [asserts](assert_none_held)
//! that the thread holds none.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use crate::primitive::thread;

pub use parking_lot::WaitTimeoutResult;

/// A mutual exclusion lock.
#[derive(Debug, Default)]
pub struct Mutex<T>(parking_lot::Mutex<T>);

/// The lock of a [`Mutex`], held.
pub type MutexGuard<'a, T> = Guard<parking_lot::MutexGuard<'a, T>>;

/// A lock with many readers or one writer.
#[derive(Debug, Default)]
pub struct RwLock<T>(parking_lot::RwLock<T>);

/// The lock of a [`RwLock`], held to read.
pub type RwLockReadGuard<'a, T> = Guard<parking_lot::RwLockReadGuard<'a, T>>;
/// The lock of a [`RwLock`], held to write.
pub type RwLockWriteGuard<'a, T> = Guard<parking_lot::RwLockWriteGuard<'a, T>>;

/// A condition to wait for under a [`Mutex`].
#[derive(Debug, Default)]
pub struct Condvar(parking_lot::Condvar);

/// A lock that is held, and counted.
#[derive(Debug)]
#[expect(unnameable_types, reason = "its aliases are its names")]
pub struct Guard<G> {
    guard: G,
    _held: Held,
}

/// Fails in a thread that holds a lock of the library.
#[track_caller]
pub(crate) fn assert_none_held() {
    let held = HELD.with(Cell::get);
    assert!(
        held == 0 || thread::panicking(),
        "code that is not ours is called under {held} locks"
    );
}

impl<T> Mutex<T> {
    /// Makes a lock around a value.
    pub const fn new(value: T) -> Self {
        Self(parking_lot::Mutex::new(value))
    }

    /// Waits for the lock.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        Guard::new(self.0.lock())
    }

    /// Takes the lock if nobody holds it.
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.0.try_lock().map(Guard::new)
    }

    /// The value, when the lock can have no other holder.
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }

    /// Gives the value back.
    pub fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

impl<T> RwLock<T> {
    /// Makes a lock around a value.
    pub const fn new(value: T) -> Self {
        Self(parking_lot::RwLock::new(value))
    }

    /// Waits until the value may be read.
    pub fn read(&self) -> RwLockReadGuard<'_, T> {
        Guard::new(self.0.read())
    }

    /// Waits until the value may be written.
    pub fn write(&self) -> RwLockWriteGuard<'_, T> {
        Guard::new(self.0.write())
    }
}

impl Condvar {
    /// Makes a condition.
    pub const fn new() -> Self {
        Self(parking_lot::Condvar::new())
    }

    /// Releases the lock, waits for a notification, takes the lock again.
    pub fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        self.0.wait(&mut guard.guard);
    }

    /// As [`Condvar::wait`], with a limit.
    pub fn wait_for<T>(
        &self,
        guard: &mut MutexGuard<'_, T>,
        timeout: Duration,
    ) -> WaitTimeoutResult {
        self.0.wait_for(&mut guard.guard, timeout)
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

impl<G> Guard<G> {
    fn new(guard: G) -> Self {
        Self {
            guard,
            _held: Held::new(),
        }
    }
}

impl<G: Deref> Deref for Guard<G> {
    type Target = G::Target;

    fn deref(&self) -> &G::Target {
        &self.guard
    }
}

impl<G: DerefMut> DerefMut for Guard<G> {
    fn deref_mut(&mut self) -> &mut G::Target {
        &mut self.guard
    }
}

/// One of the locks that a thread holds.
#[derive(Debug)]
struct Held;

impl Held {
    fn new() -> Self {
        HELD.with(|held| held.set(held.get() + 1));
        Self
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        HELD.with(|held| held.set(held.get() - 1));
    }
}

thread::local! {
    static HELD: Cell<usize> = Cell::new(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_count_while_they_are_held() {
        let (mutex, rwlock) = (Mutex::new(0), RwLock::new(0));
        drop((mutex.lock(), rwlock.read()));
        *rwlock.write() += 1;
        assert_none_held();
        let _held = mutex.lock();
        let called = std::panic::catch_unwind(assert_none_held);
        assert!(called.is_err());
    }
}
