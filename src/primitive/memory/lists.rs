//! The free blocks of a thread.

#![expect(unsafe_code, reason = "the links of free blocks lie in the blocks")]

use std::cell::Cell;
use std::ptr::{self, NonNull};

use super::depot::{self, Batch, Block};
use super::{BATCH, CLASSES};

/// Takes a block.
#[inline]
pub(super) fn take(class: usize) -> NonNull<u8> {
    LISTS.with(|lists| {
        let list = &lists[class];
        let Some(block) = NonNull::new(list.head.get()) else {
            return refill(list, class);
        };
        // SAFETY: blocks on the list are this thread's, and linked.
        list.head.set(unsafe { block.as_ref() }.next);
        list.count.set(list.count.get().wrapping_sub(1));
        block.cast()
    })
}

/// Gives a block.
///
/// # Safety
///
/// It is a block of this class, and nobody uses it any more.
#[inline]
pub(super) unsafe fn give(class: usize, block: NonNull<u8>) {
    LISTS.with(|lists| {
        let list = &lists[class];
        if list.count.get() == BATCH {
            spill(list, class);
        }
        let block = block.cast::<Block>().as_ptr();
        // SAFETY: the block is large enough, aligned, and the caller gives it away.
        unsafe { (*block).next = list.head.get() };
        list.head.set(block);
        list.count.set(list.count.get().wrapping_add(1));
    });
}

/// The free blocks of one size.
struct List {
    head: Cell<*mut Block>,
    count: Cell<u32>,
    /// A whole batch, or nothing: so that a thread which takes and gives in turn at a border
    /// between two batches does not go to the depot each time.
    spare: Cell<*mut Block>,
}

impl List {
    const fn new() -> Self {
        Self {
            head: Cell::new(ptr::null_mut()),
            count: Cell::new(0),
            spare: Cell::new(ptr::null_mut()),
        }
    }
}

/// The list is empty: gets a batch and takes its first block.
#[cold]
fn refill(list: &List, class: usize) -> NonNull<u8> {
    let spare = list.spare.replace(ptr::null_mut());
    let (head, count) = match NonNull::new(spare) {
        Some(spare) => (spare, BATCH),
        None => {
            register();
            let batch = depot::get(class);
            (batch.head, batch.count)
        }
    };
    // SAFETY: the blocks of a batch are linked, and were just given to this thread.
    list.head.set(unsafe { head.as_ref() }.next);
    list.count.set(count - 1);
    head.cast()
}

/// The list is full: makes it empty.
#[cold]
fn spill(list: &List, class: usize) {
    register();
    let full = list.head.replace(ptr::null_mut());
    list.count.set(0);
    let spare = list.spare.replace(full);
    hand_over(class, spare, BATCH);
}

fn hand_over(class: usize, head: *mut Block, count: u32) {
    if let Some(head) = NonNull::new(head) {
        depot::put(class, Batch { head, count });
    }
}

/// Sees to it that this thread's blocks go to the depots when it ends.
///
/// What a thread's last destructors free after that is kept in its lists for ever, at most a
/// batch and a spare of each size; it is not worth a check on every block.
fn register() {
    // An error says that the thread is ending.
    let _ = FLUSH.try_with(|_| ());
}

struct Flush;

impl Drop for Flush {
    fn drop(&mut self) {
        LISTS.with(|lists| {
            for (class, list) in lists.iter().enumerate() {
                let head = list.head.replace(ptr::null_mut());
                hand_over(class, head, list.count.replace(0));
                hand_over(class, list.spare.replace(ptr::null_mut()), BATCH);
            }
        });
    }
}

std::thread_local! {
    // Without a destructor, so that an access is a plain one.
    static LISTS: [List; CLASSES] = const { [const { List::new() }; CLASSES] };
    static FLUSH: Flush = const { Flush };
}
