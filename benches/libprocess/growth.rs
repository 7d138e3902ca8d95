//! How costs grow: with workers, processes, queued events and timers.

use std::hint::black_box;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use libprocess::prelude::*;

use crate::harness::{Plan, print_each, resident_bytes, runtime, seconds};
use crate::lives::{Idle, spawn};

/// 64 pairs that pass messages, on more and more workers.
pub(crate) fn workers(plan: &Plan) {
    const PAIRS: usize = 64;
    let each = plan.count(100_000);
    for workers in [1, 2, 4, 8] {
        let runtime = runtime(workers);
        let times = plan.repeat(|| {
            let (done, ended) = channel();
            let new = |_| {
                let done = done.clone();
                runtime.spawn(Player { next: None, done }).expect("it runs")
            };
            let players: Vec<Pid<Player>> = (0..2 * PAIRS).map(new).collect();
            for pair in players.chunks(2) {
                let [first, second] = [pair[0].clone(), pair[1].clone()];
                pair[0].tell(|player, _| player.next = Some(second));
                pair[1].tell(|player, _| player.next = Some(first));
            }
            runtime.settle();
            let elapsed = seconds(|| {
                for pair in players.chunks(2) {
                    pair[0].tell(move |player, _| player.pass(each));
                }
                (0..PAIRS).for_each(|_| ended.recv().expect("every pair ends"));
            });
            players.iter().for_each(Pid::terminate);
            elapsed
        });
        print_each(&format!("{workers} workers, 64 pairs"), PAIRS * each, times);
    }
}

struct Player {
    next: Option<Pid<Self>>,
    done: Sender<()>,
}

impl Process for Player {
    fn finalize(&mut self, _ctx: &mut Context<Self>) {
        self.next = None;
    }
}

impl Player {
    fn pass(&mut self, left: usize) {
        match &self.next {
            Some(next) if left > 0 => next.tell(move |player, _| player.pass(left - 1)),
            _ => self.done.send(()).expect("the benchmark waits for all"),
        }
    }
}

/// Many processes: spawned, told something, stopped.
pub(crate) fn processes(plan: &Plan, count: usize) {
    let count = plan.count(count);
    let runtime = plan.runtime();
    let resident = resident_bytes();
    let mut all = vec![];
    let spawning = seconds(|| {
        all = spawn(&runtime, count);
        runtime.settle();
    });
    let telling = seconds(|| {
        all.iter().for_each(|process| process.tell(|_, _| {}));
        runtime.settle();
    });
    let bytes = (resident_bytes() - resident) / count as i64;
    let stopping = seconds(|| {
        all.iter().for_each(Pid::terminate);
        runtime.settle();
    });
    print_each("spawn", count, vec![spawning]);
    print_each("a message", count, vec![telling]);
    print_each("stop", count, vec![stopping]);
    println!("  {bytes} bytes each");
}

/// Many events in one mailbox, and the memory that they leave behind.
pub(crate) fn mailbox(plan: &Plan, count: usize) {
    let count = plan.count(count);
    let runtime = plan.runtime();
    let process = runtime.spawn(Idle).expect("it runs");
    let (open, gate) = channel::<()>();
    let resident = resident_bytes();
    process.tell(move |_, _| gate.recv().expect("the gate opens"));
    let event = |number: usize| {
        process.tell(move |_, _| {
            black_box(number);
        });
    };
    let filling = seconds(|| (0..count).for_each(event));
    let full = resident_bytes() - resident;
    let draining = seconds(|| {
        open.send(()).expect("the process waits");
        runtime.settle();
    });
    thread::sleep(plan.duration(1));
    let left = resident_bytes() - resident;
    print_each("fill", count, vec![filling]);
    print_each("drain", count, vec![draining]);
    println!("  {} bytes each", full / count as i64);
    println!("  {:.1} MB are left behind", left as f64 / 1e6);
}
