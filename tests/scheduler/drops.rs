//! Whatever is sent is served or dropped once, and nothing is left of an actor but its address.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use libprocess::scheduler::Scheduler;
use proptest::prelude::*;

use super::support::{Address, pool};

/// Counts how often it was served and dropped.
struct Parcel(Arc<Counts>);

#[derive(Default)]
struct Counts {
    sent: AtomicU32,
    served: AtomicU32,
    dropped: AtomicU32,
}

impl Drop for Parcel {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

/// What one of several threads does to an actor.
#[derive(Debug, Clone)]
enum Step {
    Send(u8),
    End,
    Panic,
    Stop,
}

impl Step {
    fn take(self, scheduler: &Scheduler, actor: &Address<Arc<Counts>>, counts: &Arc<Counts>) {
        match self {
            Self::Send(events) => (0..events).for_each(|_| post(actor, counts)),
            Self::End => {
                actor.end();
            }
            Self::Panic => {
                actor.tell(|_| panic!("on purpose"));
            }
            Self::Stop => scheduler.stop(),
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (1..40_u8).prop_map(Step::Send),
        2 => Just(Step::End),
        1 => Just(Step::Panic),
        1 => Just(Step::Stop),
    ]
}

fn post(actor: &Address<Arc<Counts>>, counts: &Arc<Counts>) {
    counts.sent.fetch_add(1, Ordering::Relaxed);
    let parcel = Parcel(Arc::clone(counts));
    actor.tell(move |counts| {
        counts.served.fetch_add(1, Ordering::Relaxed);
        drop(parcel);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn events_are_dropped_once_however_actors_and_pools_end(
        workers in 1..4_usize,
        threads in prop::collection::vec(prop::collection::vec((0..3_usize, step()), 0..12), 1..4),
    ) {
        let scheduler = pool(workers);
        let counts = Arc::new(Counts::default());
        let actors: Vec<_> =
            (0..3).map(|_| Address::new(&scheduler, Arc::clone(&counts))).collect();
        thread::scope(|scope| {
            for steps in threads {
                let (scheduler, counts, actors) = (&scheduler, &counts, &actors);
                scope.spawn(move || {
                    for (target, step) in steps {
                        step.take(scheduler, &actors[target], counts);
                    }
                });
            }
        });
        for actor in &actors {
            // After a stop this ends the actor by being dropped.
            actor.end();
        }
        scheduler.settle_turns();
        scheduler.stop();
        let of = |count: &AtomicU32| count.load(Ordering::Relaxed);
        prop_assert_eq!(of(&counts.sent), of(&counts.dropped));
        prop_assert!(of(&counts.served) <= of(&counts.sent));
        prop_assert_eq!(Arc::strong_count(&counts), 1);
    }
}
