//! A loop by hand: an OS thread and an unbounded crossbeam channel a worker.
//!
//! An actor is a slot on the thread `slot % workers`; messages travel as `(slot, message)` by
//! value. This is what an expert writes who needs one workload and no actors.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::machine;
use crate::workloads::{Done, FnState, Gate, Measured, Ring, Scale};

/// Runs one workload and ends this OS process.
pub fn run(workload: &str, workers: usize, scale: Scale) -> ! {
    let rows = match workload {
        "W3" => fan_in(workers, scale.of(500_000)),
        "W4" => fan_out(workers, scale.of(1000)),
        "W4b" => rounds(workers, scale.of(1000)),
        "W6" => life(workers, scale.of(100_000)),
        "W7a" => ask_from_thread(workers, scale.of(200_000)),
        "W7c" => ask_many(workers, scale.of(200)),
        "W8" => fill_and_drain(scale.of(5_000_000)),
        "W9" => closures(workers, workload, 1, scale),
        "W9x64" => closures(workers, workload, 64, scale),
        other => {
            let ring = Ring::of(other, scale).expect("the driver asks for known workloads only");
            pass_tokens(workers, workload, ring)
        }
    };
    Measured::hand_over(&rows)
}

type Senders<M> = Arc<[Sender<(usize, M)>]>;

/// The thread that a slot lives on.
fn of<M>(senders: &Senders<M>, slot: usize) -> &Sender<(usize, M)> {
    &senders[slot % senders.len()]
}

/// Starts the threads, each with a handler of its own.
fn threads<M: Send + 'static, H: FnMut(usize, M)>(
    workers: usize,
    handler: impl Fn(Senders<M>) -> H + Send + Sync + 'static,
) -> Senders<M> {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..workers).map(|_| unbounded()).unzip();
    let senders: Senders<M> = senders.into();
    let handler = Arc::new(handler);
    for receiver in receivers {
        let (senders, handler) = (senders.clone(), handler.clone());
        thread::spawn(move || {
            let mut handle = handler(senders);
            let receiver: Receiver<(usize, M)> = receiver;
            while let Ok((slot, message)) = receiver.recv() {
                handle(slot, message);
            }
        });
    }
    thread::sleep(Duration::from_millis(20));
    senders
}

fn send<M>(senders: &Senders<M>, slot: usize, message: M) {
    let sent = of(senders, slot).send((slot, message));
    assert!(sent.is_ok(), "the threads live as long as the OS process");
}

