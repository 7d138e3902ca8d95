//! A given environment is all that a child gets; otherwise it gets ours.

use libprocess::os::{Command, Environment};

use super::world::World;

#[test]
fn an_environment_is_not_merged_with_ours() {
    let world = World::new();
    let command = Command::new("/usr/bin/env").environment(Environment::only([("A", "1")]));
    assert_eq!(world.output(command), "A=1");
}

#[test]
fn an_environment_arrives_unchanged() {
    let world = World::new();
    let value = "spaces, \"quotes\", 'more' and $PATH";
    let command = Command::shell("echo \"$VALUE\"");
    let command = command.environment(Environment::only([("VALUE", value)]));
    assert_eq!(world.output(command), value);
}

#[test]
fn an_environment_is_inherited() {
    let world = World::new();
    let ours = std::env::var("PATH").unwrap();
    assert_eq!(world.output(Command::shell("echo \"$PATH\"")), ours);
}

#[test]
fn a_folder_is_entered() {
    let world = World::new();
    assert_eq!(
        world.output(Command::new("pwd").working_directory("/usr")),
        "/usr"
    );
}

#[test]
fn arguments_are_not_words_of_a_shell() {
    let world = World::new();
    let command = Command::new("printf").args(["%s|", "a b", "$HOME", "'"]);
    assert_eq!(world.output(command), "a b|$HOME|'|");
}

#[test]
fn a_program_is_told_another_name() {
    let world = World::new();
    let command = Command::new("/bin/sh")
        .named("role")
        .args(["-c", "echo \"$0\""]);
    assert_eq!(world.output(command), "role");
}
