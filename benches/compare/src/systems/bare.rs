//! What is below any actor system: values through a queue, cache lines and threads bounced.

use std::collections::VecDeque;
use std::hint::{black_box, spin_loop};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use crate::workloads::{Measured, Ring, Scale};

/// raw-pod: one thread and a `VecDeque`, as the floor with closures, but of plain values.
pub fn values(workload: &str, _workers: usize, scale: Scale) -> ! {
    let rows = match Ring::of(workload, scale) {
        Some(ring) => pass_tokens(workload, ring),
        None => fill_and_drain(scale.of(5_000_000)),
    };
    Measured::hand_over(&rows)
}

/// raw-atomic: two threads that spin on one cache line.
pub fn one_line(workload: &str, _workers: usize, scale: Scale) -> ! {
    bounce_lines(workload, scale, 0)
}

/// raw-atomic2: two threads that spin on a cache line each.
pub fn two_lines(workload: &str, _workers: usize, scale: Scale) -> ! {
    bounce_lines(workload, scale, 1)
}

/// raw-futex: two threads that wake each other and sleep.
pub fn two_sleepers(workload: &str, _workers: usize, scale: Scale) -> ! {
    // An ask is there and back, a message of a pair one way.
    let (trips, messages_a_trip) = match workload {
        "W7a" => (scale.of(200_000), 1),
        _ => (scale.of(1_000_000), 2),
    };
    let flags = Arc::new((AtomicBool::new(false), AtomicBool::new(false)));
    let main = thread::current();
    let partner = thread::spawn({
        let flags = flags.clone();
        move || {
            for _ in 0..trips {
                while !flags.0.swap(false, Ordering::AcqRel) {
                    thread::park();
                }
                flags.1.store(true, Ordering::Release);
                main.unpark();
            }
        }
    });
    let start = Instant::now();
    for _ in 0..trips {
        flags.0.store(true, Ordering::Release);
        partner.thread().unpark();
        while !flags.1.swap(false, Ordering::AcqRel) {
            thread::park();
        }
    }
    let elapsed = start.elapsed().as_secs_f64();
    partner.join().expect("the partner does not panic");
    let messages = messages_a_trip * trips;
    Measured::hand_over(&[Measured::new(workload, "two sleepers", messages, elapsed)])
}

fn pass_tokens(workload: &str, ring: Ring) -> Vec<Measured> {
    let mut queue: VecDeque<(usize, usize)> = VecDeque::new();
    let mut slots = vec![0_u64; ring.actors()];
    let start = Instant::now();
    queue.extend(ring.starts().map(|slot| (slot, ring.hops - 1)));
    while let Some((slot, left)) = queue.pop_front() {
        slots[slot] += 1;
        if left > 0 {
            queue.push_back((ring.next(slot), left - 1));
        }
    }
    let elapsed = start.elapsed().as_secs_f64();
    assert_eq!(slots.iter().sum::<u64>(), ring.messages() as u64);
    vec![Measured::new(
        workload,
        ring.parameters,
        ring.messages(),
        elapsed,
    )]
}

fn fill_and_drain(count: usize) -> Vec<Measured> {
    let mut queue: VecDeque<u64> = VecDeque::new();
    let start = Instant::now();
    (0..count as u64).for_each(|number| queue.push_back(number));
    let fill = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let mut sum = 0_u64;
    while let Some(number) = queue.pop_front() {
        sum = black_box(sum.wrapping_add(number));
    }
    let drain = start.elapsed().as_secs_f64();
    vec![
        Measured::new("W8", "drain", count, drain),
        Measured::new("W8fill", "fill and drain", count, fill + drain),
    ]
}

#[repr(align(128))]
struct Line(AtomicU64);

fn bounce_lines(workload: &str, scale: Scale, back: usize) -> ! {
    let trips = scale.of(1_000_000) as u64;
    let lines = [Line(AtomicU64::new(0)), Line(AtomicU64::new(0))];
    let elapsed = thread::scope(|scope| {
        scope.spawn(|| {
            for trip in 0..trips {
                // Acquire pairs with the Release of the other thread, both ways.
                while lines[0].0.load(Ordering::Acquire) != 2 * trip + 1 {
                    spin_loop();
                }
                lines[back].0.store(2 * trip + 2, Ordering::Release);
            }
        });
        let start = Instant::now();
        for trip in 0..trips {
            lines[0].0.store(2 * trip + 1, Ordering::Release);
            while lines[back].0.load(Ordering::Acquire) != 2 * trip + 2 {
                spin_loop();
            }
        }
        start.elapsed().as_secs_f64()
    });
    let messages = 2 * trips as usize;
    Measured::hand_over(&[Measured::new(workload, "two spinners", messages, elapsed)])
}
