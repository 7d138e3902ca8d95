//! The free blocks of one size that no thread has.

#![expect(unsafe_code, reason = "the links of free blocks lie in the blocks")]

use std::ptr::{self, NonNull};

use crossbeam_utils::CachePadded;

use super::span::{self, Span};
use super::{BATCH, CLASSES, STEP};
use crate::primitive::sync::Mutex;
use crate::primitive::sync::atomic::{AtomicUsize, Ordering};

/// A free block.
#[repr(C)]
pub(super) struct Block {
    /// The next free block of its list or batch.
    pub(super) next: *mut Self,
    /// In the first block of a batch: the next batch.
    below: *mut Self,
    /// In the first block of a batch: how many there are.
    count: u32,
}

const _: () = assert!(size_of::<Block>() <= STEP);

/// Free blocks on their way, linked.
pub(super) struct Batch {
    pub(super) head: NonNull<Block>,
    pub(super) count: u32,
}

/// Puts a batch into the depot.
pub(super) fn put(class: usize, batch: Batch) {
    DEPOTS[class].visit(|shelf| shelf.push(batch));
}

/// Gets a batch, new if need be.
pub(super) fn get(class: usize) -> Batch {
    DEPOTS[class].visit(|shelf| shelf.pop().unwrap_or_else(|| shelf.carve(class)))
}

/// How often a batch was put or got.
pub(super) fn visits() -> usize {
    let visits = DEPOTS
        .iter()
        .map(|depot| depot.visits.load(Ordering::Relaxed));
    visits.fold(0, usize::wrapping_add)
}

/// Sorts a batch that is too much back to its spans, or releases a span that is too much.
pub(super) fn tidy() -> bool {
    let full = DEPOTS.iter().find(|depot| depot.is_full());
    match full {
        Some(depot) => depot.with(Shelf::sort),
        None => return span::release(),
    }
    true
}

struct Depot {
    shelf: Mutex<Shelf>,
    /// How many batches are on the shelf, for those who only wonder.
    batches: AtomicUsize,
    visits: AtomicUsize,
}

struct Shelf {
    top: *mut Block,
    batches: usize,
    /// The span from which new blocks are carved.
    fresh: *mut Span,
    /// Spans to which blocks have come back, linked.
    mixed: *mut Span,
}

// SAFETY: what it points to belongs to it, and is used by who has it.
unsafe impl Send for Shelf {}

impl Depot {
    const fn new() -> CachePadded<Self> {
        CachePadded::new(Self {
            shelf: Mutex::new(Shelf {
                top: ptr::null_mut(),
                batches: 0,
                fresh: ptr::null_mut(),
                mixed: ptr::null_mut(),
            }),
            batches: AtomicUsize::new(0),
            visits: AtomicUsize::new(0),
        })
    }

    fn visit<R>(&self, act: impl FnOnce(&mut Shelf) -> R) -> R {
        self.with(|shelf| {
            let visits = self.visits.load(Ordering::Relaxed);
            self.visits.store(visits.wrapping_add(1), Ordering::Relaxed);
            act(shelf)
        })
    }

    fn with<R>(&self, act: impl FnOnce(&mut Shelf) -> R) -> R {
        let mut shelf = self.shelf.lock();
        let result = act(&mut shelf);
        self.batches.store(shelf.batches, Ordering::Relaxed);
        result
    }

    fn is_full(&self) -> bool {
        self.batches.load(Ordering::Relaxed) > KEPT
    }
}

impl Shelf {
    fn push(&mut self, batch: Batch) {
        let Batch { mut head, count } = batch;
        // SAFETY: a batch is its owner's alone.
        let first = unsafe { head.as_mut() };
        first.below = self.top;
        first.count = count;
        self.top = head.as_ptr();
        self.batches += 1;
    }

    fn pop(&mut self) -> Option<Batch> {
        let head = NonNull::new(self.top)?;
        // SAFETY: the batches on the shelf are its own.
        let first = unsafe { head.as_ref() };
        self.top = first.below;
        self.batches -= 1;
        let count = first.count;
        Some(Batch { head, count })
    }

    /// Makes a batch of blocks that came back to a span, or of new ones.
    fn carve(&mut self, class: usize) -> Batch {
        if let Some(mut span) = NonNull::new(self.mixed) {
            // SAFETY: the spans of a shelf are its own.
            let span = unsafe { span.as_mut() };
            let batch = span.take_returned(BATCH);
            if !span.has_returned() {
                span.unlink(&mut self.mixed);
            }
            return batch;
        }
        loop {
            if let Some(mut span) = NonNull::new(self.fresh) {
                // SAFETY: as above.
                let span = unsafe { span.as_mut() };
                if let Some(batch) = span.carve((class + 1) * STEP, BATCH) {
                    return batch;
                }
                span.retire();
            }
            self.fresh = span::get().as_ptr();
        }
    }

    /// Sorts one batch back to its spans.
    fn sort(&mut self) {
        let Some(batch) = self.pop() else { return };
        let mut next = batch.head.as_ptr();
        while let Some(block) = NonNull::new(next) {
            // SAFETY: the blocks of a batch are linked, and its owner's.
            next = unsafe { block.as_ref() }.next;
            // SAFETY: blocks are carved from spans; the span is this shelf's, as the block was.
            let span = unsafe { span::of(block.cast()).as_mut() };
            let first = !span.has_returned();
            span.put_back(block);
            if span.is_whole() {
                if !first {
                    span.unlink(&mut self.mixed);
                }
                span::put(NonNull::from(span));
            } else if first {
                span.link(&mut self.mixed);
            }
        }
    }
}

/// How many batches a depot keeps for the next rush.
const KEPT: usize = 128;

static DEPOTS: [CachePadded<Depot>; CLASSES] = [const { Depot::new() }; CLASSES];
