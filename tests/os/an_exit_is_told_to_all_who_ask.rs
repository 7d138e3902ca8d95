//! The status of a child reaches everybody who asks, before its end and after it.

use std::os::unix::process::ExitStatusExt;

use super::world::World;

#[test]
fn an_exit_code_is_told() {
    let world = World::new();
    for code in [0, 1, 255] {
        let child = world.shell(&format!("exit {code}"));
        assert_eq!(child.status().wait().unwrap().code(), Some(code));
    }
}

#[test]
fn a_signal_is_told() {
    let world = World::new();
    for signal in [libc::SIGTERM, libc::SIGKILL] {
        let child = world.shell("exec sleep 600");
        child.kill(signal).unwrap();
        assert_eq!(child.status().wait().unwrap().signal(), Some(signal));
        child.kill(signal).unwrap(); // nobody is hit any more
    }
}

#[test]
fn all_who_ask_are_told() {
    let world = World::new();
    let child = world.shell("exec sleep 600");
    let early: Vec<_> = (0..3).map(|_| child.status()).collect();
    let reaped = world.reaper.reap(child.pid()).unwrap();
    child.kill(libc::SIGKILL).unwrap();
    for status in early {
        assert_eq!(status.wait().unwrap().signal(), Some(libc::SIGKILL));
    }
    let reaped = reaped.wait().unwrap().unwrap();
    assert_eq!(reaped.signal(), Some(libc::SIGKILL));
    assert_eq!(child.status().wait().unwrap(), reaped);
}

#[test]
fn discarding_the_status_leaves_the_child_alone() {
    let world = World::new();
    let child = world.shell("exec sleep 600");
    child.status().discard();
    child.kill(libc::SIGTERM).unwrap();
    assert_eq!(child.status().wait().unwrap().signal(), Some(libc::SIGTERM));
}
