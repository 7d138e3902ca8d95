//! Where blocks come from, and how their memory goes back to the OS.
//!
//! A region is 4 MiB of address space, aligned to its size, and has 64 spans of 64 KiB. Its first
//! span holds the [`Span`]s that describe the others; so the span of a block is found from the
//! block's address. Address space is never given back; the memory of a span that is whole again
//! is, if there are more such spans than the next rush will want.

#![expect(
    unsafe_code,
    reason = "spans are found by the addresses of their blocks"
)]

use std::alloc::{Layout, alloc, handle_alloc_error};
use std::ptr::{self, NonNull};

use super::depot::{Batch, Block};
use crate::primitive::sync::Mutex;
use crate::primitive::sync::atomic::{AtomicUsize, Ordering};

/// What is known of 64 KiB that blocks of one size are carved from.
pub(super) struct Span {
    memory: NonNull<u8>,
    /// How many blocks were carved.
    carved: u32,
    /// How many of them are here again, linked.
    returned: u32,
    free: *mut Block,
    /// Whether it will not be carved any more.
    retired: bool,
    /// The neighbours in the one list that it may stand in.
    next: *mut Self,
    previous: *mut Self,
}

/// The span that a block was carved from.
///
/// It is the caller's to use if the depot of the block is locked.
pub(super) fn of(block: NonNull<u8>) -> NonNull<Span> {
    let offset = block.addr().get() % REGION;
    let spans = block.as_ptr().wrapping_sub(offset).cast::<Span>();
    NonNull::new(spans.wrapping_add(offset / SPAN)).expect("regions do not begin at null")
}

/// Gets a span without blocks.
pub(super) fn get() -> NonNull<Span> {
    let mut whole = WHOLE.lock();
    if whole.warm.is_null() && whole.cold.is_null() {
        whole.add_region();
    }
    let Whole { warm, cold, count } = &mut *whole;
    let list = if warm.is_null() {
        cold
    } else {
        *count -= 1;
        warm
    };
    let span = NonNull::new(*list).expect("a region has spans");
    // SAFETY: the spans on the lists are the lists' own.
    unsafe { &mut *span.as_ptr() }.unlink(list);
    WARM.store(*count, Ordering::Relaxed);
    span
}

/// Puts back a span that is whole.
pub(super) fn put(span: NonNull<Span>) {
    let mut whole = WHOLE.lock();
    // SAFETY: the caller gives it away.
    let span = unsafe { &mut *span.as_ptr() };
    span.reset();
    span.link(&mut whole.warm);
    whole.count += 1;
    WARM.store(whole.count, Ordering::Relaxed);
}

/// Lets the OS have the memory of a span, if there are many. Says whether it did.
pub(super) fn release() -> bool {
    if WARM.load(Ordering::Relaxed) <= KEPT {
        return false;
    }
    let span = get();
    // SAFETY: it was just taken off its list.
    let span = unsafe { &mut *span.as_ptr() };
    forget(span.memory);
    span.link(&mut WHOLE.lock().cold);
    true
}

impl Span {
    /// Carves a batch of new blocks, if there is room.
    pub(super) fn carve(&mut self, size: usize, at_most: u32) -> Option<Batch> {
        let room = (SPAN / size) as u32 - self.carved;
        let count = at_most.min(room);
        let mut head = ptr::null_mut();
        for index in (self.carved..self.carved + count).rev() {
            // Within the span, since there is room.
            let block = self.memory.as_ptr().wrapping_add(index as usize * size);
            let block = block.cast::<Block>();
            // SAFETY: nobody has had this memory yet; it is large enough and aligned.
            unsafe { (*block).next = head };
            head = block;
        }
        self.carved += count;
        NonNull::new(head).map(|head| Batch { head, count })
    }

    /// From now on the span may become whole.
    pub(super) fn retire(&mut self) {
        self.retired = true;
    }

    pub(super) fn put_back(&mut self, mut block: NonNull<Block>) {
        // SAFETY: the caller gives the block away.
        unsafe { block.as_mut() }.next = self.free;
        self.free = block.as_ptr();
        self.returned += 1;
    }

