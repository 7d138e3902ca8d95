//! References that can be counted by the dozen.
//!
//! A clone of an `Arc` changes its count, and so does the drop of it. If one thread clones and
//! another drops, the line with the count goes to and fro between their cores, which costs more
//! than all else that is done with such a reference. A [`Stock`] holds many references that were
//! counted with one change; it gives them away and takes them back without another. A thread that
//! gives from one stock, and one that takes into another, touch the count once in a while only.
//!
//! The count is right at every moment: it counts the references that are out, and those in stocks.
//!
//! # Found by the models
//!
//! With each of these changes a model fails: a drop that does not release; a last drop that does
//! not acquire; a stock that returns more than it has; a look for others that does not acquire.

#![expect(unsafe_code, reason = "`Arc` cannot count several references at once")]

use std::cell::Cell;
use std::ops::Deref;
use std::ptr::NonNull;

use super::sync::atomic::{AtomicUsize, Ordering, fence};

/// A counted reference, as `Arc` without weak ones.
pub struct Shared<T>(NonNull<Inner<T>>);

struct Inner<T> {
    count: AtomicUsize,
    value: T,
}

// SAFETY: as `Arc`: who has a reference shares the value, and the last one drops it.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// A value with one reference.
    pub fn new(value: T) -> Self {
        let inner = Box::new(Inner {
            count: AtomicUsize::new(1),
            value,
        });
        Self(NonNull::from(Box::leak(inner)))
    }

    /// Whether both refer to the same value.
    #[inline]
    pub fn is(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// The value, to be changed, if this is the only reference.
    #[inline]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        // Acquire pairs with the Release of a drop: what others did with the value comes before.
        if self.count().load(Ordering::Acquire) > 1 {
            return None;
        }
        // SAFETY: nobody else has a reference, and a new one is only made from this one.
        Some(unsafe { &mut (*self.0.as_ptr()).value })
    }

    #[inline]
    fn count(&self) -> &AtomicUsize {
        // SAFETY: it lives while it is counted.
        unsafe { &(*self.0.as_ptr()).count }
    }
}

impl<T: Clone> Shared<T> {
    /// The value, to be changed: a clone of it, where there are other references.
    #[inline]
    pub fn make_mut(&mut self) -> &mut T {
        if self.get_mut().is_none() {
            *self = Self::new(T::clone(self));
        }
        self.get_mut().expect("a new one has one reference")
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: it lives while it is counted.
        unsafe { &(*self.0.as_ptr()).value }
    }
}

impl<T: Eq> PartialEq for Shared<T> {
    /// Whether the values are equal, as those of one reference and its clones are.
    fn eq(&self, other: &Self) -> bool {
        self.is(other) || **self == **other
    }
}

impl<T: Eq> Eq for Shared<T> {}

impl<T> Clone for Shared<T> {
    #[inline]
    fn clone(&self) -> Self {
        // Relaxed: who has a reference may make another.
        self.count().fetch_add(1, Ordering::Relaxed);
        Self(self.0)
    }
}

impl<T> Drop for Shared<T> {
    #[inline]
    fn drop(&mut self) {
        // Release pairs with the fence: what others did with the value comes before its end.
        if self.count().fetch_sub(1, Ordering::Release) == 1 {
            fence(Ordering::Acquire);
            // SAFETY: it came out of a box, and nobody else has a reference.
            drop(unsafe { Box::from_raw(self.0.as_ptr()) });
        }
    }
}

/// References to one value that are counted already.
pub struct Stock<T> {
    of: Shared<T>,
    /// How many beside `of`.
    spare: Cell<usize>,
    /// How many were counted at once the last time.
    bought: Cell<usize>,
}

impl<T> Stock<T> {
    /// An empty stock of references to this value.
    pub fn new(of: Shared<T>) -> Self {
        Self {
            of,
            spare: Cell::new(0),
            bought: Cell::new(1),
        }
    }

    /// Gives a reference away. The more are taken, the more are counted at once.
    #[inline]
    pub fn take(&self) -> Shared<T> {
        let spare = match self.spare.get() {
            0 => self.buy(),
            spare => spare,
        };
        self.spare.set(spare - 1);
        Shared(self.of.0)
    }

    /// Takes a reference back, if it is one to this value; else drops it.
    #[inline]
    pub fn put(&self, reference: Shared<T>) {
        if !self.of.is(&reference) {
            return drop(reference);
        }
        std::mem::forget(reference);
        self.spare.set(self.spare.get() + 1);
        if self.spare.get() == 2 * MOST {
            self.give_up(MOST);
        }
    }

