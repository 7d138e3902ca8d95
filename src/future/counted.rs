//! Counted references to what a promise and its future share.
//!
//! As `Arc` and its `Weak`, with three differences that every ask feels: the memory comes from
//! [`memory`](crate::primitive::memory), since one thread makes it and another frees it; both ends
//! are made at once, without counting; and both counts are one word, so that the last end knows
//! from its own subtraction whether anybody weak is left, and frees without asking again.
//!
//! A weak reference does not know the type: it can do nothing but request a discard.

#![expect(
    unsafe_code,
    reason = "reference counts of memory that `Arc` cannot allocate"
)]

use std::alloc::Layout;
use std::ops::Deref;
use std::ptr::{NonNull, drop_in_place};

use super::discard::Discardable;
use crate::primitive::memory::Source;
use crate::primitive::sync::atomic::{AtomicU64, Ordering, fence};

/// One of the two ends that keep a value alive.
pub(super) struct End<T: Discardable>(NonNull<Inner<T>>);

/// Keeps the memory of a value, but not the value.
pub(super) struct Weak {
    counts: NonNull<AtomicU64>,
    table: &'static Table,
}

/// What a [`Weak`] does with the type that it does not know.
struct Table {
    request: unsafe fn(NonNull<AtomicU64>) -> Option<Option<Weak>>,
    /// Gives up the last reference of all.
    free: unsafe fn(NonNull<AtomicU64>),
}

#[repr(C)]
struct Inner<T> {
    /// [`STRONG`] for each end; [`WEAK`] for each weak reference, and for all ends together.
    counts: AtomicU64,
    value: T,
}

// SAFETY: an end is a shared reference to the value, and may drop it.
unsafe impl<T: Discardable> Send for End<T> {}
// SAFETY: as above; `Discardable` values can be shared and sent.
unsafe impl<T: Discardable> Sync for End<T> {}
// SAFETY: a weak reference uses the value as a `Discardable` only.
unsafe impl Send for Weak {}
// SAFETY: as above.
unsafe impl Sync for Weak {}

impl<T: Discardable> End<T> {
    /// Makes a value with its two ends.
    pub(super) fn pair(value: T) -> (Self, Self) {
        let inner = Inner::<T>::SOURCE.take(Inner::<T>::LAYOUT).cast();
        let counts = AtomicU64::new(2 * STRONG + WEAK);
        // SAFETY: it was just taken for this layout.
        unsafe { inner.write(Inner { counts, value }) };
        (Self(inner), Self(inner))
    }

    pub(super) fn downgrade(&self) -> Weak {
        // Relaxed: who has a reference may make another.
        self.inner().counts.fetch_add(WEAK, Ordering::Relaxed);
        Weak {
            counts: self.0.cast(),
            table: Inner::<T>::TABLE,
        }
    }

    fn inner(&self) -> &Inner<T> {
        // SAFETY: the value lives as long as its ends do.
        unsafe { self.0.as_ref() }
    }
}

impl<T: Discardable> Deref for End<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.inner().value
    }
}

impl<T: Discardable> Drop for End<T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the memory is there while this end is counted.
        let counts = unsafe { &(*self.0.as_ptr()).counts };
        // Acquire pairs with the Release below: what the other end did comes before the drop.
        if counts.load(Ordering::Acquire) != STRONG + WEAK {
            // Release pairs with the Acquire above and the fence below.
            if ends(counts.fetch_sub(STRONG, Ordering::Release)) > 1 {
                return;
            }
            fence(Ordering::Acquire);
        } else {
            // Relaxed: nobody is left who could see it, but the reference that goes below.
            counts.store(WEAK, Ordering::Relaxed);
        }
        let ends = Weak {
            counts: self.0.cast(),
            table: Inner::<T>::TABLE,
        };
        // SAFETY: the ends' weak reference keeps the memory.
        let value = unsafe { &raw mut (*self.0.as_ptr()).value };
        // SAFETY: this was the last end.
        unsafe { drop_in_place(value) };
        drop(ends);
    }
}

impl Weak {
    /// Requests a discard of the value, if it is still there; see [`Discardable`].
    pub(super) fn request_discard(&self) -> Option<Option<Self>> {
        // SAFETY: the table is that of the type, and this reference keeps the memory.
        unsafe { (self.table.request)(self.counts) }
    }
}

impl Clone for Weak {
    fn clone(&self) -> Self {
        // SAFETY: this reference keeps the memory.
        let counts = unsafe { self.counts.as_ref() };
        // Relaxed: who has a reference may make another.
        counts.fetch_add(WEAK, Ordering::Relaxed);
        Self { ..*self }
    }
}

impl Drop for Weak {
    fn drop(&mut self) {
        // SAFETY: this reference keeps the memory.
        let counts = unsafe { self.counts.as_ref() };
        // Acquire pairs with the Release: what others did with the memory comes before its end.
        if counts.load(Ordering::Acquire) != WEAK {
            if counts.fetch_sub(WEAK, Ordering::Release) != WEAK {
                return;
            }
            fence(Ordering::Acquire);
        }
        // SAFETY: the table is that of the type, and nobody else is left.
        unsafe { (self.table.free)(self.counts) };
    }
}

impl<T: Discardable> Inner<T> {
    const LAYOUT: Layout = Layout::new::<Self>();
    const SOURCE: Source = Source::of(Self::LAYOUT);
    const TABLE: &'static Table = &Table {
        request: Self::request,
        free: Self::free,
    };

    /// Requests a discard, if there still is an end.
    ///
    /// # Safety
    ///
    /// The counts are those of an `Inner<T>` whose memory the caller keeps.
    unsafe fn request(counts: NonNull<AtomicU64>) -> Option<Option<Weak>> {
        // SAFETY: the caller vouches for it.
        let counted = unsafe { counts.as_ref() };
        let one_more = |counts: u64| (ends(counts) > 0).then_some(counts + STRONG);
        // Relaxed: to have a reference is enough to make another; what the value needs, it orders.
        let kept = counted.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        kept.is_ok()
            .then(|| End(counts.cast::<Self>()))
            .and_then(|end| end.request_discard())
    }

    /// # Safety
    ///
    /// Nobody has a reference of any kind, and the value was dropped.
    unsafe fn free(counts: NonNull<AtomicU64>) {
        // SAFETY: it was taken from there.
        unsafe { Self::SOURCE.give(counts.cast(), || Self::LAYOUT) };
    }
}

/// How many ends are counted.
const fn ends(counts: u64) -> u64 {
    counts % WEAK
}

const STRONG: u64 = 1;
const WEAK: u64 = 1 << 32;
