//! Equal seeds give equal frames at equal times; order within a connection holds for all.

use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::world::{Nodes, World, connect, read_to_end, wait, write_all};

/// What an observer sees of a run in which connections overtake each other.
fn trace(seed: u64) -> String {
    let world = Nodes::seed(seed);
    let trace = Arc::new(Mutex::new(String::new()));
    let lines = trace.clone();
    world.memory.observe(move |frame| {
        let (time, kind, length) = (frame.time, frame.kind, frame.bytes.len());
        let (from, to, sum) = (frame.from, frame.to, frame.checksum());
        let lost = frame.lost;
        let line = format!("{time} {from} {to} {kind} {length} {sum:016x} {lost}");
        writeln!(lines.lock().unwrap(), "{line}").unwrap();
    });
    let connections: Vec<_> = (0..5).map(|_| connect(&world)).collect();
    for round in 0..10_u8 {
        for (near, _) in &connections {
            wait(&world, write_all(&**near, &[round])).unwrap();
        }
    }
    for (near, far) in connections {
        drop(near);
        let bytes = wait(&world, read_to_end(&*far)).unwrap();
        assert_eq!(bytes, (0..10).collect::<Vec<_>>());
    }
    world.settle();
    trace.lock().unwrap().clone()
}

#[test]
fn a_seed_replays() {
    assert_eq!(trace(7), trace(7));
    assert_ne!(trace(7), trace(8));
}

#[test]
fn a_line_for_every_frame() {
    let trace = trace(7);
    for kind in ["open", "accept", "end"] {
        assert!(
            trace.contains(&format!(" {kind} 0 cbf29ce484222325 false")),
            "{trace}"
        );
    }
    assert_eq!(trace.matches(" bytes 1 ").count(), 50, "{trace}");
}

#[test]
fn flights_last_as_long_as_they_are_told() {
    let world = Nodes::new();
    let delay = Duration::from_millis(5);
    world.memory.set_delay(delay..delay);
    let start = world.clock.now();
    let _ends = connect(&world);
    // There and back.
    assert_eq!(world.clock.now() - start, 2 * delay);
}
