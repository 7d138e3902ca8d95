//! However many children come and go, none stays as a zombie.

use std::fs;

use super::world::World;

#[test]
fn a_hundred_children_whose_handles_are_dropped() {
    let world = World::new();
    let pids: Vec<u32> = (0..100).map(|_| world.shell("exit 0").pid()).collect();
    for pid in &pids {
        // Whether it was reaped before this or is reaped by it, it is gone afterwards.
        world.reaper.reap(*pid).unwrap().wait().unwrap();
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        assert!(!stat.contains(") Z "), "{stat}");
    }
}