fn pass_tokens(workers: usize, workload: &str, ring: Ring) -> Vec<Measured> {
    let (done, all_done) = Done::new(ring.rings * ring.tokens);
    let senders = threads::<u64, _>(workers, move |senders| {
        let done = done.clone();
        move |slot, left| {
            if left == 0 {
                done.hit();
            } else {
                send(&senders, ring.next(slot), left - 1);
            }
        }
    });
    let start = Instant::now();
    for slot in ring.starts() {
        send(&senders, slot, ring.hops as u64 - 1);
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

fn fan_in(workers: usize, each: usize) -> Vec<Measured> {
    let (producers, consumer) = (8, 1);
    let (done, all_done) = Done::new(1);
    let senders = threads::<u64, _>(workers, move |senders| {
        let done = done.clone();
        let (mut left, mut sum) = (producers * each, 0u64);
        move |slot, number| {
            if slot != consumer {
                (0..number).for_each(|number| send(&senders, consumer, number));
                return;
            }
            sum = sum.wrapping_add(number);
            left -= 1;
            if left == 0 {
                std::hint::black_box(sum);
                done.hit();
            }
        }
    });
    let start = Instant::now();
    // Even slots: none of them is the consumer.
    (0..producers).for_each(|producer| send(&senders, 2 + producer * 2, each as u64));
    all_done.wait();
    vec![Measured::new(
        "W3",
        "8 to 1",
        producers * each,
        seconds(start),
    )]
}

const SUBSCRIBERS: usize = 1000;
/// The slot of the publisher.
const PUBLISHER: usize = SUBSCRIBERS;

fn fan_out(workers: usize, rounds: usize) -> Vec<Measured> {
    let (done, all_done) = Done::new(SUBSCRIBERS);
    let senders = threads::<u64, _>(workers, move |senders| {
        let done = done.clone();
        let mut left = vec![rounds; SUBSCRIBERS];
        move |slot, _| {
            if slot == PUBLISHER {
                for round in 0..rounds {
                    (0..SUBSCRIBERS).for_each(|to| send(&senders, to, round as u64));
                }
                return;
            }
            left[slot] -= 1;
            if left[slot] == 0 {
                done.hit();
            }
        }
    });
    let start = Instant::now();
    send(&senders, PUBLISHER, 0);
    all_done.wait();
    vec![Measured::new(
        "W4",
        "1 to 1000",
        SUBSCRIBERS * rounds,
        seconds(start),
    )]
}

fn rounds(workers: usize, rounds: usize) -> Vec<Measured> {
    let (done, all_done) = Done::new(1);
    let had = Arc::new(AtomicUsize::new(SUBSCRIBERS));
    let senders = threads::<u64, _>(workers, move |senders| {
        let (done, had) = (done.clone(), had.clone());
        let mut left = rounds;
        move |slot, _| {
            if slot != PUBLISHER {
                if had.fetch_sub(1, Ordering::AcqRel) == 1 {
                    had.store(SUBSCRIBERS, Ordering::Release);
                    send(&senders, PUBLISHER, 0);
                }
                return;
            }
            if left == 0 {
                done.hit();
                return;
            }
            left -= 1;
            (0..SUBSCRIBERS).for_each(|to| send(&senders, to, left as u64));
        }
    });
    let start = Instant::now();
    send(&senders, PUBLISHER, 0);
    all_done.wait();
    vec![Measured::new(
        "W4b",
        "1 to 1000",
        SUBSCRIBERS * rounds,
        seconds(start),
    )]
}

fn life(workers: usize, count: usize) -> Vec<Measured> {
    enum Step {
        Spawn,
        Tell,
        Stop,
    }
    let (got, all_got) = Done::new(count);
    let (gone, all_gone) = Done::new(count);
    let senders = threads::<Step, _>(workers, move |senders| {
        let (got, gone) = (got.clone(), gone.clone());
        let mut slots: Vec<Option<Box<u64>>> = vec![];
        move |slot, step| {
            let index = slot / senders.len();
            match step {
                Step::Spawn => {
                    slots.resize_with(slots.len().max(index + 1), || None);
                    slots[index] = Some(Box::new(0));
                }
                Step::Tell => {
                    **slots[index].as_mut().expect("spawned before it was told") += 1;
                    got.hit();
                }
                Step::Stop => {
                    slots[index] = None;
                    gone.hit();
                }
            }
        }
    });
    let resident = machine::resident_bytes();
    let start = Instant::now();
    (0..count).for_each(|slot| send(&senders, slot, Step::Spawn));
    (0..count).for_each(|slot| send(&senders, slot, Step::Tell));
    all_got.wait();
    let spawned_and_told = seconds(start);
    let bytes = machine::resident_bytes().saturating_sub(resident) / count as u64;
    let start = Instant::now();
    (0..count).for_each(|slot| send(&senders, slot, Step::Stop));
    all_gone.wait();
    let mut row = Measured::new("W6", "spawn, 1 message, stop", count, spawned_and_told);
    row.seconds += seconds(start);
    row.bytes_per_process = Some(bytes);
    vec![row]
}

type Ask = (u64, Sender<u64>);

fn asker(workers: usize) -> Senders<Ask> {
    threads::<Ask, _>(workers, |_| {
        |_, (x, reply): Ask| {
            // The asker may be gone: its round is over.
            let _ = reply.send(x + 1);
        }
    })
}

fn ask(senders: &Senders<Ask>, x: u64) -> Receiver<u64> {
    let (reply, receiver) = bounded(1);
    send(senders, 0, (x, reply));
    receiver
}

fn ask_from_thread(workers: usize, count: usize) -> Vec<Measured> {
    let senders = asker(workers);
    let start = Instant::now();
    let mut x = 0;
    for _ in 0..count {
        x = ask(&senders, x).recv().expect("the asker replies");
    }
    assert_eq!(x, count as u64);
    vec![Measured::new(
        "W7a",
        "ask from a thread",
        count,
        seconds(start),
    )]
}

fn ask_many(workers: usize, rounds: usize) -> Vec<Measured> {
    let senders = asker(workers);
    let each = 1000;
    let start = Instant::now();
    let mut sum = 0;
    for _ in 0..rounds {
        let replies: Vec<_> = (0..each).map(|x| ask(&senders, x)).collect();
        for reply in replies {
            sum += reply.recv().expect("the asker replies");
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

fn fill_and_drain(count: usize) -> Vec<Measured> {
    let (done, all_done) = Done::new(1);
    let (sender, receiver) = unbounded::<u64>();
    let gate = Arc::new(Gate::default());
    let opened = gate.clone();
    thread::spawn(move || {
        opened.wait(2);
        let (mut left, mut sum) = (count, 0u64);
        while let Ok(number) = receiver.recv() {
            sum = sum.wrapping_add(number);
            left -= 1;
            if left == 0 {
                std::hint::black_box(sum);
                done.hit();
            }
        }
    });
    let start = Instant::now();
    for number in 0..count as u64 {
        sender.send(number).expect("the receiver lives");
    }
    let fill = seconds(start);
    let start = Instant::now();
    gate.set(2);
    all_done.wait();
    let drain = seconds(start);
    vec![
        Measured::new("W8", "drain", count, drain),
        Measured::new("W8fill", "fill and drain", count, fill + drain),
    ]
}

type Job = Box<dyn FnOnce(&mut FnState) + Send>;

struct Capture {
    senders: &'static Senders<Job>,
    done: &'static Done,
    hops: u64,
    slot: usize,
    padding: [u64; 4],
}

const RING: usize = 16;

fn hop(capture: Capture) {
    const { assert!(size_of::<Capture>() == 64) };
    let (senders, slot) = (capture.senders, capture.slot);
    let job: Job = Box::new(move |state| {
        state.count += 1;
        let [a, b, c, _] = capture.padding;
        state.sum = state.sum.wrapping_add(a ^ b ^ c);
        if capture.hops == 0 {
            capture.done.hit();
            return;
        }
        let slot = if capture.slot + 1 == RING {
            0
        } else {
            capture.slot + 1
        };
        hop(Capture {
            slot,
            hops: capture.hops - 1,
            ..capture
        });
    });
    send(senders, slot, job);
}

fn closures(workers: usize, workload: &str, chains: usize, scale: Scale) -> Vec<Measured> {
    let hops = scale.of(1_000_000) / chains;
    let (done, all_done) = Done::new(chains);
    let done: &'static Done = Box::leak(Box::new(done));
    let senders = threads::<Job, _>(workers, |_| {
        let mut states: [FnState; RING] = Default::default();
        move |slot, job: Job| job(&mut states[slot])
    });
    let senders: &'static Senders<Job> = Box::leak(Box::new(senders));
    let start = Instant::now();
    for chain in 0..chains {
        let padding = [1, 2, chain as u64, 0];
        hop(Capture {
            senders,
            done,
            hops: hops as u64 - 1,
            slot: chain % RING,
            padding,
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
