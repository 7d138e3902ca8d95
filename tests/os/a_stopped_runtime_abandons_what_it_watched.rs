//! Who waits for a child learns that nobody watches it any more.

use libprocess::future::Error;
use libprocess::os::Command;

use super::world::World;

#[test]
fn the_status_is_abandoned() {
    let world = World::new();
    let child = world.shell("exec sleep 600");
    let before = child.status();
    // The one worker runs what is queued in order: the watch of the child waits by now.
    world.shell("exit 0").status().wait().unwrap();
    world.stop();
    assert!(matches!(before.wait(), Err(Error::Abandoned)));
    assert!(matches!(child.status().wait(), Err(Error::Abandoned)));
    child.kill(libc::SIGKILL).unwrap();
}

#[test]
fn nothing_is_started_any_more() {
    let world = World::new();
    world.stop();
    let error = Command::new("sleep")
        .arg("600")
        .spawn(&world.reaper)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot execute sleep: the runtime has stopped"
    );
}
