//! A cluster in one test function: several runtimes on one clock that the test turns, one
//! scheduler that picks who runs next by seed, and one network in memory that can be cut.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::time::Duration;

use super::trace::Trace;
use crate::clock::Clock;
use crate::future::{Error, Future};
use crate::net::memory::Memory;
use crate::primitive::blocking::{self, Blocker, Latch};
use crate::primitive::random::Random;
use crate::primitive::sync::Arc;
use crate::process::{Context, Pid, Process};
use crate::runtime::Runtime;
use crate::scheduler::{Scheduler, Seeded};
use crate::services::Services;
use crate::time::Time;

/// A simulated cluster.
///
/// The same programs run on it unchanged. Nothing happens on its own: time stands still and
/// nobody runs until [`run_for`](Self::run_for), or anything that waits, lets them. Whatever is
/// left to chance (who runs next, how long a frame flies, generated ids) comes from the seed, so
/// that a seed replays a run exactly, in another OS process too. [`trace`](Self::trace) proves it.
///
/// Blocking waits on the thread of the test ([`Future::wait`], [`Pid::wait`]) run the cluster
/// until what they wait for has happened, and turn the clock as far as that takes.
///
/// ```
/// use libprocess::prelude::*;
/// use libprocess::testing::Simulation;
///
/// struct Watcher {
///     gone: Option<Time>,
/// }
///
/// impl Process for Watcher {
///     fn exited(&mut self, ctx: &mut Context<Self>, _: &Upid) {
///         self.gone = Some(ctx.now());
///     }
/// }
///
/// struct Quiet;
///
/// impl Process for Quiet {}
///
/// let mut world = Simulation::seed(42);
/// let quiet = world.node("far").spawn_as("quiet", Quiet).unwrap();
/// let watcher = world.node("near").spawn_as("watcher", Watcher { gone: None }).unwrap();
/// world.dispatch(&watcher, move |_, ctx| ctx.link(quiet.upid()));
///
/// world.run_for(secs(10));
/// world.sever("near", "far");
/// world.run_for(secs(1));
/// assert!(world.dispatch(&watcher, |watcher, _| watcher.gone).is_some());
/// ```
pub struct Simulation {
    seed: u64,
    // The nodes stop before the blocker goes, which runs what they wait for.
    nodes: BTreeMap<String, Node>,
    engine: Rc<Engine>,
    memory: Memory,
    trace: Trace,
    random: Random,
    _blocker: blocking::Installed,
}

struct Node {
    runtime: Runtime,
    ip: IpAddr,
}

impl Simulation {
    /// A cluster without nodes, whose chances come from this seed.
    pub fn seed(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let clock = Clock::paused_at(START);
        let seeded = Seeded::new(random.next_u64());
        let memory = Memory::new(clock.clone(), random.next_u64());
        let trace = Trace::default();
        let frames = trace.clone();
        memory.observe(move |frame| frames.frame(frame));
        let engine = Rc::new(Engine {
            scheduler: Scheduler::new(seeded.clone()),
            seeded,
            clock,
        });
        Self {
            seed,
            nodes: BTreeMap::new(),
            _blocker: blocking::install(engine.clone()),
            engine,
            memory,
            trace,
            random,
        }
    }

    /// The node of this name, started if it is new: a runtime with an ip of its own.
    ///
    /// # Panics
    ///
    /// There are more nodes than the network has addresses.
    pub fn node(&mut self, name: &str) -> &Runtime {
        if !self.nodes.contains_key(name) {
            let node = self.start(name);
            self.nodes.insert(name.to_owned(), node);
        }
        &self.nodes[name].runtime
    }

    /// Ends a node as a crash of its machine does: its processes are gone and its connections
    /// break. A node of this name starts anew, under the same address, when it is next asked for.
    ///
    /// # Panics
    ///
    /// There is no such node.
    pub fn crash(&mut self, name: &str) {
        let ip = self.ip(name);
        for other in self.nodes.values().filter(|node| node.ip != ip) {
            self.memory.sever(ip, other.ip);
        }
        let crashed = self.nodes.remove(name);
        drop(crashed);
        for other in self.nodes.values() {
            self.memory.heal(ip, other.ip);
        }
    }

    /// Lets every frame between two nodes vanish: their connections stay open, and hear nothing.
    ///
    /// # Panics
    ///
    /// There is no such node.
    pub fn partition(&self, one: &str, other: &str) {
        self.memory.partition(self.ip(one), self.ip(other));
    }

    /// Like [`partition`](Self::partition), and their connections break.
    ///
    /// # Panics
    ///
    /// There is no such node.
    pub fn sever(&self, one: &str, other: &str) {
        self.memory.sever(self.ip(one), self.ip(other));
    }

