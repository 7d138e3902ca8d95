//! Pipes to and from a child, of any length.

use libprocess::os::{Command, Redirect};

use super::world::World;

#[test]
fn more_than_a_pipe_holds() {
    let world = World::new();
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|index| index as u8).collect();
    let mut child = Command::new("cat")
        .stdin(Redirect::Pipe)
        .stdout(Redirect::Pipe)
        .spawn(&world.reaper)
        .unwrap();
    let written = child.take_stdin().unwrap().write_all(bytes.clone());
    let read = child.take_stdout().unwrap().read_to_end();
    assert_eq!(read.wait().unwrap(), bytes);
    written.wait().unwrap();
    assert!(child.status().wait().unwrap().success());
}

#[test]
fn standard_error_apart() {
    let world = World::new();
    let mut child = Command::shell("echo out; echo err >&2")
        .stdout(Redirect::Pipe)
        .stderr(Redirect::Pipe)
        .spawn(&world.reaper)
        .unwrap();
    let out = child.take_stdout().unwrap().read_to_end();
    let err = child.take_stderr().unwrap().read_to_end();
    assert_eq!(out.wait().unwrap(), b"out\n");
    assert_eq!(err.wait().unwrap(), b"err\n");
    assert!(child.take_stdout().is_none());
}

#[test]
fn a_child_that_reads_no_more_fails_the_writer() {
    let world = World::new();
    let mut child = Command::new("true")
        .stdin(Redirect::Pipe)
        .spawn(&world.reaper)
        .unwrap();
    let input = child.take_stdin().unwrap();
    assert!(child.status().wait().unwrap().success());
    let error = input.write_all(vec![0; 1_000_000]).wait().unwrap_err();
    assert!(error.to_string().contains("Broken pipe"), "{error}");
}
