//! Standard streams lead to files, to descriptors, or nowhere.

use std::fs::{self, File};

use libprocess::os::{Command, Redirect};

use super::world::{Folder, World};

fn ends_well(world: &World, command: Command) {
    let child = command.spawn(&world.reaper).unwrap();
    assert!(child.status().wait().unwrap().success());
}

#[test]
fn to_files_which_are_appended_to() {
    let (world, folder) = (World::new(), Folder::new("append"));
    for _ in 0..2 {
        let command = Command::shell("echo out; echo err >&2")
            .stdout(Redirect::File(folder.path("out")))
            .stderr(Redirect::File(folder.path("err")));
        ends_well(&world, command);
    }
    assert_eq!(folder.read("out"), "out\nout\n");
    assert_eq!(folder.read("err"), "err\nerr\n");
}

#[test]
fn from_a_file() {
    let (world, folder) = (World::new(), Folder::new("input"));
    fs::write(folder.path("in"), "a line\n").unwrap();
    let command = Command::new("cat").stdin(Redirect::File(folder.path("in")));
    assert_eq!(world.output(command), "a line");
}

#[test]
fn to_descriptors() {
    let (world, folder) = (World::new(), Folder::new("descriptors"));
    let file = File::create(folder.path("both")).unwrap();
    let other = file.try_clone().unwrap();
    let command = Command::shell("echo out; echo err >&2")
        .stdout(Redirect::Descriptor(file.into()))
        .stderr(Redirect::Descriptor(other.into()));
    ends_well(&world, command);
    assert_eq!(folder.read("both"), "out\nerr\n");
}

#[test]
fn nowhere() {
    let world = World::new();
    let command = Command::new("cat")
        .stdin(Redirect::Null)
        .stderr(Redirect::Null);
    assert_eq!(world.output(command), "");
}
