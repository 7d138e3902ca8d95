//! After settle nothing is left to do, and nothing happens until somebody does something.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use libprocess::address::Upid;
use libprocess::clock::Clock;
use libprocess::codec::message::Message;
use libprocess::primitive::random::Random;
use libprocess::process::{Context, Look, Observer, Pid, Process};
use libprocess::runtime::Runtime;
use libprocess::time::{Time, millis};

/// Passes impulses on, each time by a way that chance picks, until their strength is spent.
struct Node {
    random: Random,
    peers: Vec<Pid<Self>>,
    hops: Arc<AtomicU64>,
}

impl Process for Node {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("impulse", Self::receive);
    }
}

impl Node {
    fn receive(&mut self, ctx: &mut Context<Self>, message: Message) {
        self.pass_on(ctx, u64::from(message.body[0]));
    }

    fn pass_on(&mut self, ctx: &mut Context<Self>, strength: u64) {
        self.hops.fetch_add(1, SeqCst);
        let Some(strength) = strength.checked_sub(1) else {
            return;
        };
        let next = self.peers[self.random.below(self.peers.len())].clone();
        match self.random.below(5) {
            0 => ctx.send(next.upid(), "impulse", vec![strength as u8]),
            1 => next.tell(move |node, ctx| node.pass_on(ctx, strength)),
            2 => drop(next.dispatch(move |node, ctx| node.pass_on(ctx, strength))),
            3 => drop(ctx.delay(millis(0), move |node, ctx| node.pass_on(ctx, strength))),
            _ => ctx.run(move |this| async move {
                next.dispatch(|_, _| ()).await?;
                this.with(|node, ctx| node.pass_on(ctx, strength));
                Ok(())
            }),
        }
    }
}

/// Counts events, apart those that come when all should be quiet.
#[derive(Default)]
struct Watcher {
    quiet: AtomicBool,
    events: AtomicU64,
    disturbances: AtomicU64,
}

impl Observer for Watcher {
    fn served(&self, _process: &Upid, _look: &Look<'_>) {
        self.events.fetch_add(1, SeqCst);
        if self.quiet.load(SeqCst) {
            self.disturbances.fetch_add(1, SeqCst);
        }
    }
}

const ROUNDS: u64 = 10_000;
const NODES: u64 = 12;
const IMPULSES: u64 = 4;
const STRENGTH: u64 = 8;

#[test]
fn ten_thousand_rounds_of_a_random_graph() {
    let clock = Clock::paused_at(Time::EPOCH);
    let runtime = Runtime::builder()
        .workers(4)
        .clock(clock.clone())
        .start()
        .unwrap();
    let watcher = Arc::new(Watcher::default());
    runtime.manager().set_observer(Some(watcher.clone()));
    let hops = Arc::new(AtomicU64::new(0));
    let nodes: Vec<_> = (0..NODES)
        .map(|seed| Node {
            random: Random::new(seed),
            peers: Vec::new(),
            hops: hops.clone(),
        })
        .map(|node| runtime.spawn(node).unwrap())
        .collect();
    for node in &nodes {
        let peers = nodes.clone();
        node.tell(|node, _| node.peers = peers);
    }

    let mut random = Random::new(42);
    for round in 1..=ROUNDS {
        for _ in 0..IMPULSES {
            let node = &nodes[random.below(nodes.len())];
            let delay = millis(random.next_u64() % 2);
            drop(node.delay(delay, |node, ctx| node.pass_on(ctx, STRENGTH)));
        }
        clock.advance(millis(1));
        runtime.settle();
        watcher.quiet.store(true, SeqCst);
        assert_eq!(
            hops.load(SeqCst),
            round * IMPULSES * (STRENGTH + 1),
            "round {round}"
        );
        let events = watcher.events.load(SeqCst);
        runtime.settle();
        assert_eq!(watcher.events.load(SeqCst), events, "round {round}");
        watcher.quiet.store(false, SeqCst);
    }
    assert_eq!(watcher.disturbances.load(SeqCst), 0);
    for node in nodes {
        node.tell(|node, _| node.peers.clear());
    }
}

#[test]
fn a_timer_that_is_not_due_is_left_alone() {
    struct Idle;

    impl Process for Idle {}

    let clock = Clock::paused_at(Time::EPOCH);
    let runtime = Runtime::builder().clock(clock.clone()).start().unwrap();
    let pid = runtime.spawn(Idle).unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    drop(pid.delay(millis(2), move |_, _| sender.send(()).unwrap()));
    for _ in 0..2 {
        runtime.settle();
        assert!(receiver.try_recv().is_err());
        clock.advance(millis(1));
    }
    runtime.settle();
    assert!(receiver.try_recv().is_ok());
}
