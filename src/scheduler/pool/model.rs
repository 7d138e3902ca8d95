//! Random interleavings of whole pools.
//!
//! Each names the race that it holds. Planted faults that they find:
//!
//! | fault | found by |
//! | --- | --- |
//! | a stop that drops what is queued before it raises the flag | all |
//! | a runnable that is queued during a stop, without a look at the flag | stopping |
//! | who blocks keeps what is in its slot | a chain, a section |
//! | who blocks lends nothing; a section lends nothing | a chain; a section |
//! | a turn that ends without a core is not counted | a chain, a section |
//! | a runnable counted after it is queued | a random graph |
//! | a core lent without telling who waits for one | a chain |

use shuttle::sync::atomic::{AtomicUsize, Ordering};
use shuttle::thread;

use super::super::event::{Actor, Event, Serve};
use super::super::handle::Scheduler;
use super::super::host::{Host, Hosted, Life, Sent};
use super::super::mailbox::Events;
use super::super::park::ThreadPark;
use super::super::turn::{Budget, Turn};
use super::Pool;
use crate::primitive::blocking::{self, Latch};
use crate::primitive::explore::some;
use crate::primitive::random::Random;
use crate::primitive::sync::Arc;

/// An actor without a state, to which closures are sent.
struct Node {
    ended: bool,
    _count: Arc<()>,
}

struct Act<F>(F);

impl Actor for Node {
    type Look<'a> = ();
}

impl<F: FnOnce() -> Life + Send + 'static> Serve<Node> for Act<F> {
    fn serve(self, node: &mut Node) {
        node.ended = (self.0)() == Life::Dead;
    }

    fn look(&self) {}
}

impl Hosted for Node {
    type Shared = Scheduler;

    fn turn(
        &mut self,
        _host: &Arc<Host<Self>>,
        events: &mut Events<'_, Self>,
        turn: &mut Turn,
    ) -> Life {
        while let Some(letter) = events.next() {
            letter.serve(self);
            if self.ended {
                return Life::Dead;
            }
            if !turn.spend() {
                break;
            }
        }
        Life::Alive
    }

    fn name(_scheduler: &Scheduler) -> String {
        "node".to_owned()
    }
}

#[derive(Clone)]
struct Address(Arc<Host<Node>>);

impl Address {
    fn new(scheduler: &Scheduler, count: &Arc<()>) -> Self {
        let node = Node {
            ended: false,
            _count: Arc::clone(count),
        };
        Self(Host::new(node, scheduler.clone()))
    }

    fn tell(&self, act: impl FnOnce() -> Life + Send + 'static) {
        if let Sent::Wake(runnable) = self.0.send(Event::new(Act(act))) {
            self.0.shared().schedule(runnable);
        }
    }
}

fn start(workers: usize) -> (Arc<Pool>, Scheduler) {
    let park = Arc::new(ThreadPark::default());
    let budget = Budget {
        events: 2,
        slice: None,
    };
    let pool = Pool::start(workers, park, budget).unwrap();
    (Arc::clone(&pool), Scheduler::new(pool))
}

/// Sends through the graph, forking now and then.
fn wander(graph: &Arc<Vec<Address>>, left: &Arc<AtomicUsize>, mut random: Random, hops: usize) {
    left.fetch_add(1, Ordering::Relaxed);
    let (nodes, count) = (Arc::clone(graph), Arc::clone(left));
    graph[random.below(graph.len())].tell(move || {
        if hops > 0 {
            if random.below(3) == 0 {
                wander(&nodes, &count, random.fork(), hops / 2);
            }
            wander(&nodes, &count, random, hops - 1);
        }
        count.fetch_sub(1, Ordering::Relaxed);
        Life::Alive
    });
}

