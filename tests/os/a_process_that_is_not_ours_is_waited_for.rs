//! Any process can be waited for; only of a child the status is known.

use libprocess::os::{Command, Redirect};

use super::world::World;

#[test]
fn a_grandchild_ends_without_a_status() {
    let world = World::new();
    // The child tells the number of its own child, and waits for it.
    let mut child = Command::shell("sleep 600 & echo $!; wait; exit 5")
        .stdout(Redirect::Pipe)
        .spawn(&world.reaper)
        .unwrap();
    let mut output = child.take_stdout().unwrap();
    let mut line = [0; 32];
    let line = world.run(async move {
        let count = output.read(&mut line).await?;
        Ok(String::from_utf8_lossy(&line[..count]).into_owned())
    });
    let pid: u32 = line.trim().parse().unwrap();

    let grandchild = world.reaper.reap(pid).unwrap();
    assert!(grandchild.is_pending());
    Command::new("kill")
        .arg(pid.to_string())
        .spawn(&world.reaper)
        .unwrap();
    assert_eq!(grandchild.wait().unwrap(), None);
    assert_eq!(child.status().wait().unwrap().code(), Some(5));
}

#[test]
fn a_child_started_elsewhere_is_reaped() {
    let world = World::new();
    let mut command = std::process::Command::new("sh");
    #[expect(
        clippy::zombie_processes,
        reason = "the reaper under test waits for it"
    )]
    let child = command.args(["-c", "exit 3"]).spawn().unwrap();
    let status = world.reaper.reap(child.id()).unwrap().wait().unwrap();
    assert_eq!(status.unwrap().code(), Some(3));
}

#[test]
fn nobody_is_not_waited_for() {
    let world = World::new();
    assert_eq!(
        world.reaper.reap(0x7fff_ffff).unwrap().wait().unwrap(),
        None
    );
    assert_eq!(world.reaper.reap(u32::MAX).unwrap().wait().unwrap(), None);
}
