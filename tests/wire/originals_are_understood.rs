//! What the C++ originals said to each other, said to us: every message arrives, and our answers
//! are theirs, byte for byte but for the date.

use std::collections::BTreeSet;

use libprocess::process::Process;

use super::world::World;

macro_rules! transcript {
    ($connection:literal, $who:literal) => {
        (
            include_bytes!(concat!("transcripts/", $connection, "-to-", $who, ".bin")).as_slice(),
            include_bytes!(concat!("transcripts/", $connection, "-from-", $who, ".bin")).as_slice(),
        )
    };
}

/// Takes whatever it is sent.
struct Taker;

impl Process for Taker {}

/// Plays a dialogue, in parts of `size` bytes, to a site that has the processes spoken to.
fn play((said, answered): (&[u8], &[u8]), size: usize) {
    let world = World::new();
    let site = world.site(1);
    let paths = String::from_utf8_lossy(said);
    let ids = paths
        .split("POST /")
        .skip(1)
        .map(|path| path.split('/').next().unwrap());
    for id in ids.collect::<BTreeSet<_>>() {
        site.spawn_as(id, Taker);
    }
    let client = world.client(2, site.address());
    for part in said.chunks(size) {
        client.write(&world, part);
    }
    let answer = client.read(&world);
    assert_eq!(
        undated(&answer),
        undated(std::str::from_utf8(answered).unwrap())
    );
    assert!(!client.has_ended(&world), "they keep the connection");
    assert_eq!(site.manager.counters().messages_to_nobody.get(), 0);
    assert_eq!(site.counters().unparsable_senders.get(), 0);
}

fn undated(answers: &str) -> Vec<&str> {
    answers
        .lines()
        .filter(|line| !line.starts_with("Date: "))
        .collect()
}

#[test]
fn a_framework_and_its_master() {
    for size in [1, 7, 1000, 100_000] {
        let calls = transcript!("two-processes/01", "master");
        play(calls, size);
    }
}

#[test]
fn an_agent_and_its_master() {
    let calls = transcript!("three-processes/01", "master");
    play(calls, 100_000);
    let tasks = transcript!("three-processes/02", "agent");
    play(tasks, 100_000);
}
