//! `mesos-execute` shows the states of its task, and ends as the task does.

use super::Cluster;

#[test]
fn with_the_messages_of_the_original() {
    let cluster = Cluster::start("commands");
    for (command, state, message) in [
        ("exit 0", "TASK_FINISHED", "Command exited with status 0"),
        ("exit 7", "TASK_FAILED", "Command exited with status 7"),
        (
            "no_such_command",
            "TASK_FAILED",
            "Command exited with status 127",
        ),
        (
            "kill -15 $$",
            "TASK_FAILED",
            "Command terminated with signal Terminated",
        ),
    ] {
        let mut execute = cluster.execute(&["--command", command]);
        execute.says("TASK_STARTING");
        execute.says("TASK_RUNNING");
        execute.says(state);
        execute.says(&format!("message: '{message}'"));
        let (status, _) = execute.ends();
        assert_eq!(status.success(), state == "TASK_FINISHED", "{command}");
    }
}

#[test]
fn and_waits_while_no_offer_is_large_enough() {
    let cluster = Cluster::start("large");
    let mut execute = cluster.execute(&["--resources", "cpus:64;mem:32", "--command", "true"]);
    let line = execute.says("The task needs");
    assert!(line.contains("needs cpus:64; mem:32"), "{line}");
    assert!(
        line.contains("largest offer so far is cpus:2; mem:512"),
        "{line}"
    );
    execute.signal("INT");
    let (status, _) = execute.ends();
    assert_eq!(status.code(), Some(1));
}
