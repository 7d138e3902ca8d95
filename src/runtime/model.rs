//! Random interleavings of whole runtimes: scheduler, processes and clock together.
//!
//! Each names the race that it holds. Planted faults that they find, beside those of a pool:
//!
//! | fault | found by |
//! | --- | --- |
//! | time that is moved wakes nobody | `waiting_processes_are_replaced` |
//! | a timer that is due at once wakes nobody | `setting_a_timer_races_with_parking` |
//! | a callback counts as returned when it begins | `settling_races_with_a_slow_callback` |
//! | out of the table after the waits for the end are over | all that end a process |
//! | a link to who has ended is forgotten; who is linked is told twice | all that end a process |
//! | orders to a seeded scheduler without telling it | `a_seeded_world_is_sent_to_from_outside` |
//! | a seeded run that is over before the baton is down | the same |

use std::net::IpAddr;
use std::time::Duration;

use shuttle::thread;

use super::Runtime;
use crate::address::Upid;
use crate::clock::{Clock, Watch};
use crate::net::memory::Memory;
use crate::primitive::blocking::Latch;
use crate::primitive::explore::some;
use crate::primitive::sync::Arc;
use crate::primitive::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use crate::process::{Context, Pid, Process};
use crate::scheduler::{Budget, Park, Pool, Scheduler, Seeded, ThreadPark};
use crate::services::Services;
use crate::time::{Time, secs};

/// What happened, counted by who must not order anything in the model.
#[derive(Default)]
struct Counts {
    made: AtomicUsize,
    served: AtomicUsize,
    dropped: AtomicUsize,
    spawned: AtomicUsize,
    initialized: AtomicUsize,
    finalized: AtomicUsize,
    gone: AtomicUsize,
    exited: AtomicUsize,
}

/// Counts what happens to it.
struct Node(Arc<Counts>);

impl Process for Node {
    fn prefix(&self) -> &str {
        "node"
    }

    fn initialize(&mut self, _ctx: &mut Context<Self>) {
        self.0.initialized.fetch_add(1, Relaxed);
    }

    fn finalize(&mut self, _ctx: &mut Context<Self>) {
        self.0.finalized.fetch_add(1, Relaxed);
    }

    fn exited(&mut self, _ctx: &mut Context<Self>, _pid: &Upid) {
        self.0.exited.fetch_add(1, Relaxed);
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.0.gone.fetch_add(1, Relaxed);
    }
}

/// Something that is sent, and must be served or dropped once.
struct Parcel(Arc<Counts>);

impl Parcel {
    fn new(counts: &Arc<Counts>) -> Self {
        counts.made.fetch_add(1, Relaxed);
        Self(Arc::clone(counts))
    }

    fn serve(self) {
        self.0.served.fetch_add(1, Relaxed);
    }
}

impl Drop for Parcel {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Relaxed);
    }
}

/// What a runtime's own driver is, without sockets.
struct Driver {
    clock: Clock,
    inner: ThreadPark,
}

impl Park for Driver {
    fn park(&self, timeout: Option<Duration>) {
        if timeout.is_none() && self.clock.until_next().is_none() {
            self.inner.park(None);
        }
        self.clock.expire();
    }

    fn unpark(&self) {
        self.inner.unpark();
    }
}

/// A runtime on a pool, with a clock that stands still.
struct World {
    runtime: Runtime,
    scheduler: Scheduler,
    clock: Clock,
    counts: Arc<Counts>,
    _watch: Watch,
}

impl World {
    fn start(workers: usize) -> Self {
        let clock = Clock::paused_at(Time::EPOCH);
        let driver = Arc::new(Driver {
            clock: clock.clone(),
            inner: ThreadPark::default(),
        });
        let waker = Arc::clone(&driver);
        let watch = clock.watch(move || waker.unpark());
        let budget = Budget {
            events: 2,
            slice: None,
        };
        let scheduler = Scheduler::new(Pool::start(workers, driver, budget).unwrap());
        Self {
            runtime: runtime(&scheduler, &clock),
            scheduler,
            clock,
            counts: Arc::default(),
            _watch: watch,
        }
    }

    fn node(&self) -> Node {
        self.counts.spawned.fetch_add(1, Relaxed);
        Node(Arc::clone(&self.counts))
    }

    fn spawn(&self) -> Pid<Node> {
        self.runtime.spawn(self.node()).unwrap()
    }

    fn tell(&self, node: &Pid<Node>) {
        let parcel = Parcel::new(&self.counts);
        node.tell(|_, _| parcel.serve());
    }

