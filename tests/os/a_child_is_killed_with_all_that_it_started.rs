//! Killing a tree reaches children, orphans, and members of other groups and sessions.

use std::fs;

use libprocess::os::{Command, Redirect, Subprocess};

use super::world::World;

/// Starts a command that prints the numbers of `count` processes; gives these.
fn start(world: &World, command: &str, count: usize) -> (Subprocess, Vec<u32>) {
    let mut child = Command::shell(command)
        .stdin(Redirect::Null)
        .stdout(Redirect::Pipe)
        .spawn(&world.reaper)
        .unwrap();
    let mut output = child.take_stdout().unwrap();
    let numbers = world.run(async move {
        let mut text = Vec::new();
        while text.iter().filter(|byte| **byte == b'\n').count() < count {
            let mut chunk = [0; 256];
            let size = output.read(&mut chunk).await?;
            assert!(size > 0, "the output ended early");
            text.extend_from_slice(&chunk[..size]);
        }
        Ok(String::from_utf8(text).unwrap())
    });
    let numbers = numbers.lines().map(|line| line.parse().unwrap()).collect();
    (child, numbers)
}

/// Waits for the ends of processes that are not our children.
fn await_ends(world: &World, pids: &[u32]) {
    for pid in pids {
        assert_eq!(world.reaper.reap(*pid).unwrap().wait().unwrap(), None);
    }
}

const SLEEP: &str = "sleep 600 >/dev/null & echo $!;";

#[test]
fn children_and_grandchildren() {
    let world = World::new();
    let command = format!("{SLEEP} sh -c '{SLEEP} {SLEEP} wait' & wait");
    let (child, pids) = start(&world, &command, 3);
    let killed = child.kill_tree(libc::SIGKILL).unwrap();
    assert!(killed.contains(&child.pid()));
    assert!(
        pids.iter().all(|pid| killed.contains(pid)),
        "{killed:?} {pids:?}"
    );
    assert_eq!(killed.len(), 5);
    child.status().wait().unwrap();
    await_ends(&world, &pids);
}

#[test]
fn orphans_after_the_end_of_the_child() {
    let world = World::new();
    let (child, pids) = start(&world, &format!("(trap '' HUP; {SLEEP}); exit 0"), 1);
    assert!(child.status().wait().unwrap().success());
    assert_eq!(
        child
            .kill_tree(libc::SIGTERM)
            .unwrap()
            .into_iter()
            .collect::<Vec<_>>(),
        pids
    );
    await_ends(&world, &pids);
    assert!(child.kill_tree(libc::SIGTERM).unwrap().is_empty());
}

#[test]
fn children_in_sessions_of_their_own() {
    let world = World::new();
    let command = format!("setsid sh -c '{SLEEP} echo $$; wait' & wait");
    let (child, pids) = start(&world, &command, 2);
    let killed = child.kill_tree(libc::SIGKILL).unwrap();
    assert!(
        pids.iter().all(|pid| killed.contains(pid)),
        "{killed:?} {pids:?}"
    );
    child.status().wait().unwrap();
    await_ends(&world, &pids);
}

#[test]
fn neighbours_are_spared() {
    let world = World::new();
    let command = || Command::new("sleep").arg("600").own_session(false);
    let child = command().spawn(&world.reaper).unwrap();
    let neighbour = command().spawn(&world.reaper).unwrap();
    let killed = child.kill_tree(libc::SIGKILL).unwrap();
    assert_eq!(killed.into_iter().collect::<Vec<_>>(), [child.pid()]);
    child.status().wait().unwrap();
    assert!(neighbour.status().is_pending());
    neighbour.kill(libc::SIGKILL).unwrap();
    neighbour.status().wait().unwrap();
}

#[test]
fn a_child_leads_its_session_unless_told_otherwise() {
    let world = World::new();
    let session = |command: Command| {
        let child = command.stdin(Redirect::Pipe).spawn(&world.reaper).unwrap();
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.pid())).unwrap();
        let session: u32 = stat.split(' ').nth(5).unwrap().parse().unwrap();
        child.kill(libc::SIGKILL).unwrap();
        child.status().wait().unwrap();
        (session, child.pid())
    };
    let (own, pid) = session(Command::new("cat"));
    assert_eq!(own, pid);
    let (shared, pid) = session(Command::new("cat").own_session(false));
    assert_ne!(shared, pid);
}