/// Holds: steal and pop, sleep and wake, count and settle: whatever is sent through a random
/// graph is served, and who has settled finds nothing of his own under way, whatever others send.
#[test]
fn a_random_graph_settles() {
    some(4_000, || {
        let (_pool, scheduler) = start(3);
        let count = Arc::new(());
        let graph: Vec<_> = (0..4).map(|_| Address::new(&scheduler, &count)).collect();
        let graph = Arc::new(graph);
        let left = Arc::new(AtomicUsize::new(0));
        let mut random = Random::new(1);
        let outside = {
            let (node, other) = (graph[0].clone(), graph[1].clone());
            thread::spawn(move || {
                node.tell(|| Life::Alive);
                other.tell(|| Life::Alive);
            })
        };
        for _ in 0..2 {
            wander(&graph, &left, random.fork(), 4);
            wander(&graph, &left, random.fork(), 4);
            scheduler.settle_turns();
            assert_eq!(left.load(Ordering::Relaxed), 0);
        }
        outside.join().unwrap();
        graph.iter().for_each(|node| node.tell(|| Life::Dead));
        scheduler.settle_turns();
        assert_eq!(Arc::strong_count(&count), 1);
        scheduler.stop();
    });
}

/// Holds: block and replace: each turn of a chain waits for the next, with one worker.
#[test]
fn a_chain_of_blocked_turns_ends() {
    fn chain(scheduler: &Scheduler, count: &Arc<()>, left: u32, done: Latch) {
        let (inner, counted) = (scheduler.clone(), Arc::clone(count));
        Address::new(scheduler, count).tell(move || {
            if left > 0 {
                let next = Latch::new();
                chain(&inner, &counted, left - 1, next.clone());
                next.wait();
            }
            done.open();
            Life::Dead
        });
    }
    some(4_000, || {
        let (pool, scheduler) = start(1);
        let (count, done) = (Arc::new(()), Latch::new());
        chain(&scheduler, &count, 3, done.clone());
        done.wait();
        scheduler.settle_turns();
        // Now by threads that the first chain has left behind.
        let again = Latch::new();
        chain(&scheduler, &count, 2, again.clone());
        again.wait();
        scheduler.settle_turns();
        assert_eq!(Arc::strong_count(&count), 1);
        scheduler.stop();
        assert_eq!(pool.threads(), 0);
    });
}

/// Holds: a section lends the worker, so that what the turn had scheduled before runs meanwhile.
#[test]
fn a_section_lets_others_run() {
    some(4_000, || {
        let (_pool, scheduler) = start(1);
        let count = Arc::new(());
        let other = Address::new(&scheduler, &count);
        let (sender, receiver) = shuttle::sync::mpsc::channel();
        Address::new(&scheduler, &count).tell(move || {
            other.tell(move || {
                sender.send(()).unwrap();
                Life::Dead
            });
            blocking::section(|| receiver.recv().unwrap());
            Life::Dead
        });
        scheduler.settle_turns();
        assert_eq!(Arc::strong_count(&count), 1);
        scheduler.stop();
    });
}

/// Holds: stop and schedule: whatever comes before, during and after the stop is served or
/// dropped once, and no thread is left.
#[test]
fn stopping_races_with_sends_and_wakes() {
    some(4_000, || {
        let (pool, scheduler) = start(2);
        let count = Arc::new(());
        let senders: Vec<_> = (0..2)
            .map(|_| {
                let (scheduler, count) = (scheduler.clone(), Arc::clone(&count));
                thread::spawn(move || {
                    let (inner, counted) = (scheduler.clone(), Arc::clone(&count));
                    Address::new(&scheduler, &count).tell(move || {
                        Address::new(&inner, &counted).tell(|| Life::Dead);
                        Life::Dead
                    });
                    scheduler.spawn(async move {
                        std::future::ready(()).await;
                        drop(count);
                    })
                })
            })
            .collect();
        scheduler.stop();
        Address::new(&scheduler, &count).tell(|| Life::Dead);
        for sender in senders {
            sender.join().unwrap().wait();
        }
        assert_eq!(pool.threads(), 0);
        assert_eq!(Arc::strong_count(&count), 1);
    });
}