    /// Ends everything; whatever there was has come to its end once.
    fn stop(self) {
        self.runtime.stop().unwrap();
        self.scheduler.stop();
        self.clock.clear();
        let Counts { made, dropped, .. } = &*self.counts;
        let Counts { spawned, gone, .. } = &*self.counts;
        assert_eq!(made.load(Relaxed), dropped.load(Relaxed));
        assert_eq!(spawned.load(Relaxed), gone.load(Relaxed));
    }
}

fn runtime(scheduler: &Scheduler, clock: &Clock) -> Runtime {
    let ip = IpAddr::from([10, 0, 0, 1]);
    let builder = Runtime::builder()
        .ip(ip)
        .port(1)
        .clock(clock.clone())
        .scheduler(scheduler.clone())
        .network(Arc::new(Memory::new(clock.clone(), 1).node(ip)))
        .seed(1)
        .services(Services::none());
    builder.start().unwrap()
}

/// Holds: spawn, terminate and send: an id is one process' at a time, and free once a wait for its
/// end has returned; each process is initialized and finalized once; what is sent to whoever has
/// the id is served or dropped once.
#[test]
fn spawning_races_with_ending_and_sending() {
    check(|| {
        let world = Arc::new(World::start(2));
        let first = world.runtime.spawn_as("node", world.node()).unwrap();
        let ender = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                first.terminate();
                first.wait().unwrap();
                let again = world.runtime.spawn_as("node", world.node()).unwrap();
                world.tell(&again);
            })
        };
        for _ in 0..3 {
            if let Some(node) = world.runtime.manager().find::<Node>("node") {
                world.tell(&node);
            }
        }
        ender.join().unwrap();
        world.runtime.settle();
        let Counts {
            initialized,
            finalized,
            ..
        } = &*world.counts;
        assert_eq!((initialized.load(Relaxed), finalized.load(Relaxed)), (2, 1));
        Arc::into_inner(world).unwrap().stop();
    });
}

/// Holds: link and end: every linker is told once, whether it came before the end or after it.
#[test]
fn linking_races_with_ending() {
    check(|| {
        let world = World::start(2);
        let (target, linkers) = (world.spawn(), [world.spawn(), world.spawn()]);
        for linker in linkers.clone() {
            let target = target.upid().clone();
            linker.tell(move |_, ctx| ctx.link(&target));
        }
        let ender = thread::spawn(move || target.terminate());
        // Whoever ends while it is linked is not told, and nobody else is.
        linkers[1].dispatch(|_, _| ()).wait().unwrap();
        ender.join().unwrap();
        world.runtime.settle();
        assert_eq!(world.counts.exited.load(Relaxed), 2);
        world.stop();
    });
}

/// Holds: expire and cancel: a timer runs, or somebody is told that it will not.
#[test]
fn timers_race_with_being_cancelled() {
    check(|| {
        let world = Arc::new(World::start(2));
        let node = world.spawn();
        let timers = [1, 1, 2].map(|delay| {
            let parcel = Parcel::new(&world.counts);
            node.delay(secs(delay), |_, _| parcel.serve())
        });
        let turner = {
            let clock = world.clock.clone();
            thread::spawn(move || {
                clock.advance(secs(1));
                clock.advance(secs(1));
            })
        };
        let cancelled = timers.iter().filter(|timer| timer.cancel()).count();
        turner.join().unwrap();
        world.runtime.settle();
        assert_eq!(world.counts.served.load(Relaxed) + cancelled, 3);
        assert!(!world.clock.has_due());
        Arc::into_inner(world).unwrap().stop();
    });
}

/// Holds: settle, and events and timers that bring each other about: who has settled has seen all
/// that was due, however it was handed on between workers and the clock.
#[test]
fn settling_races_with_timers_and_events() {
    fn hand_on(node: &Pid<Node>, parcels: Vec<Parcel>) {
        node.tell(|_, ctx| step(ctx, parcels));
    }
    fn step(ctx: &mut Context<Node>, mut parcels: Vec<Parcel>) {
        let Some(parcel) = parcels.pop() else { return };
        parcel.serve();
        if parcels.len().is_multiple_of(2) {
            ctx.delay(Duration::ZERO, |_, ctx| step(ctx, parcels));
        } else {
            let next = ctx.spawn(Node(Arc::default())).unwrap();
            hand_on(&next, parcels);
        }
    }
    check(|| {
        let world = World::start(2);
        let (first, second) = (world.spawn(), world.spawn());
        for node in [&first, &second] {
            hand_on(node, (0..5).map(|_| Parcel::new(&world.counts)).collect());
        }
        world.runtime.settle();
        assert_eq!(world.counts.served.load(Relaxed), 10);
        assert!(!world.clock.has_due());
        world.stop();
    });
}

