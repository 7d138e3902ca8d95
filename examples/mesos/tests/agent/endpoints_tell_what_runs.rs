//! The endpoints show what the original's show, under its keys.

use std::collections::BTreeSet;

use mesos::messages::TaskState;
use serde_json::Value;

use super::{World, acknowledge, executor_task, run_task, update};
use crate::support::Node;

#[test]
fn the_state_has_the_keys_of_mesos() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(run_task(executor_task("1", "run"), true));
    world.say(run_task(executor_task("2", "run"), false));
    let executor = world.executor("E");
    executor.say(
        world.agent.upid(),
        update("E", "1", TaskState::TASK_FINISHED, 1),
    );
    let (_, message) = world.master.heard();
    world.say(acknowledge(&message));
    executor.say(
        world.agent.upid(),
        update("E", "2", TaskState::TASK_RUNNING, 2),
    );

    let state: Value = serde_json::from_str(&node.ask("slave(1)", "/slave(1)/state")).unwrap();
    assert_eq!(keys(&state), set(TOP));
    assert_eq!(state["id"], "S");
    assert_eq!(state["resources"]["cpus"], 4.0);
    assert_eq!(state["unreserved_resources_allocated"]["cpus"], 1.0);
    let framework = &state["frameworks"][0];
    assert_eq!(keys(framework), set(FRAMEWORK));
    let executor = &framework["executors"][0];
    assert_eq!(keys(executor), set(EXECUTOR));
    assert_eq!(executor["completed_tasks"][0]["state"], "TASK_FINISHED");
    let task = &executor["tasks"][0];
    assert_eq!(task["state"], "TASK_RUNNING");
    assert_eq!(task["executor_id"], "E");
    let status = &task["statuses"][0]["container_status"];
    assert_eq!(status["container_id"]["value"], executor["container"]);
}

#[test]
fn a_task_that_waits_for_its_executor_is_queued() {
    let node = Node::new();
    let world = World::registered(&node);
    world.say(run_task(executor_task("1", "run"), true));
    let state: Value = serde_json::from_str(&node.ask("slave(1)", "/slave(1)/state")).unwrap();
    let queued = &state["frameworks"][0]["executors"][0]["queued_tasks"][0];
    assert_eq!(queued["state"], "TASK_STAGING");
}

#[test]
fn health_version_and_flags_answer() {
    let node = Node::new();
    let _world = World::new(&node);
    assert_eq!(node.ask("slave(1)", "/slave(1)/health"), "");
    assert!(node.ask("slave(1)", "/slave(1)/version").contains("1.11.0"));
    assert_eq!(node.ask("slave(1)", "/slave(1)/flags"), r#"{"flags":{}}"#);
}

#[test]
fn the_metrics_count_what_happened() {
    let node = Node::new();
    let world = World::registered(&node);
    let executor = world.running();
    assert_eq!(node.metric("slave/registered"), 1.0);
    assert_eq!(node.metric("slave/executors_running"), 1.0);
    assert_eq!(node.metric("slave/tasks_staging"), 1.0);
    executor.say(
        world.agent.upid(),
        update("T", "T", TaskState::TASK_RUNNING, 1),
    );
    assert_eq!(node.metric("slave/tasks_running"), 1.0);
    assert_eq!(node.metric("slave/cpus_total"), 4.0);
    assert_eq!(node.metric("slave/cpus_percent"), 1.1 / 4.0);
    executor.say(
        world.agent.upid(),
        update("T", "T", TaskState::TASK_FINISHED, 2),
    );
    assert_eq!(node.metric("slave/tasks_finished"), 1.0);
    assert_eq!(node.metric("slave/tasks_running"), 0.0);
    assert_eq!(node.metric("slave/valid_status_updates"), 2.0);
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn set(keys: &'static str) -> BTreeSet<&'static str> {
    keys.split_whitespace().collect()
}

// What a Mesos 1.11 answers, but for git_sha and git_tag, which only a release has, and the full
// forms of resources.

const TOP: &str = "attributes build_date build_time build_user capabilities completed_frameworks \
    flags frameworks hostname id master_hostname pid reserved_resources \
    reserved_resources_allocated resource_providers resources start_time unreserved_resources \
    unreserved_resources_allocated version";

const FRAMEWORK: &str =
    "checkpoint completed_executors executors failover_timeout hostname id name role user";

const EXECUTOR: &str = "completed_tasks container directory id name queued_tasks resources role \
    source tasks";
