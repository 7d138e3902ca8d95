//! `Process_BENCHMARK_ThroughputPerformance`: pairs of processes exchange empty messages, a pair
//! for each worker, with a thousand under way in each pair.

use std::sync::mpsc::{Sender, channel};
use std::time::Instant;

use bytes::Bytes;
use libprocess::prelude::*;

use crate::harness::{Plan, print_rate};

const EXCHANGES: usize = 30_000 * 500;
const WINDOW: usize = 1_000;

pub(crate) fn run(plan: &Plan) {
    let pairs = plan.workers();
    let share = plan.count(EXCHANGES / pairs);
    let rates = plan.repeat(|| {
        let runtime = plan.runtime();
        let (done, ended) = channel();
        let new = |_| {
            let destination = runtime.spawn(Destination).expect("the runtime runs");
            let client = Client {
                destination: destination.upid().clone(),
                unsent: share,
                unanswered: share,
                done: done.clone(),
            };
            runtime.spawn(client).expect("the runtime runs")
        };
        let clients: Vec<Pid<Client>> = (0..pairs).map(new).collect();
        runtime.settle();
        let start = Instant::now();
        clients.iter().for_each(|client| client.tell(Client::begin));
        for _ in &clients {
            ended.recv().expect("every client ends");
        }
        (pairs * share) as f64 / start.elapsed().as_secs_f64()
    });
    print_rate("pings, each with its pong", "exchanges", rates);
}

struct Destination;

impl Process for Destination {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("ping", Self::ping);
    }
}

impl Destination {
    fn ping(&mut self, ctx: &mut Context<Self>, from: &Upid, _body: Bytes) {
        ctx.send(from, "pong", Bytes::new());
    }
}

struct Client {
    destination: Upid,
    unsent: usize,
    unanswered: usize,
    done: Sender<()>,
}

impl Process for Client {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("pong", Self::pong);
    }
}

impl Client {
    fn begin(&mut self, ctx: &mut Context<Self>) {
        for _ in 0..self.unsent.min(WINDOW) {
            self.ping(ctx);
        }
    }

    fn ping(&mut self, ctx: &mut Context<Self>) {
        self.unsent -= 1;
        ctx.send(&self.destination, "ping", Bytes::new());
    }

    fn pong(&mut self, ctx: &mut Context<Self>, _from: &Upid, _body: Bytes) {
        self.unanswered -= 1;
        if self.unsent > 0 {
            self.ping(ctx);
        }
        if self.unanswered == 0 {
            self.done.send(()).expect("the benchmark waits for all");
        }
    }
}