    #[cold]
    fn buy(&self) -> usize {
        let count = (2 * self.bought.get()).min(MOST);
        // Relaxed: who has a reference may make others.
        self.of.count().fetch_add(count, Ordering::Relaxed);
        self.bought.set(count);
        count
    }

    #[cold]
    fn give_up(&self, count: usize) {
        self.spare.set(self.spare.get() - count);
        // Relaxed: it is not the last, since `of` is counted too, whose drop will release.
        self.of.count().fetch_sub(count, Ordering::Relaxed);
    }
}

impl<T> Drop for Stock<T> {
    fn drop(&mut self) {
        self.give_up(self.spare.get());
    }
}

/// How many references are counted at once at most.
const MOST: usize = 256;

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_value_goes_with_the_last_reference() {
        let witness = Arc::new(());
        let first = Shared::new(Arc::clone(&witness));
        let stock = Stock::new(first.clone());
        let taken: Vec<_> = (0..1_000).map(|_| stock.take()).collect();
        drop((first, stock));
        assert_eq!(Arc::strong_count(&witness), 2);
        drop(taken);
        assert_eq!(Arc::strong_count(&witness), 1);
    }

    #[test]
    fn what_others_see_too_is_not_changed() {
        let mut first = Shared::new(1);
        *first.make_mut() += 1;
        let stock = Stock::new(first.clone());
        *first.make_mut() += 1;
        assert_eq!((*first, *stock.take()), (3, 2));
        assert!(first.get_mut().is_some());
    }

    #[test]
    fn what_was_given_can_be_taken_back_elsewhere() {
        let witness = Arc::new(());
        let first = Shared::new(Arc::clone(&witness));
        let (giver, taker) = (Stock::new(first.clone()), Stock::new(first));
        for _ in 0..10_000 {
            taker.put(giver.take());
        }
        taker.put(Shared::new(Arc::clone(&witness)));
        assert_eq!(Arc::strong_count(&witness), 2);
        drop((giver, taker));
        assert_eq!(Arc::strong_count(&witness), 1);
    }
}

#[cfg(all(test, loom))]
mod model {
    use loom::cell::UnsafeCell;
    use loom::thread;

    use super::*;
    use crate::primitive::explore;

    /// Something whose users must be done before it ends.
    struct Value([UnsafeCell<u32>; 2]);

    // SAFETY: each cell has one user; loom checks that.
    unsafe impl Sync for Value {}

    impl Value {
        fn touch(&self, cell: usize) {
            // SAFETY: as above.
            self.0[cell].with_mut(|value| unsafe { *value += 1 });
        }
    }

    impl Drop for Value {
        fn drop(&mut self) {
            for cell in &self.0 {
                // SAFETY: this is the end.
                cell.with(|value| assert_eq!(unsafe { *value }, 1));
            }
        }
    }

    /// Races: a stock that ends with the drop of what it gave.
    #[test]
    fn a_stock_that_ends_races_with_the_drop_of_what_it_gave() {
        explore::every(3, || {
            let stock = Stock::new(Shared::new(Value([UnsafeCell::new(0), UnsafeCell::new(0)])));
            let given = stock.take();
            let other = thread::spawn(move || given.touch(0));
            stock.of.touch(1);
            drop(stock);
            other.join().unwrap();
        });
    }

    /// Races: two stocks of one value, one of which takes back what the other gave.
    #[test]
    fn two_stocks_race_to_their_end() {
        explore::every(3, || {
            let first = Shared::new(Value([UnsafeCell::new(0), UnsafeCell::new(0)]));
            let giver = Stock::new(first.clone());
            let taker = Stock::new(first);
            let given = [giver.take(), giver.take()];
            let other = thread::spawn(move || {
                for reference in given {
                    taker.put(reference);
                }
                taker.of.touch(0);
            });
            giver.of.touch(1);
            drop(giver);
            other.join().unwrap();
        });
    }

    /// Races: who changes the value as the only one left with the drop of the other.
    #[test]
    fn a_change_races_with_the_drop_of_the_other_reference() {
        explore::every(3, || {
            let mut first = Shared::new(Value([UnsafeCell::new(1), UnsafeCell::new(0)]));
            let second = first.clone();
            let other = thread::spawn(move || second.touch(1));
            match first.get_mut() {
                Some(value) => value.touch(1),
                None => {
                    other.join().unwrap();
                    return;
                }
            }
            // It was touched twice, one after the other.
            (*first).0[1].with_mut(|value| {
                // SAFETY: nobody else has a reference.
                let value = unsafe { &mut *value };
                assert_eq!(*value, 2);
                *value = 1;
            });
            other.join().unwrap();
        });
    }
}
