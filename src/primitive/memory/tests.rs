//! Blocks between threads.

use std::alloc::Layout;
use std::collections::BTreeSet;
use std::ptr::NonNull;

use super::{Source, tidy};
use crate::primitive::thread;

/// Blocks of a size that only this file's tests use, with a word of their own in each.
struct Held(Vec<NonNull<u8>>);

// SAFETY: blocks have no thread.
unsafe impl Send for Held {}

const LAYOUT: Layout = Layout::new::<[u64; 16]>();
const SOURCE: Source = Source::of(LAYOUT);

impl Held {
    fn take(count: usize) -> Self {
        let blocks = (0..count).map(|number| {
            let block = SOURCE.take(LAYOUT);
            // SAFETY: it has 128 bytes, and is aligned to 32.
            unsafe { block.cast::<[usize; 16]>().write([number; 16]) };
            block
        });
        Self(blocks.collect())
    }

    /// Gives back what still has its content, and nothing else.
    fn give(self) {
        for (number, block) in self.0.into_iter().enumerate() {
            // SAFETY: it was written by `take`.
            let content = unsafe { block.cast::<[usize; 16]>().read() };
            assert_eq!(content, [number; 16]);
            // SAFETY: it was taken from there.
            unsafe { SOURCE.give(block, || LAYOUT) };
        }
    }
}

#[test]
fn sizes_go_to_the_smallest_block_that_fits() {
    let source = |size, align| Source::of(Layout::from_size_align(size, align).unwrap());
    assert_eq!(source(1, 1), source(32, 8));
    assert_ne!(source(32, 8), source(33, 8));
    assert_eq!(source(97, 32), source(128, 32));
    assert_eq!(source(225, 8), source(256, 8));
    for (size, align) in [(0, 1), (257, 8), (64, 64)] {
        assert!(source(size, align).is_global(), "{size} by {align}");
    }
}

#[test]
fn blocks_are_distinct_and_keep_their_content() {
    for _ in 0..3 {
        let held = Held::take(10_000);
        let mut addresses: Vec<_> = held.0.iter().map(|block| block.addr()).collect();
        addresses.sort_unstable();
        assert!(
            addresses
                .windows(2)
                .all(|pair| pair[1].get() - pair[0].get() >= 128)
        );
        held.give();
    }
}

#[test]
fn blocks_travel_between_threads_while_others_tidy() {
    let (sender, receiver) = std::sync::mpsc::sync_channel::<Held>(4);
    let senders = [1, 2].map(|factor| {
        let sender = sender.clone();
        spawn(move || {
            for round in 0..200 {
                sender.send(Held::take(100 + round * factor % 900)).unwrap();
            }
        })
    });
    drop(sender);
    for held in receiver {
        held.give();
        tidy();
    }
    for sender in senders {
        sender.join().unwrap();
    }
    while tidy() {}
}

/// What an ended thread had is there for others: a thousand threads need no more than one.
#[test]
fn ended_threads_leave_their_blocks_to_others() {
    let region = |_| {
        let held = Held::take(65);
        let region = held.0[0].addr().get() >> 22;
        held.give();
        region
    };
    let regions: BTreeSet<_> = (0..1000)
        .map(|round| spawn(move || region(round)).join().unwrap())
        .collect();
    assert!(regions.len() <= 2, "{regions:?}");
}

fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> thread::JoinHandle<T> {
    thread::spawn("memory", body).expect("a thread is to be had")
}
