//! Every interleaving of pushing, searching, sleeping and waking.
//!
//! Each names the race that it holds. Planted faults that they find:
//!
//! | fault | found by |
//! | --- | --- |
//! | no fence behind a change of the count | all with a push |
//! | no fence between a push and the look at the count | all with a push |
//! | no last look at the queues before falling asleep | all with a push |
//! | the call in the bed taken back on the way to sleep | all |
//! | a call that does not go through the lock | those with two workers |
//! | who is woken is not counted as searching | all with two pushes |
//! | the last searcher forgets what is left | `a_push_races_with_the_end_of_a_search` |
//! | who is woken stays on the list | all with a push |

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

use super::super::super::park::ThreadPark;
use super::Sleepers;
use crate::primitive::blocking::Latch;
use crate::primitive::explore::every;
use crate::primitive::sync::Arc;

/// A pool in small: what is queued is a number, what is done is a number.
struct Model {
    sleepers: Sleepers,
    workers: usize,
    queued: AtomicUsize,
    left: AtomicUsize,
    over: AtomicBool,
    /// Opens when nothing is left: what a long turn waits for.
    done: Option<Latch>,
}

impl Model {
    fn new(workers: usize, work: usize, done: Option<Latch>) -> Arc<Self> {
        Arc::new(Self {
            sleepers: Sleepers::new(workers, Arc::new(ThreadPark::default())),
            workers,
            queued: AtomicUsize::new(0),
            left: AtomicUsize::new(work),
            over: AtomicBool::new(false),
            done,
        })
    }

    fn push(&self) {
        self.queued.fetch_add(1, Ordering::Release);
        self.sleepers.pushed_outside(|| !self.is_work());
    }

    fn is_work(&self) -> bool {
        self.queued.load(Ordering::Acquire) > 0
    }

    fn take(&self) -> bool {
        let one_less = |queued: usize| queued.checked_sub(1);
        self.queued
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, one_less)
            .is_ok()
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// What a worker does, without what it works on.
    fn work(&self, index: usize) {
        let mut searching = false;
        while !self.is_over() {
            searching = searching || self.sleepers.start_search();
            if self.take() {
                if searching {
                    self.sleepers.stop_search(|| self.is_work());
                    searching = false;
                }
                if self.left.fetch_sub(1, Ordering::AcqRel) == 1 {
                    self.over.store(true, Ordering::Release);
                    self.done.as_ref().map(Latch::open);
                    self.sleepers.call_all();
                }
                self.done.as_ref().map(Latch::wait_here);
                continue;
            }
            self.sleepers.lie_down(index, searching);
            searching = self
                .sleepers
                .sleep(index, || self.is_work(), || self.is_over());
        }
    }
}

fn check(workers: usize, pushers: usize, preemptions: usize) {
    explore(preemptions, move || Model::new(workers, pushers, None));
}

fn explore(preemptions: usize, model: impl Fn() -> Arc<Model> + Send + Sync + 'static) {
    every(preemptions, move || {
        let model = model();
        let (workers, pushers) = (model.workers, model.left.load(Ordering::Relaxed));
        let mut threads = Vec::new();
        for index in 0..workers {
            let model = Arc::clone(&model);
            threads.push(thread::spawn(move || model.work(index)));
        }
        for _ in 1..pushers {
            let model = Arc::clone(&model);
            threads.push(thread::spawn(move || model.push()));
        }
        model.push();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(model.left.load(Ordering::Relaxed), 0);
    });
}

/// Holds: a push and a worker that falls asleep do not miss each other, in the park.
#[test]
fn a_push_races_with_falling_asleep() {
    check(1, 1, 4);
}

/// Holds: a second push relies on a worker that the first has woken, and is not left lying.
#[test]
fn two_pushes_race_with_falling_asleep() {
    check(1, 2, 3);
}

/// Holds: the same with one worker in the park and one in bed, who rely on each other to search.
#[test]
fn a_push_races_with_two_who_fall_asleep() {
    check(2, 1, 3);
}

/// Holds: who stops searching, for a turn that lasts until the other push is served, passes on what
/// others left to a searcher.
#[test]
fn a_push_races_with_the_end_of_a_search() {
    explore(2, || Model::new(2, 2, Some(Latch::new())));
}

/// Holds: a call that comes between lying down and sleeping is not forgotten.
#[test]
fn being_called_off_races_with_falling_asleep() {
    every(3, || {
        let model = Model::new(2, 0, None);
        let workers = [0, 1].map(|index| {
            let model = Arc::clone(&model);
            thread::spawn(move || model.work(index))
        });
        model.over.store(true, Ordering::Release);
        model.sleepers.call_all();
        for worker in workers {
            worker.join().unwrap();
        }
    });
}
