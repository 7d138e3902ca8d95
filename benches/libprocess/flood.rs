//! Ten processes flood one; how long does a message to another process wait meanwhile?

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use libprocess::prelude::*;

use crate::harness::Plan;

const SENDERS: usize = 10;
const A_TURN: usize = 20;
/// How many events may wait at the flooded one: enough that it never rests.
const BACKLOG: usize = 100_000;

pub(crate) fn run(plan: &Plan) {
    let runtime = plan.runtime();
    let flood = Arc::new(Flood::default());
    let flooded = runtime.spawn(Flooded(flood.clone())).expect("it runs");
    for _ in 0..SENDERS {
        let sender = Sender {
            flooded: flooded.clone(),
            flood: flood.clone(),
        };
        runtime.spawn(sender).expect("it runs").tell(Sender::send);
    }
    let probed = runtime.spawn(Probed).expect("it runs");
    let mut delays = vec![];
    let (reply, arrived) = channel();
    let start = Instant::now();
    while start.elapsed() < plan.duration(30) {
        let (reply, sent) = (reply.clone(), Instant::now());
        probed.tell(move |_, _| reply.send(sent.elapsed()).expect("the probe waits"));
        delays.push(arrived.recv().expect("the probe is served"));
        thread::sleep(Duration::from_millis(1));
    }
    // Relaxed: nothing is read that was written before it.
    flood.ended.store(true, Ordering::Relaxed);
    let served = flood.served.load(Ordering::Relaxed) as f64;
    let rate = served / start.elapsed().as_secs_f64();
    println!("  {:.1}M events/s at the flooded one", rate / 1e6);
    delays.sort();
    let at = |share: f64| delays[((delays.len() - 1) as f64 * share) as usize];
    println!(
        "  delay of {} probes: p50 {:.1?}, p99 {:.1?}, p99.9 {:.1?}, max {:.1?}",
        delays.len(),
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0)
    );
}

#[derive(Default)]
struct Flood {
    /// Counted by the senders together and by the flooded one; nothing is ordered by them.
    sent: AtomicUsize,
    served: AtomicUsize,
    ended: AtomicBool,
}

struct Flooded(Arc<Flood>);

impl Process for Flooded {}

struct Sender {
    flooded: Pid<Flooded>,
    flood: Arc<Flood>,
}

impl Process for Sender {}

impl Sender {
    fn send(&mut self, ctx: &mut Context<Self>) {
        let flood = &self.flood;
        if flood.ended.load(Ordering::Relaxed) {
            return;
        }
        let sent = flood.sent.load(Ordering::Relaxed);
        if sent.wrapping_sub(flood.served.load(Ordering::Relaxed)) < BACKLOG {
            flood.sent.fetch_add(A_TURN, Ordering::Relaxed);
            for _ in 0..A_TURN {
                self.flooded.tell(|flooded, _| {
                    flooded.0.served.fetch_add(1, Ordering::Relaxed);
                });
            }
        }
        ctx.pid().tell(Self::send);
    }
}

struct Probed;

impl Process for Probed {}
