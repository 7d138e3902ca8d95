//! A child that cannot be started is an error of the start, not an exit status.

use std::io::ErrorKind;

use libprocess::os::{Command, Redirect};

use super::world::World;

#[test]
fn a_program_that_is_not_there() {
    let world = World::new();
    let error = Command::new("no-such-program")
        .spawn(&world.reaper)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let expected = "cannot execute no-such-program: No such file or directory (os error 2)";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_file_that_is_no_program() {
    let world = World::new();
    let error = Command::new("/etc/passwd")
        .spawn(&world.reaper)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
}

#[test]
fn a_redirect_that_cannot_be_opened() {
    let world = World::new();
    let redirect = Redirect::File("/nowhere/at/all".into());
    let error = Command::new("true")
        .stdout(redirect)
        .spawn(&world.reaper)
        .unwrap_err();
    let expected = "cannot open /nowhere/at/all: No such file or directory (os error 2)";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_folder_that_is_not_there() {
    let world = World::new();
    let error = Command::new("true")
        .working_directory("/nowhere")
        .spawn(&world.reaper);
    assert_eq!(error.unwrap_err().kind(), ErrorKind::NotFound);
}