    /// Ends a [`partition`](Self::partition) or [`sever`](Self::sever).
    ///
    /// # Panics
    ///
    /// There is no such node.
    pub fn heal(&self, one: &str, other: &str) {
        self.memory.heal(self.ip(one), self.ip(other));
    }

    /// Lets the cluster run for this long.
    pub fn run_for(&self, duration: Duration) {
        let clock = self.engine.clock.clone();
        let end = clock.now() + duration;
        self.engine
            .seeded
            .run_while(move || turn(&clock, Some(end)));
    }

    /// Lets everybody run who can without time moving on.
    pub fn settle(&self) {
        self.run_for(Duration::ZERO);
    }

    /// Runs `function` on the process and returns its result, which takes no time.
    ///
    /// # Panics
    ///
    /// The process has ended.
    pub fn dispatch<P, R, F>(&self, pid: &Pid<P>, function: F) -> R
    where
        P: Process,
        R: Send + 'static,
        F: FnOnce(&mut P, &mut Context<P>) -> R + Send + 'static,
    {
        let outcome = self.wait(pid.dispatch(function));
        outcome.unwrap_or_else(|error| panic!("{}: {error}", pid.upid()))
    }

    /// Runs the cluster until the future is completed, however long that takes.
    ///
    /// # Errors
    ///
    /// As the future ends.
    ///
    /// # Panics
    ///
    /// Nothing is left to happen that could complete it.
    pub fn wait<T: Send + 'static>(&self, future: Future<T>) -> Result<T, Error> {
        future.wait()
    }

    /// The time, the same on all nodes.
    pub fn now(&self) -> Time {
        self.engine.clock.now()
    }

    /// The clock, the same on all nodes.
    pub fn clock(&self) -> &Clock {
        &self.engine.clock
    }

    /// For chance in the test itself, such as when to cut: as much a part of the seed.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// What has happened so far, a line an event served and a frame arrived or lost.
    ///
    /// Columns: virtual time in nanoseconds, node, process, kind, name, length, checksum. For a
    /// frame, the process stands for both ends of the connection.
    pub fn trace(&self) -> String {
        self.trace.text()
    }

    fn start(&mut self, name: &str) -> Node {
        let ip = self.address_of(name);
        let runtime = Runtime::builder()
            .ip(ip)
            .port(PORT)
            .clock(self.engine.clock.clone())
            .scheduler(self.engine.scheduler.clone())
            .network(Arc::new(self.memory.node(ip)))
            .seed(self.random.next_u64())
            .services(Services::none())
            .start();
        let runtime = runtime.expect("a node in memory has a free address and needs no threads");
        let observer = self.trace.of(name, &self.engine.clock);
        runtime.manager().set_observer(Some(Arc::new(observer)));
        Node { runtime, ip }
    }

    /// The nth new name gets the nth address; a name that comes back gets its own again.
    fn address_of(&mut self, name: &str) -> IpAddr {
        let number = self.trace.number_of(name);
        let number = u16::try_from(number).expect("there are fewer nodes than addresses");
        let [high, low] = number.to_be_bytes();
        Ipv4Addr::new(10, 0, high, low).into()
    }

    fn ip(&self, name: &str) -> IpAddr {
        let node = self.nodes.get(name);
        node.unwrap_or_else(|| panic!("there is no node `{name}`"))
            .ip
    }
}

/// What makes everything go on, in one place: the scheduler and the clock.
struct Engine {
    seeded: Arc<Seeded>,
    scheduler: Scheduler,
    clock: Clock,
}

/// With nobody ready to run: runs what is due, or else turns the clock on to the next timer, but
/// not beyond `end`. Whether there may be more to do.
fn turn(clock: &Clock, end: Option<Time>) -> bool {
    if clock.expire() > 0 {
        return true;
    }
    let next = clock.next_deadline();
    if let Some(next) = next.filter(|next| end.is_none_or(|end| *next <= end)) {
        return clock.advance_to(next);
    }
    if let Some(end) = end {
        clock.advance_to(end);
    }
    false
}

impl Blocker for Engine {
    /// What the test waits for comes about by running the cluster.
    fn wait(&self, latch: &Latch) {
        let (opened, clock) = (latch.clone(), self.clock.clone());
        self.seeded
            .run_while(move || !opened.is_open() && turn(&clock, None));
        assert!(
            latch.is_open(),
            "nothing is left to happen that could end this wait"
        );
    }

    fn section(&self, body: &mut dyn FnMut()) {
        body();
    }
}

impl fmt::Debug for Simulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulation")
            .field("seed", &self.seed)
            .field("now", &self.now())
            .field("nodes", &self.nodes.keys())
            .finish_non_exhaustive()
    }
}

/// The beginning of 2001, so that times in traces are as long as real ones.
const START: Time = Time::from_nanos(978_307_200_000_000_000);

/// Every node listens on the same port.
const PORT: u16 = 5050;
