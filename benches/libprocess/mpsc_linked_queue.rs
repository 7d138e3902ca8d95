//! `Process_BENCHMARK_MpscLinkedQueue` on our mailbox: a producer for each core but one, and one
//! consumer. What wakes an idle mailbox goes to the consumer through a channel, as it goes through
//! a run queue otherwise.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Instant;

use libprocess::scheduler::{Event, Host, Runnable, Sent};

use crate::harness::{Plan, print_rate};
use crate::node::{Add, End, Node, alone, run};

const EVENTS: usize = 10_000_000;

/// The consumer reads while the producers write.
pub(crate) fn contended(plan: &Plan) {
    measure(plan, false);
}

/// The consumer reads when the producers have ended.
pub(crate) fn non_contended_read(plan: &Plan) {
    measure(plan, true);
}

fn measure(plan: &Plan, after: bool) {
    let producers = thread::available_parallelism().map_or(1, |cores| cores.get().max(2) - 1);
    let each = plan.count(EVENTS);
    let (mut producing, mut consuming) = (vec![], vec![]);
    let sums = plan.repeat(|| {
        let (produced, consumed) = once(producers, each, after);
        producing.push(produced);
        consuming.push(consumed);
        produced + consumed
    });
    print_rate(&format!("{producers} producers"), "op", producing);
    print_rate("consumer", "op", consuming);
    print_rate("sum", "op", sums);
}

/// How many events a second were sent, and how many served.
fn once(producers: usize, each: usize, after: bool) -> (f64, f64) {
    let host = alone();
    let (tokens, woken) = channel();
    let all = (producers * each) as f64;
    let start = Barrier::new(producers + 1);
    let consume = || {
        let begin = Instant::now();
        woken.iter().for_each(|runnable| run(Sent::Wake(runnable)));
        all / begin.elapsed().as_secs_f64()
    };
    thread::scope(|scope| {
        let handles: Vec<_> = (0..producers)
            .map(|_| {
                let (host, start, tokens) = (host.clone(), &start, tokens.clone());
                scope.spawn(move || {
                    start.wait();
                    let begin = Instant::now();
                    (0..each as u64).for_each(|number| send(&host, &tokens, number));
                    begin.elapsed().as_secs_f64()
                })
            })
            .collect();
        start.wait();
        // The consumer ends when the last token is gone: ours, or a producer's.
        drop(tokens);
        let at_once = (!after).then(consume);
        let slowest = handles
            .into_iter()
            .map(|producer| producer.join().expect("a producer only sends"))
            .fold(0.0, f64::max);
        let consumed = at_once.unwrap_or_else(consume);
        run(host.send(Event::new(End)));
        (all / slowest, consumed)
    })
}

fn send(host: &Arc<Host<Node>>, tokens: &Sender<Runnable>, number: u64) {
    if let Sent::Wake(runnable) = host.send(Event::new(Add(number))) {
        tokens.send(runnable).expect("the consumer waits for all");
    }
}
