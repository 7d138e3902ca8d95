//! Memory for what is made on one thread and freed on another, millions of times a second.
//!
//! An event is allocated by its sender and freed by the receiver's worker. A general allocator
//! takes the lock of the sender's arena to free it there; that costs more than all the rest of a
//! message. Here a freed block stays with the thread that frees it:
//!
//! - Each thread has, for each of a few sizes, a list of free blocks and a spare batch.
//!   To take and to give a block is a handful of plain instructions.
//! - A thread whose lists are full hands a batch to the depot of that size; a thread whose lists
//!   are empty gets one there: one lock for 64 blocks.
//! - A depot carves new blocks from spans of 64 KiB.
//!
//! # Giving back
//!
//! After a flood the depots are full of batches that nobody needs. Workers who have found nothing
//! to do for a while, in which nobody [came](visits) to the depots either, [`tidy`]: a step at a
//! time, they sort the blocks of a batch back to their spans, and let the OS have the memory of
//! spans that are whole again. Busy workers do one step now and then.
//!
//! The lists are process-wide, as an allocator's are, and no behaviour depends on them: nobody can
//! see which block he was given. Model checkers and Miri get each block from the global allocator.

#![expect(unsafe_code, reason = "an allocator hands out raw memory")]

#[cfg(not(any(loom, shuttle, miri)))]
mod depot;
#[cfg(not(any(loom, shuttle, miri)))]
mod lists;
#[cfg(not(any(loom, shuttle, miri)))]
mod span;

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// Where the memory of a layout comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source(u8);

impl Source {
    /// The source for this layout: the smallest blocks that it fits in, or the global allocator.
    pub const fn of(layout: Layout) -> Self {
        let classes = layout.size().div_ceil(STEP);
        if classes == 0 || classes > CLASSES || layout.align() > STEP {
            return Self(GLOBAL);
        }
        Self(classes as u8 - 1)
    }

    /// Whether this is the global allocator.
    #[inline]
    pub const fn is_global(self) -> bool {
        self.0 == GLOBAL
    }

    /// Takes memory for a layout of this source.
    #[inline]
    pub fn take(self, layout: Layout) -> NonNull<u8> {
        debug_assert_eq!(self, Self::of(layout));
        #[cfg(not(any(loom, shuttle, miri)))]
        if !self.is_global() {
            return lists::take(self.0 as usize);
        }
        // SAFETY: no layout of a size of zero is asked for: see `give`.
        let memory = unsafe { alloc(layout) };
        NonNull::new(memory).unwrap_or_else(|| handle_alloc_error(layout))
    }

    /// Gives memory back; `layout` is asked only for what is the global allocator's.
    ///
    /// # Safety
    ///
    /// The memory was taken from this source for that layout, whose size is not zero, and nobody
    /// uses it any more.
    #[inline]
    pub unsafe fn give(self, memory: NonNull<u8>, layout: impl FnOnce() -> Layout) {
        #[cfg(not(any(loom, shuttle, miri)))]
        if !self.is_global() {
            // SAFETY: the caller vouches for it.
            return unsafe { lists::give(self.0 as usize, memory) };
        }
        // SAFETY: the caller vouches for it.
        unsafe { dealloc(memory.as_ptr(), layout()) };
    }
}

/// Does a little of what gives memory back to the OS, less than a microsecond's worth as a rule.
/// Says whether there is more to do.
pub fn tidy() -> bool {
    #[cfg(not(any(loom, shuttle, miri)))]
    return depot::tidy();
    #[cfg(any(loom, shuttle, miri))]
    return false;
}

/// How often threads came to the depots: if this stays as it is, [`tidy`] disturbs nobody.
pub fn visits() -> usize {
    #[cfg(not(any(loom, shuttle, miri)))]
    return depot::visits();
    #[cfg(any(loom, shuttle, miri))]
    return 0;
}

/// The sizes are multiples of this, in bytes; and a block is aligned to it.
const STEP: usize = 32;
/// How many sizes there are.
const CLASSES: usize = 8;
const GLOBAL: u8 = u8::MAX;
/// How many blocks move between a thread and a depot at once.
#[cfg(not(any(loom, shuttle, miri)))]
const BATCH: u32 = 64;

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests;
