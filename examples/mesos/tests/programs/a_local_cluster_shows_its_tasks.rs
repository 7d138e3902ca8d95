//! `mesos-local` runs tasks on a cluster of its own, and shows how they ended.

use std::process::Command;

use crate::program::Program;

#[test]
fn success_if_all_finished() {
    let (status, seen) = local(&["--tasks", "3", "--agents", "2"]).ends();
    assert!(status.success(), "{}", seen.join("\n"));
    assert!(seen[0].starts_with("Master at 127.0.0.1:"), "{}", seen[0]);
    for task in ["task-0", "task-1", "task-2"] {
        let in_table = |line: &&String| line.starts_with(task);
        let row = seen.iter().find(in_table).unwrap();
        assert!(row.contains("TASK_FINISHED"), "{row}");
        assert!(row.ends_with("Command exited with status 0"), "{row}");
    }
}

#[test]
fn failure_if_one_did_not() {
    let (status, seen) = local(&["--tasks", "2", "--command", "false"]).ends();
    assert_eq!(status.code(), Some(1), "{}", seen.join("\n"));
    assert!(seen.last().unwrap().contains("TASK_FAILED"));
}

#[test]
fn nothing_where_there_is_nothing_to_run() {
    let (status, seen) = local(&["--tasks", "0"]).ends();
    assert!(status.success());
    assert_eq!(seen.len(), 1, "{}", seen.join("\n"));
}

#[test]
fn until_it_is_interrupted_where_it_serves() {
    let mut local = local(&["--serve"]);
    local.says("Serving until interrupted");
    local.signal("TERM");
    assert!(local.ends().0.success());
}

fn local(arguments: &[&str]) -> Program {
    Program::start(Command::new(env!("CARGO_BIN_EXE_mesos-local")).args(arguments))
}
