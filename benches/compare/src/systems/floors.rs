//! raw-vecdeque, the floor: one thread, boxed closures popped from a `VecDeque` and called. No
//! actor system that allocates for each message can be below it on one core.

use std::collections::VecDeque;
use std::hint::black_box;
use std::time::Instant;

use crate::machine;
use crate::workloads::{Measured, Ring, Scale};

/// Runs one workload and ends this OS process. There is one worker, whatever is asked for.
pub fn run(workload: &str, _workers: usize, scale: Scale) -> ! {
    let rows = match workload {
        "W3" => fan_in(scale.of(500_000)),
        "W4" => fan_out(workload, scale.of(1000), false),
        "W4b" => fan_out(workload, scale.of(1000), true),
        "W6" => life(scale.of(100_000)),
        "W7c" => ask_many(scale.of(200)),
        "W8" => fill_and_drain(scale.of(5_000_000)),
        "W9" => closures(workload, 1, scale),
        "W9x64" => closures(workload, 64, scale),
        other => {
            let ring = Ring::of(other, scale).expect("the driver asks for known workloads only");
            pass_tokens(workload, ring)
        }
    };
    Measured::hand_over(&rows)
}

type Job = Box<dyn FnOnce(&mut World)>;

#[derive(Default)]
struct World {
    queue: VecDeque<Job>,
    slots: Vec<u64>,
    done: usize,
}

impl World {
    fn new(slots: usize) -> Self {
        Self {
            slots: vec![0; slots],
            ..Self::default()
        }
    }

    fn push(&mut self, job: impl FnOnce(&mut Self) + 'static) {
        self.queue.push_back(Box::new(job));
    }

    fn run(&mut self) {
        while let Some(job) = self.queue.pop_front() {
            job(self);
        }
    }
}

fn pass_tokens(workload: &str, ring: Ring) -> Vec<Measured> {
    let mut world = World::new(ring.actors());
    let start = Instant::now();
    for slot in ring.starts() {
        pass(&mut world, ring, slot, ring.hops - 1);
    }
    world.run();
    let elapsed = seconds(start);
    assert_eq!(world.done, ring.rings * ring.tokens);
    vec![Measured::new(
        workload,
        ring.parameters,
        ring.messages(),
        elapsed,
    )]
}

fn pass(world: &mut World, ring: Ring, slot: usize, left: usize) {
    world.push(move |world| {
        world.slots[slot] += 1;
        if left == 0 {
            world.done += 1;
        } else {
            pass(world, ring, ring.next(slot), left - 1);
        }
    });
}

fn fan_in(each: usize) -> Vec<Measured> {
    let producers = 8;
    let mut world = World::new(2);
    let start = Instant::now();
    for _ in 0..producers {
        world.push(move |world| {
            for number in 0..each as u64 {
                world.push(move |world| {
                    world.slots[0] = world.slots[0].wrapping_add(number);
                    world.slots[1] += 1;
                });
            }
        });
    }
    world.run();
    let row = Measured::new("W3", "8 to 1", producers * each, seconds(start));
    assert_eq!(world.slots[1], (producers * each) as u64);
    vec![row]
}

fn fan_out(workload: &str, rounds: usize, barrier: bool) -> Vec<Measured> {
    let count = 1000;
    let mut world = World::new(count);
    let start = Instant::now();
    if barrier {
        world.push(move |world| next_round(world, count, rounds));
    } else {
        world.push(move |world| (0..rounds).for_each(|_| send_round(world, count)));
    }
    world.run();
    let row = Measured::new(workload, "1 to 1000", count * rounds, seconds(start));
    assert_eq!(world.slots.iter().sum::<u64>(), (count * rounds) as u64);
    vec![row]
}

fn send_round(world: &mut World, count: usize) {
    (0..count).for_each(|slot| world.push(move |world| world.slots[slot] += 1));
}

fn next_round(world: &mut World, count: usize, left: usize) {
    if left > 0 {
        send_round(world, count);
        world.push(move |world| next_round(world, count, left - 1));
    }
}

fn life(count: usize) -> Vec<Measured> {
    #[derive(Default)]
    struct Actor {
        value: u64,
        queue: VecDeque<Job>,
    }
    let mut world = World::new(1);
    let mut actors: Vec<Box<Actor>> = Vec::with_capacity(count);
    let resident = machine::resident_bytes();
    let start = Instant::now();
    actors.extend((0..count).map(|_| Box::default()));
    for actor in &mut actors {
        actor.queue.push_back(Box::new(|world| world.slots[0] += 1));
    }
    for actor in &mut actors {
        while let Some(job) = actor.queue.pop_front() {
            job(&mut world);
            actor.value += 1;
        }
    }
    let bytes = machine::resident_bytes().saturating_sub(resident) / count as u64;
    drop(actors);
    let mut row = Measured::new("W6", "spawn, 1 message, stop", count, seconds(start));
    row.bytes_per_process = Some(bytes);
    assert_eq!(world.slots[0], count as u64);
    vec![row]
}

fn ask_many(rounds: usize) -> Vec<Measured> {
    let each = 1000;
    let mut world = World::new(each);
    let mut sum = 0;
    let start = Instant::now();
    for _ in 0..rounds {
        (0..each).for_each(|x| world.push(move |world| world.slots[x] = x as u64 + 1));
        world.run();
        sum += world.slots.iter().sum::<u64>();
    }
    let row = Measured::new("W7c", "1000 asks at once", rounds * each, seconds(start));
    black_box(sum);
    vec![row]
}

fn fill_and_drain(count: usize) -> Vec<Measured> {
    let mut world = World::new(2);
    let start = Instant::now();
    for number in 0..count as u64 {
        world.push(move |world| {
            world.slots[0] = world.slots[0].wrapping_add(number);
            world.slots[1] += 1;
        });
    }
    let fill = seconds(start);
    let start = Instant::now();
    world.run();
    let drain = seconds(start);
    assert_eq!(world.slots[1], count as u64);
    vec![
        Measured::new("W8", "drain", count, drain),
        Measured::new("W8fill", "fill and drain", count, fill + drain),
    ]
}

struct Capture {
    hops: u64,
    slot: usize,
    padding: [u64; 6],
}

const RING: usize = 16;

fn hop(world: &mut World, capture: Capture) {
    const { assert!(size_of::<Capture>() == 64) };
    world.push(move |world| {
        world.slots[capture.slot] += capture.padding.iter().fold(0, |all, one| all ^ one);
        if capture.hops == 0 {
            world.done += 1;
            return;
        }
        let slot = if capture.slot + 1 == RING {
            0
        } else {
            capture.slot + 1
        };
        hop(
            world,
            Capture {
                slot,
                hops: capture.hops - 1,
                ..capture
            },
        );
    });
}

fn closures(workload: &str, chains: usize, scale: Scale) -> Vec<Measured> {
    let hops = scale.of(1_000_000) / chains;
    let mut world = World::new(RING);
    let start = Instant::now();
    for chain in 0..chains {
        let padding = [chain as u64; 6];
        hop(
            &mut world,
            Capture {
                hops: hops as u64 - 1,
                slot: chain % RING,
                padding,
            },
        );
    }
    world.run();
    let parameters = format!("64 B closures, {chains} in flight");
    let row = Measured::new(workload, &parameters, chains * hops, seconds(start));
    assert_eq!(world.done, chains);
    vec![row]
}

fn seconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}