    /// Whether blocks have come back.
    pub(super) fn has_returned(&self) -> bool {
        self.returned > 0
    }

    /// Whether all blocks have come back.
    pub(super) fn is_whole(&self) -> bool {
        self.retired && self.returned == self.carved
    }

    /// Takes blocks that have come back, of which there is at least one.
    pub(super) fn take_returned(&mut self, at_most: u32) -> Batch {
        let head = NonNull::new(self.free).expect("asked of a span with returned blocks");
        let count = at_most.min(self.returned);
        let mut last = head;
        for _ in 1..count {
            // SAFETY: the returned blocks are linked, and the span's own.
            let next = unsafe { last.as_ref() }.next;
            last = NonNull::new(next).expect("there are as many as were counted");
        }
        // SAFETY: as above.
        self.free = std::mem::replace(&mut unsafe { last.as_mut() }.next, ptr::null_mut());
        self.returned -= count;
        Batch { head, count }
    }

    /// Enters a list.
    pub(super) fn link(&mut self, list: &mut *mut Self) {
        self.next = *list;
        self.previous = ptr::null_mut();
        if let Some(mut next) = NonNull::new(self.next) {
            // SAFETY: the spans on a list belong to who has the list.
            unsafe { next.as_mut() }.previous = self;
        }
        *list = self;
    }

    /// Leaves its list.
    pub(super) fn unlink(&mut self, list: &mut *mut Self) {
        match NonNull::new(self.previous) {
            // SAFETY: as in `link`.
            Some(mut previous) => unsafe { previous.as_mut() }.next = self.next,
            None => *list = self.next,
        }
        if let Some(mut next) = NonNull::new(self.next) {
            // SAFETY: as in `link`.
            unsafe { next.as_mut() }.previous = self.previous;
        }
    }

    fn reset(&mut self) {
        *self = Self::new(self.memory);
    }

    fn new(memory: NonNull<u8>) -> Self {
        Self {
            memory,
            carved: 0,
            returned: 0,
            free: ptr::null_mut(),
            retired: false,
            next: ptr::null_mut(),
            previous: ptr::null_mut(),
        }
    }
}

/// The spans without blocks.
struct Whole {
    /// Those that have memory.
    warm: *mut Span,
    /// Those that have none, or never were used.
    cold: *mut Span,
    /// How many are warm.
    count: usize,
}

// SAFETY: what it points to belongs to it, and is used by who has it.
unsafe impl Send for Whole {}

impl Whole {
    fn add_region(&mut self) {
        let layout = Layout::from_size_align(REGION, REGION).expect("a power of two");
        // SAFETY: the size is not zero.
        let memory = unsafe { alloc(layout) };
        let Some(region) = NonNull::new(memory) else {
            handle_alloc_error(layout)
        };
        for index in (1..REGION / SPAN).rev() {
            let memory = region.as_ptr().wrapping_add(index * SPAN);
            let memory = NonNull::new(memory).expect("a region does not wrap round");
            let mut span = of(memory);
            // SAFETY: the descriptions lie in the first span, which nobody else uses.
            unsafe { span.write(Span::new(memory)) };
            // SAFETY: it was just written.
            unsafe { span.as_mut() }.link(&mut self.cold);
        }
    }
}

/// Tells the OS that what is in a span is not wanted any more.
fn forget(span: NonNull<u8>) {
    #[cfg(target_os = "linux")]
    // SAFETY: the span is a region's, whole pages of private memory, and has no blocks. Should the
    // OS refuse, the memory just stays.
    unsafe {
        libc::madvise(span.as_ptr().cast(), SPAN, libc::MADV_DONTNEED);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = span;
}

const REGION: usize = 4 << 20;
const SPAN: usize = 64 << 10;
const _: () = assert!(REGION / SPAN * size_of::<Span>() <= SPAN);

/// How many spans keep their memory for the next rush.
const KEPT: usize = 32;

static WHOLE: Mutex<Whole> = Mutex::new(Whole {
    warm: ptr::null_mut(),
    cold: ptr::null_mut(),
    count: 0,
});

/// How many spans are warm, for those who only wonder.
static WARM: AtomicUsize = AtomicUsize::new(0);
