//! The state word of an `async` block's waker: whether an event that polls the block is under way.
//!
//! A wake requests one, and only who finds that none is under way queues it. The process clears the
//! word, and then polls. A wake that finds the word set leaves what it announces for that poll; a
//! wake after the clearing queues the next. So no wake is lost and a block is never queued twice.

use crate::primitive::sync::atomic::{AtomicBool, Ordering};

/// The state word.
#[derive(Default)]
pub(super) struct Wakeup(AtomicBool);

/// What a wake has to do.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// Queue the event.
    Queue,
    /// Nothing: one is under way, or the block is finished.
    Nothing,
}

impl Wakeup {
    /// Somebody wakes the block.
    pub(super) fn request(&self) -> Request {
        // Release pairs with the acquire in `begin`: what this wake announces is seen by the poll
        // that follows. Nothing is acquired: who queues the event brings its own news only.
        if self.0.swap(true, Ordering::Release) {
            Request::Nothing
        } else {
            Request::Queue
        }
    }

    /// The event is served: a poll follows.
    pub(super) fn begin(&self) {
        // Acquire pairs with the release of every wake that found the word set, which are one
        // sequence of swaps up to here. It is a swap, not a store, to read the last of them.
        self.0.swap(false, Ordering::Acquire);
    }

    /// The block is finished: nothing is to be queued any more.
    pub(super) fn finish(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(all(test, loom))]
mod loom_models {
    use loom::thread;

    use super::*;
    use crate::primitive::sync::Arc;
    use crate::primitive::sync::atomic::AtomicUsize;

    #[derive(Default)]
    struct Block {
        wakeup: Wakeup,
        /// What the wakes announce: one piece of news each.
        news: [AtomicBool; 2],
        /// The events under way, and how many polls they have led to.
        events: AtomicUsize,
    }

    impl Block {
        fn wake(&self, news: usize) {
            self.news[news].store(true, Ordering::Relaxed);
            if self.wakeup.request() == Request::Queue {
                self.events.fetch_add(1, Ordering::Release);
            }
        }

        /// Serves the event that is under way, if one is: what the poll sees.
        fn serve(&self) -> Option<[bool; 2]> {
            if self.events.load(Ordering::Acquire) == 0 {
                return None;
            }
            let before = self.events.fetch_sub(1, Ordering::Acquire);
            assert_eq!(before, 1, "the block is queued twice");
            self.wakeup.begin();
            Some([0, 1].map(|news| self.news[news].load(Ordering::Relaxed)))
        }
    }

    /// Holds: two wakes and the polls that they lead to: the last poll has seen the news of both.
    ///
    /// Planted faults that it finds: a wake that does not release; a poll that begins without
    /// acquire.
    #[test]
    fn no_wake_is_lost_and_none_queues_twice() {
        loom::model(|| {
            let block = Arc::new(Block::default());
            let wakers: Vec<_> = (0..2)
                .map(|news| {
                    let block = Arc::clone(&block);
                    thread::spawn(move || block.wake(news))
                })
                .collect();
            let mut seen = block.serve();
            for waker in wakers {
                waker.join().unwrap();
            }
            while let Some(news) = block.serve() {
                seen = Some(news);
            }
            assert_eq!(seen, Some([true, true]));
        });
    }
}
