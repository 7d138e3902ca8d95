//! The workloads themselves: each builds its actors, times them and prints what it measured.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::thread;
use std::time::{Duration, Instant};

use super::actors::{
    Barrier, Capture, Consumer, Drain, Node, NodeMessage, Producer, Publisher, PublisherMessage,
    Small, Subscriber, hop,
};
use super::{Done, Gate, Measured, Place, Ring, Scale, System};
use crate::machine;

/// Runs one workload on one system and ends this OS process, without waiting for a teardown.
pub fn run<S: System>(workload: &str, workers: usize, scale: Scale) -> ! {
    S::start(workers, |system: S| async move {
        let rows = measure(&system, workload, scale).await;
        Measured::hand_over(&rows)
    });
    unreachable!("the body of a system ends the OS process");
}

async fn measure<S: System>(s: &S, workload: &str, scale: Scale) -> Vec<Measured> {
    if let Some(ring) = Ring::of(workload, scale) {
        return pass_tokens(s, workload, ring).await;
    }
    match workload {
        "W3" => fan_in(s, scale.of(500_000)).await,
        "W4" => fan_out(s, workload, scale.of(1000), false).await,
        "W4b" => fan_out(s, workload, scale.of(1000), true).await,
        "W6" => life(s, scale.of(100_000)).await,
        "W7a" => ask_from_thread(s, scale).await,
        "W7b" => ask_from_task(s, scale.of(200_000)).await,
        "W7c" => ask_many(s, scale.of(200)).await,
        "W8" => fill_and_drain(s, scale.of(5_000_000)).await,
        "W9" => closures(s, workload, 1, scale).await,
        "W9x64" => closures(s, workload, 64, scale).await,
        other => unreachable!("the driver asks for known workloads only, not {other}"),
    }
}

async fn pass_tokens<S: System>(s: &S, workload: &str, ring: Ring) -> Vec<Measured> {
    let (done, all_done) = Done::new(ring.rings * ring.tokens);
    let count = ring.actors();
    let mut nodes = Vec::with_capacity(count);
    for index in 0..count {
        let done = done.clone();
        let node = Node::<S> { next: None, done };
        nodes.push(s.spawn(node, Place { index, count }).await);
    }
    for (index, node) in nodes.iter().enumerate() {
        let next = nodes[ring.next(index)].clone();
        S::send(node, NodeMessage::Next(Box::new(next)));
    }
    calm_down();
    let start = Instant::now();
    for index in ring.starts() {
        S::send(&nodes[index], NodeMessage::Token(ring.hops as u64 - 1));
    }
    all_done.wait();
    let elapsed = seconds(start);
    vec![Measured::new(
        workload,
        ring.parameters,
        ring.messages(),
        elapsed,
    )]
}

async fn fan_in<S: System>(s: &S, each: usize) -> Vec<Measured> {
    let producers = 8;
    let (done, all_done) = Done::new(1);
    let left = (producers * each) as u64;
    let consumer = Consumer { left, sum: 0, done };
    let to = s.spawn(consumer, Place { index: 0, count: 2 }).await;
    let mut all = vec![];
    for index in 0..producers {
        let at = Place {
            index,
            count: producers,
        };
        all.push(s.spawn(Producer::<S> { to: to.clone() }, at).await);
    }
    calm_down();
    let start = Instant::now();
    all.iter()
        .for_each(|producer| S::send(producer, each as u64));
    all_done.wait();
    vec![Measured::new(
        "W3",
        "8 to 1",
        producers * each,
        seconds(start),
    )]
}

async fn fan_out<S: System>(s: &S, workload: &str, rounds: usize, barrier: bool) -> Vec<Measured> {
    let count = 1000;
    let (done, all_done) = Done::new(if barrier { 1 } else { count });
    let publisher = Publisher::<S> {
        subscribers: vec![],
        rounds: rounds as u64,
        barrier,
        done: done.clone(),
    };
    let publisher = s.spawn(publisher, Place { index: 0, count: 2 }).await;
    let left = Arc::new(AtomicUsize::new(count));
    let mut subscribers = vec![];
    for index in 0..count {
        let subscriber = Subscriber::<S> {
            left: rounds as u64,
            done: done.clone(),
            barrier: barrier.then(|| Barrier {
                publisher: publisher.clone(),
                left: left.clone(),
                subscribers: count,
            }),
        };
        subscribers.push(s.spawn(subscriber, Place { index, count }).await);
    }
    S::send(&publisher, PublisherMessage::Subscribers(subscribers));
    calm_down();
    let start = Instant::now();
    S::send(&publisher, PublisherMessage::Go);
    all_done.wait();
    vec![Measured::new(
        workload,
        "1 to 1000",
        count * rounds,
        seconds(start),
    )]
}

