//! Whoever dies, the processes of a task die with the last who cares for them.

use std::process::Command;

use super::{Cluster, Witness};
use crate::program::{Program, signal};

#[test]
fn when_the_executor_is_killed() {
    let cluster = Cluster::start("executor");
    let witness = Witness::new("executor-witness");
    let mut execute = cluster.execute(&["--command", &witness.command()]);
    signal(&witness.starts(), "KILL");
    witness.ends();
    execute.says("TASK_FAILED");
    execute.says("message: 'Executor terminated'");
    execute.says("reason: REASON_EXECUTOR_TERMINATED");
}

#[test]
fn when_the_agent_is_killed() {
    let cluster = Cluster::start("agent");
    let witness = Witness::new("agent-witness");
    let mut execute = cluster.execute(&["--command", &witness.command()]);
    witness.starts();
    cluster.agent.signal("KILL");
    execute.says("TASK_LOST");
    execute.says("reason: REASON_SLAVE_DISCONNECTED");
    witness.ends();
}

#[test]
fn when_the_agent_is_asked_to_stop() {
    let mut cluster = Cluster::start("stopped-agent");
    let witness = Witness::new("stopped-agent-witness");
    let _execute = cluster.execute(&["--command", &witness.command()]);
    witness.starts();
    cluster.agent.signal("TERM");
    let (status, seen) = cluster.agent.ends();
    assert!(status.success(), "{}", seen.join("\n"));
    witness.ends();
}

#[test]
fn when_the_framework_is_killed() {
    let mut cluster = Cluster::start("framework");
    let witness = Witness::new("framework-witness");
    let execute = cluster.execute(&["--command", &witness.command()]);
    witness.starts();
    execute.signal("KILL");
    witness.ends();
    cluster.agent.says("ended (");
    let metrics = cluster.get("/metrics/snapshot");
    assert_eq!(metrics["master/messages_deactivate_framework"], 0.0);
    let state = cluster.get("/state");
    assert_eq!(state["frameworks"].as_array().map(Vec::len), Some(0));
    assert_eq!(
        state["completed_frameworks"][0]["completed_tasks"][0]["state"],
        "TASK_KILLED"
    );
}

#[test]
fn when_the_framework_is_asked_to_stop() {
    let cluster = Cluster::start("stopped-framework");
    let witness = Witness::new("stopped-framework-witness");
    let mut execute = cluster.execute(&["--command", &witness.command()]);
    witness.starts();
    execute.signal("TERM");
    assert_eq!(execute.ends().0.code(), Some(1));
    witness.ends();
}

#[test]
fn when_the_task_ignores_that_it_shall_end() {
    let cluster = Cluster::start("stubborn");
    let witness = Witness::new("stubborn-witness");
    let command = format!("trap '' TERM; {}", witness.command());
    let execute = cluster.execute(&["--command", &command]);
    witness.starts();
    execute.signal("INT");
    witness.ends();
}

#[test]
fn when_a_local_cluster_is_killed_or_asked_to_stop() {
    for name in ["KILL", "TERM"] {
        let witness = Witness::new(&format!("local-witness-{name}"));
        let mut local = Command::new(env!("CARGO_BIN_EXE_mesos-local"));
        let local = Program::start(local.args(["--tasks", "1", "--command", &witness.command()]));
        witness.starts();
        local.signal(name);
        witness.ends();
    }
}
