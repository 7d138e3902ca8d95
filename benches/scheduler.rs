//! Mailbox and run queue alone.
//!
//!     cargo bench --bench scheduler
//!
//! Prints nanoseconds an operation, the best and the median of several runs. Without `--bench` on
//! its command line, as under `cargo test`, it runs each once and small.

use std::future::poll_fn;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::task::Poll;
use std::thread;
use std::time::Instant;

use libprocess::primitive::blocking::Latch;
use libprocess::scheduler::{
    Actor, Budget, Event, Events, Host, Hosted, Life, Pool, Run, Runnable, Scheduler, Sent, Serve,
    ThreadPark, Turn,
};

fn main() {
    let whole = std::env::args().any(|argument| argument == "--bench");
    let (runs, count) = if whole { (15, 1_000_000) } else { (1, 1_000) };
    let measure = |what, run: &dyn Fn(u64)| measure(what, runs, count, run);
    measure("mailbox: send, wake, serve, rest", &one_by_one);
    measure("mailbox: 1,000 sent, 1,000 served", &thousand_by_thousand);
    measure("mailbox: one thread sends, one serves", &across_threads);
    measure("run queue: one runnable again and again", &|count| {
        laps(1, count)
    });
    measure("run queue: a hundred, in turn", &|count| laps(100, count));
    measure("pool: two actors, one message to and fro", &|count| {
        ring(2, 1, count)
    });
    measure("pool: a ring of 100 actors, 1 message", &|count| {
        ring(100, 1, count)
    });
    measure("pool: a ring of 100 actors, 100 messages", &|count| {
        ring(100, 100, count)
    });
    measure("task: wake itself", &task_wakes);
}

fn measure(what: &str, runs: usize, count: u64, run: &dyn Fn(u64)) {
    let once = |_| {
        let start = Instant::now();
        run(count);
        start.elapsed().as_nanos() as f64 / count as f64
    };
    let mut figures: Vec<f64> = (0..runs).map(once).collect();
    figures.sort_by(f64::total_cmp);
    println!(
        "{what:<44} {:>8.1} {:>8.1} ns",
        figures[0],
        figures[runs / 2]
    );
}

/// Adds what it is sent; passes a ball on.
struct Node {
    sum: u64,
    next: Option<Arc<Host<Self>>>,
    ended: bool,
}

/// What nodes share.
struct Ring {
    scheduler: Option<Scheduler>,
    done: Latch,
}

impl Actor for Node {
    type Look<'a> = ();
}

impl Hosted for Node {
    type Shared = Ring;

    fn turn(
        &mut self,
        _host: &Arc<Host<Self>>,
        events: &mut Events<'_, Self>,
        turn: &mut Turn,
    ) -> Life {
        while let Some(letter) = events.next() {
            letter.serve(self);
            if self.ended {
                return Life::Dead;
            }
            if !turn.spend() {
                break;
            }
        }
        Life::Alive
    }

    fn name(_ring: &Ring) -> String {
        "node".to_owned()
    }
}

struct Add(u64);

impl Serve<Node> for Add {
    fn serve(self, node: &mut Node) {
        node.sum += self.0;
    }

    fn look(&self) {}
}

struct End;

impl Serve<Node> for End {
    fn serve(self, node: &mut Node) {
        black_box(node.sum);
        node.ended = true;
    }

    fn look(&self) {}
}

/// Goes so many hops.
struct Ball(u64);

impl Serve<Node> for Ball {
    fn serve(self, node: &mut Node) {
        let Some(next) = &node.next else { return };
        if self.0 == 0 {
            next.shared().done.open();
        } else {
            tell(next, Self(self.0 - 1));
        }
    }

    fn look(&self) {}
}

/// Closes the ring.
struct Link(Arc<Host<Node>>);

impl Serve<Node> for Link {
    fn serve(self, node: &mut Node) {
        node.next = Some(self.0);
    }

    fn look(&self) {}
}

fn host(
    scheduler: Option<&Scheduler>,
    done: &Latch,
    next: Option<Arc<Host<Node>>>,
) -> Arc<Host<Node>> {
    let ring = Ring {
        scheduler: scheduler.cloned(),
        done: done.clone(),
    };
    Host::new(
        Node {
            sum: 0,
            next,
            ended: false,
        },
        ring,
    )
}

fn tell(host: &Arc<Host<Node>>, what: impl Serve<Node>) {
    if let Sent::Wake(runnable) = host.send(Event::new(what)) {
        let scheduler = host.shared().scheduler.as_ref();
        scheduler
            .expect("who tells has a scheduler")
            .schedule(runnable);
    }
}

/// Runs what a send has woken, here.
fn run(sent: Sent) {
    if let Sent::Wake(runnable) = sent {
        let mut next = Some(runnable);
        while let Some(runnable) = next {
            next = runnable.run(&mut Turn::unlimited());
        }
    }
}

fn one_by_one(count: u64) {
    let host = host(None, &Latch::new(), None);
    for number in 0..count {
        run(host.send(Event::new(Add(black_box(number)))));
    }
    run(host.send(Event::new(End)));
}

fn thousand_by_thousand(count: u64) {
    let host = host(None, &Latch::new(), None);
    for _ in 0..count / 1000 {
        let first = host.send(Event::new(Add(1)));
        for number in 1..1000 {
            drop(host.send(Event::new(Add(black_box(number)))));
        }
        run(first);
    }
    run(host.send(Event::new(End)));
}

fn across_threads(count: u64) {
    let host = host(None, &Latch::new(), None);
    let (tokens, woken) = channel();
    let sender = thread::spawn(move || {
        let send = |sent| {
            if let Sent::Wake(runnable) = sent {
                tokens.send(runnable).expect("the other thread serves");
            }
        };
        (0..count).for_each(|number| send(host.send(Event::new(Add(number)))));
        send(host.send(Event::new(End)));
    });
    for runnable in woken {
        run(Sent::Wake(runnable));
    }
    sender.join().expect("it only sends");
}

/// Runs so many turns.
struct Laps {
    left: AtomicU64,
    done: Latch,
}

impl Run for Laps {
    fn run(self: Arc<Self>, _turn: &mut Turn) -> Option<Runnable> {
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

fn laps(runnables: u64, count: u64) {
    let scheduler = pool(1);
    let new = |_| {
        Arc::new(Laps {
            left: (count / runnables).into(),
            done: Latch::new(),
        })
    };
    let all: Vec<_> = (0..runnables).map(new).collect();
    all.iter()
        .for_each(|laps| scheduler.schedule(Runnable::new(Arc::clone(laps) as _)));
    all.iter().for_each(|laps| laps.done.wait());
    scheduler.stop();
}

fn ring(size: usize, balls: u64, count: u64) {
    let scheduler = pool(2);
    let done = Latch::new();
    let first = host(Some(&scheduler), &done, None);
    let mut nodes = vec![Arc::clone(&first)];
    for _ in 1..size {
        let next = nodes.last().map(Arc::clone);
        nodes.push(host(Some(&scheduler), &done, next));
    }
    tell(&first, Link(Arc::clone(&nodes[size - 1])));
    for ball in 0..balls {
        tell(&nodes[ball as usize % size], Ball(count / balls));
    }
    done.wait();
    scheduler.settle_turns();
    nodes.iter().for_each(|node| tell(node, End));
    scheduler.settle_turns();
    scheduler.stop();
}

fn task_wakes(count: u64) {
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

fn pool(workers: usize) -> Scheduler {
    let park = Arc::new(ThreadPark::default());
    let pool = Pool::start(workers, park, Budget::default());
    Scheduler::new(pool.expect("the OS has a few threads"))
}
