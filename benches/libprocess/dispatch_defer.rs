//! `Process_BENCHMARK_DispatchDefer`: a process calls itself and continues with a payload, over and
//! over; the payload moves along, or is copied for every continuation.

use std::sync::mpsc::{Sender, channel};

use libprocess::future::Future;
use libprocess::prelude::*;

use crate::harness::{Plan, print_time, seconds};

const ROUNDS: usize = 100_000;
const NUMBERS: usize = 10_240;

pub(crate) fn run(plan: &Plan) {
    for (name, copies) in [("Movable", false), ("Copyable", true)] {
        let times = plan.repeat(|| {
            let runtime = plan.runtime();
            let (done, ended) = channel();
            let left = plan.count(ROUNDS);
            let new = DispatchDefer { left, copies, done };
            let process = runtime.spawn(new).expect("the runtime runs");
            let numbers = vec![42; NUMBERS];
            seconds(|| {
                process.tell(move |process, ctx| process.handle(ctx, numbers));
                ended.recv().expect("the process ends");
            })
        });
        print_time(name, times);
    }
}

struct DispatchDefer {
    left: usize,
    copies: bool,
    done: Sender<()>,
}

impl Process for DispatchDefer {}

impl DispatchDefer {
    fn handle(&mut self, ctx: &mut Context<Self>, numbers: Vec<i32>) {
        if self.left == 0 {
            self.done.send(()).expect("the benchmark waits");
            return;
        }
        self.left -= 1;
        let numbers = if self.copies {
            numbers.clone()
        } else {
            numbers
        };
        let called = ctx.pid().dispatch_flat(Self::called);
        let next = ctx.defer_tell(move |process, ctx, _| process.handle(ctx, numbers));
        called.finally(next);
    }

    fn called(&mut self, _ctx: &mut Context<Self>) -> Future<()> {
        Future::ready(())
    }
}
