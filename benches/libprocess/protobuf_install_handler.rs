//! `Process_BENCHMARK_ProtobufInstallHandler`: how many typed messages of ten sizes a process
//! takes in a second, decoding included.
//!
//! C++ hands the serialized message straight to the process. Here it also goes through the
//! process' mailbox, since there is no way around it.

use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use bytes::Bytes;
use libprocess::prelude::*;
use libprocess::protobuf::{Message as _, ProtobufContext as _};

use crate::harness::{Plan, print_rate};
use crate::tree::Tree;

const SUBMESSAGES: [usize; 10] = [0, 1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000];

pub(crate) fn run(plan: &Plan) {
    for submessages in SUBMESSAGES {
        let body = Tree::of(submessages).encode().expect("it is no gigabyte");
        let what = format!("{submessages} submessages, {} bytes", body.len());
        let rates = plan.repeat(|| {
            let runtime = plan.runtime();
            let (done, ended) = channel();
            let process = Handler {
                body: body.clone(),
                a_round: plan.count(1_000),
                nodes: submessages + 1,
                limit: plan.duration(1),
                start: Instant::now(),
                handled: 0,
                done,
            };
            let process = runtime.spawn(process).expect("the runtime runs");
            process.tell(|process, _| process.start = Instant::now());
            process.tell(Handler::round);
            ended.recv().expect("the process ends")
        });
        print_rate(&what, "messages", rates);
    }
}

struct Handler {
    body: Bytes,
    /// How many messages are sent before they are handled.
    a_round: usize,
    nodes: usize,
    limit: Duration,
    start: Instant,
    handled: usize,
    done: Sender<f64>,
}

impl Process for Handler {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install_protobuf(Self::handle);
    }
}

impl Handler {
    fn round(&mut self, ctx: &mut Context<Self>) {
        let elapsed = self.start.elapsed();
        if self.handled > 0 && elapsed >= self.limit {
            let rate = self.handled as f64 / elapsed.as_secs_f64();
            self.done.send(rate).expect("the benchmark waits");
            return;
        }
        for _ in 0..self.a_round {
            ctx.send(ctx.upid(), Tree::NAME, self.body.clone());
        }
        ctx.pid().tell(Self::round);
    }

    fn handle(&mut self, _ctx: &mut Context<Self>, tree: Tree) {
        debug_assert_eq!(tree.nodes(), self.nodes);
        self.handled += 1;
    }
}
