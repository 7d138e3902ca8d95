//! Mailbox, run queue and tasks alone.

use std::future::poll_fn;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use libprocess::primitive::blocking::Latch;
use libprocess::scheduler::{Event, Run, Runnable, Turn};

use crate::harness::{Plan, print_each, seconds};
use crate::node::{Add, Ball, End, alone, pool, ring, run as run_here, tell};

pub(crate) fn run(plan: &Plan) {
    let count = plan.count(1_000_000);
    let measure = |what: &str, work: &dyn Fn(usize)| {
        let times = plan.repeat(|| seconds(|| work(count)));
        print_each(what, count, times);
    };
    measure("mailbox: send, wake, serve, rest", &one_by_one);
    measure("mailbox: all sent, then all served", &all_at_once);
    measure("run queue: one runnable again and again", &|count| {
        laps(1, count);
    });
    measure("run queue: twenty in turn", &|count| laps(20, count));
    measure("pool: two actors, one ball", &|count| pass(2, 1, count));
    measure("pool: a ring of 100 actors, one ball", &|count| {
        pass(100, 1, count);
    });
    measure("task: wakes itself", &task_wakes);
}

fn one_by_one(count: usize) {
    let host = alone();
    for number in 0..count as u64 {
        run_here(host.send(Event::new(Add(black_box(number)))));
    }
    run_here(host.send(Event::new(End)));
}

fn all_at_once(count: usize) {
    let host = alone();
    let first = host.send(Event::new(Add(0)));
    for number in 1..count as u64 {
        drop(host.send(Event::new(Add(black_box(number)))));
    }
    run_here(first);
    run_here(host.send(Event::new(End)));
}

/// Runs so many turns.
struct Laps {
    left: AtomicUsize,
    done: Latch,
}

impl Run for Laps {
    fn run(self: Arc<Self>, _turn: &mut Turn) -> Option<Runnable> {
        // Only the turn itself changes it, so relaxed access will do.
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            self.done.open();
            return None;
        }
        self.left.store(left - 1, Ordering::Relaxed);
        Some(Runnable::new(self))
    }

    fn abandon(self: Arc<Self>) {}

    fn name(&self) -> String {
        "laps".to_owned()
    }
}

fn laps(runnables: usize, count: usize) {
    let scheduler = pool(1);
    let new = |_| {
        Arc::new(Laps {
            left: (count / runnables).into(),
            done: Latch::new(),
        })
    };
    let all: Vec<_> = (0..runnables).map(new).collect();
    for laps in &all {
        scheduler.schedule(Runnable::new(Arc::clone(laps) as _));
    }
    all.iter().for_each(|laps| laps.done.wait());
    scheduler.stop();
}

fn pass(size: usize, balls: usize, count: usize) {
    let scheduler = pool(2);
    let done = Latch::new();
    let nodes = ring(&scheduler, size, &done);
    for ball in 0..balls {
        tell(&nodes[ball % size], Ball((count / balls) as u64));
    }
    done.wait();
    scheduler.settle_turns();
    nodes.iter().for_each(|node| tell(node, End));
    scheduler.settle_turns();
    scheduler.stop();
}

fn task_wakes(count: usize) {
    let scheduler = pool(1);
    let mut left = count;
    let task = scheduler.spawn(poll_fn(move |ctx| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        ctx.waker().wake_by_ref();
        Poll::Pending
    }));
    task.wait();
    scheduler.stop();
}