/// Holds: settle and expire: a callback that takes its time is under way until it has returned.
#[test]
fn settling_races_with_a_slow_callback() {
    check(|| {
        let world = World::start(2);
        let node = world.spawn();
        let parcel = Parcel::new(&world.counts);
        world.clock.timer(Duration::ZERO, move || {
            (0..10).for_each(|_| thread::yield_now());
            node.tell(|_, _| parcel.serve());
        });
        world.runtime.settle();
        assert_eq!(world.counts.served.load(Relaxed), 1);
        world.stop();
    });
}

/// Holds: set and park: whoever waits in the park, or is about to, runs a timer that was set by a
/// process or by another timer.
#[test]
fn setting_a_timer_races_with_parking() {
    check(|| {
        let world = World::start(2);
        let (node, fired) = (world.spawn(), Latch::new());
        let open = fired.clone();
        node.tell(move |_, ctx| {
            let clock = ctx.clock().clone();
            ctx.clock().timer(Duration::ZERO, move || {
                clock.timer(Duration::ZERO, move || _ = open.open());
            });
        });
        fired.wait();
        world.stop();
    });
}

/// Holds: block and replace: a chain of processes each of which waits for the end of the next,
/// and at its end for the clock, with one worker.
#[test]
fn waiting_processes_are_replaced() {
    fn wait(ctx: &mut Context<Node>, left: u32) {
        if left == 0 {
            let nobody = ctx.spawn(Node(Arc::default())).unwrap();
            assert!(!nobody.wait_for(secs(1)).unwrap());
            nobody.terminate();
        } else {
            let next = ctx.spawn(Node(Arc::default())).unwrap();
            next.tell(move |_, ctx| wait(ctx, left - 1));
            next.wait().unwrap();
        }
        ctx.terminate();
    }
    check(|| {
        let world = World::start(1);
        let first = world.spawn();
        first.tell(|_, ctx| wait(ctx, 2));
        world.runtime.settle();
        assert!(!first.has_ended());
        world.clock.advance(secs(1));
        first.wait().unwrap();
        world.stop();
    });
}

/// Holds: spawn and stop: a process is refused, or ends with the runtime.
#[test]
fn spawning_races_with_stopping() {
    check(|| {
        let world = Arc::new(World::start(2));
        let spawner = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                for _ in 0..3 {
                    match world.runtime.spawn(world.node()) {
                        Ok(node) => world.tell(&node),
                        Err(refused) => drop(refused),
                    }
                }
            })
        };
        world.runtime.stop().unwrap();
        spawner.join().unwrap();
        let Counts {
            initialized,
            finalized,
            ..
        } = &*world.counts;
        assert_eq!(initialized.load(Relaxed), finalized.load(Relaxed));
        Arc::into_inner(world).unwrap().stop();
    });
}

/// Holds: the baton of a seeded scheduler: turns that block and go on, while threads from outside
/// send; there is one turn at a time, and none is forgotten.
#[test]
fn a_seeded_world_is_sent_to_from_outside() {
    check(|| {
        let clock = Clock::paused_at(Time::EPOCH);
        let seeded = Seeded::new(1);
        let scheduler = Scheduler::new(seeded.clone());
        let runtime = Arc::new(runtime(&scheduler, &clock));
        let counts = Arc::<Counts>::default();
        let nodes = [(); 2].map(|()| runtime.spawn(Node(Arc::clone(&counts))).unwrap());
        let senders = nodes.clone().map(|node| {
            let (counts, next) = (Arc::clone(&counts), nodes[0].clone());
            thread::spawn(move || {
                for _ in 0..2 {
                    let (parcel, next) = (Parcel::new(&counts), next.clone());
                    node.tell(move |_, ctx| {
                        if ctx.upid() != next.upid() {
                            next.dispatch(|_, _| ()).wait().unwrap();
                        }
                        parcel.serve();
                    });
                }
            })
        });
        seeded.run_until_idle();
        for sender in senders {
            sender.join().unwrap();
        }
        seeded.run_until_idle();
        assert_eq!(counts.served.load(Relaxed), 4);
        assert!(scheduler.is_quiescent());
        let stopped = Latch::new();
        let told = stopped.clone();
        let stopper = thread::spawn(move || {
            drop(runtime);
            told.open();
        });
        while !stopped.is_open() {
            seeded.run_until_idle();
            thread::yield_now();
        }
        stopper.join().unwrap();
        assert_eq!(counts.finalized.load(Relaxed), 2);
        scheduler.stop();
    });
}

fn check(model: impl Fn() + Send + Sync + 'static) {
    some(3_000, model);
}