async fn life<S: System>(s: &S, count: usize) -> Vec<Measured> {
    let (got, all_got) = Done::new(count);
    let (gone, all_gone) = Done::new(count);
    let mut all = Vec::with_capacity(count);
    let resident = machine::resident_bytes();
    let start = Instant::now();
    for index in 0..count {
        let small = Small {
            value: 0,
            got: got.clone(),
            gone: gone.clone(),
        };
        all.push(s.spawn(small, Place { index, count }).await);
    }
    all.iter().for_each(|actor| S::send(actor, 1));
    all_got.wait();
    let spawned_and_told = seconds(start);
    let bytes = machine::resident_bytes().saturating_sub(resident) / count as u64;
    let start = Instant::now();
    all.drain(..).for_each(S::stop);
    all_gone.wait();
    let mut row = Measured::new("W6", "spawn, 1 message, stop", count, spawned_and_told);
    row.seconds += seconds(start);
    row.bytes_per_process = Some(bytes);
    vec![row]
}

async fn ask_from_thread<S: System>(s: &S, scale: Scale) -> Vec<Measured> {
    let asker = s.spawn_asker(Place { index: 0, count: 2 }).await;
    assert_eq!(S::ask(&asker, 1).await, 2);
    let count = scale.of(200_000);
    let start = Instant::now();
    let mut x = 0;
    for _ in 0..count {
        x = S::ask_outside(&asker, x).await;
    }
    let row = Measured::new("W7a", "ask from a thread", count, seconds(start));
    assert_eq!(x, count as u64);
    let pauses = scale.of(800);
    let mut after_pauses = 0.0;
    for _ in 0..pauses {
        thread::sleep(Duration::from_millis(1));
        let start = Instant::now();
        x = S::ask_outside(&asker, x).await;
        after_pauses += seconds(start);
    }
    let paused = Measured::new("W7apause", "each after 1 ms", pauses, after_pauses);
    vec![row, paused]
}

async fn ask_from_task<S: System>(s: &S, count: usize) -> Vec<Measured> {
    let asker = s.spawn_asker(Place { index: 0, count: 2 }).await;
    assert_eq!(S::ask(&asker, 1).await, 2);
    let start = Instant::now();
    s.on_runtime(async move {
        let mut x = 0;
        for _ in 0..count {
            x = S::ask(&asker, x).await;
        }
        assert_eq!(x, count as u64);
    })
    .await;
    vec![Measured::new(
        "W7b",
        "ask from a task",
        count,
        seconds(start),
    )]
}

async fn ask_many<S: System>(s: &S, rounds: usize) -> Vec<Measured> {
    let each = 1000;
    let asker = s.spawn_asker(Place { index: 0, count: 2 }).await;
    assert_eq!(S::ask(&asker, 1).await, 2);
    let start = Instant::now();
    let mut sum = 0;
    for _ in 0..rounds {
        let replies: Vec<_> = (0..each).map(|x| S::ask_eager(&asker, x)).collect();
        for reply in replies {
            sum += reply.await;
        }
    }
    let row = Measured::new(
        "W7c",
        "1000 asks at once",
        rounds * each as usize,
        seconds(start),
    );
    assert_eq!(sum, rounds as u64 * (each * (each + 1) / 2));
    vec![row]
}

async fn fill_and_drain<S: System>(s: &S, count: usize) -> Vec<Measured> {
    let (done, all_done) = Done::new(1);
    let gate = Arc::new(Gate::default());
    let drain = Drain {
        left: count as u64,
        sum: 0,
        gate: gate.clone(),
        done,
    };
    let drain = s.spawn(drain, Place { index: 0, count: 2 }).await;
    S::send(&drain, Drain::BLOCK);
    gate.wait(1);
    let filler = thread::spawn(move || {
        let start = Instant::now();
        (0..count as u64).for_each(|number| S::send(&drain, number));
        seconds(start)
    });
    let fill = filler.join().expect("the filling thread does not panic");
    let start = Instant::now();
    gate.set(2);
    all_done.wait();
    let drain = seconds(start);
    vec![
        Measured::new("W8", "drain", count, drain),
        Measured::new("W8fill", "fill and drain", count, fill + drain),
    ]
}

async fn closures<S: System>(s: &S, workload: &str, chains: usize, scale: Scale) -> Vec<Measured> {
    let (count, hops) = (16, scale.of(1_000_000) / chains);
    let mut actors = vec![];
    for index in 0..count {
        actors.push(s.spawn_fn(Place { index, count }).await);
    }
    let ring: &'static [S::FnAddress] = actors.leak();
    let (done, all_done) = Done::new(chains);
    let done: &'static Done = Box::leak(Box::new(done));
    calm_down();
    let start = Instant::now();
    for chain in 0..chains {
        hop::<S>(Capture {
            ring,
            done,
            hops: hops as u64 - 1,
            index: (chain % count) as u64,
            padding: [1, 2, chain as u64],
        });
    }
    all_done.wait();
    let parameters = format!("64 B closures, {chains} in flight");
    vec![Measured::new(
        workload,
        &parameters,
        chains * hops,
        seconds(start),
    )]
}

fn seconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}

/// Lets the workers go to sleep, so that every run starts from the same state.
fn calm_down() {
    thread::sleep(Duration::from_millis(20));
}
