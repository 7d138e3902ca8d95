//! Every interleaving of a task and of who waits for its end.
//!
//! Planted faults that it finds: a joiner that looks for the end before it leaves its waker, and an
//! end that comes after the joiner's waker was taken.

use std::task::{Context, Wake};

use loom::sync::Notify;
use loom::thread;

use super::super::handle::{Schedule, Scheduler};
use super::*;

/// Keeps what is scheduled for whoever runs it.
#[derive(Default)]
struct Queue(Mutex<Vec<Runnable>>);

impl Queue {
    fn run(&self) {
        let next = || self.0.lock().pop();
        while let Some(runnable) = next() {
            assert!(runnable.run(&mut Turn::unlimited()).is_none());
        }
    }
}

impl Schedule for Queue {
    fn schedule(&self, runnable: Runnable) {
        self.0.lock().push(runnable);
    }

    fn hold(&self) {}

    fn release(&self) {}

    fn is_quiescent(&self) -> bool {
        self.0.lock().is_empty()
    }

    fn settle_turns(&self) {}

    fn workers(&self) -> usize {
        1
    }

    fn is_inside(&self) -> bool {
        false
    }

    fn stop(&self) {}
}

struct Waiter(Notify);

impl Wake for Waiter {
    fn wake(self: Arc<Self>) {
        self.0.notify();
    }
}

/// Holds: who polls a task for its end is told, whether it left its waker before the end, during
/// it or after.
#[test]
fn joining_races_with_the_end() {
    loom::model(|| {
        let queue = Arc::new(Queue::default());
        let dropped = Arc::new(());
        let future = Arc::clone(&dropped);
        let mut task = Scheduler::new(queue.clone()).spawn(async move { drop(future) });
        let worker = thread::spawn(move || queue.run());
        let waiter = Arc::new(Waiter(Notify::new()));
        let waker = Waker::from(Arc::clone(&waiter));
        while Pin::new(&mut task)
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
        {
            waiter.0.wait();
        }
        assert_eq!(Arc::strong_count(&dropped), 1);
        worker.join().unwrap();
    });
}
