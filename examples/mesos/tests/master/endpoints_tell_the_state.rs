//! The endpoints show what Mesos' show, under its keys.

use std::collections::BTreeSet;

use mesos::messages::TaskState;
use mesos::messages::internal::RunTaskMessage;
use serde_json::Value;

use super::{Cluster, info, task};

#[test]
fn the_state_has_the_keys_of_mesos() {
    let cluster = Cluster::new();
    let framework = cluster.framework("scheduler", info());
    let agent = cluster.agent("agent", "cpus:4;mem:1024;ports:[31000-32000]");
    let offer = framework.hears_offer();
    framework.launches(&offer, vec![task("task", &offer, "cpus:1;mem:64")]);
    let _: RunTaskMessage = agent.hears();
    agent.reports(&framework.id, "task", TaskState::TASK_RUNNING, 1);
    framework.hears_update();
    cluster.advance(5);
    let offer = framework.hears_offer();

    let state = get(&cluster, "/master/state");
    assert_eq!(keys(&state), set(TOP));
    let shown = &state["slaves"][0];
    assert_eq!(keys(shown), set(AGENT));
    assert_eq!(shown["id"], agent.id.as_str());
    assert_eq!(shown["resources"]["ports"], "[31000-32000]");
    assert_eq!(shown["used_resources"]["cpus"], 1.0);
    assert_eq!(shown["offered_resources"]["cpus"], 3.0);
    let shown = &state["frameworks"][0];
    assert_eq!(keys(shown), set(FRAMEWORK));
    assert_eq!(shown["id"], framework.id.as_str());
    assert_eq!(shown["resources"]["cpus"], 4.0);
    assert_eq!(shown["offers"][0]["id"], offer.id.value.as_str());
    let shown = &shown["tasks"][0];
    assert_eq!(keys(shown), set(TASK));
    assert_eq!(shown["state"], "TASK_RUNNING");
    assert_eq!(shown["statuses"][0]["state"], "TASK_RUNNING");
}

#[test]
fn health_and_version_answer() {
    let cluster = Cluster::new();
    assert_eq!(get(&cluster, "/master/version")["version"], "1.11.0");
    assert_eq!(ask(&cluster, "/master/health"), "");
    assert!(ask(&cluster, "/master/state?jsonp=show").starts_with("show({"));
}

fn get(cluster: &Cluster, path: &str) -> Value {
    serde_json::from_str(&ask(cluster, path)).unwrap()
}

fn ask(cluster: &Cluster, path: &str) -> String {
    cluster.node.ask("master", path)
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

// What a Mesos 1.11 answers, but for git_sha and git_tag, which only a release has.

const TOP: &str = "activated_slaves build_date build_time build_user capabilities \
    completed_frameworks deactivated_slaves elected_time flags frameworks hostname id leader \
    leader_info orphan_tasks pid recovered_slaves slaves start_time unreachable_slaves \
    unregistered_frameworks version";

const AGENT: &str = "active attributes capabilities deactivated hostname id offered_resources pid \
    port registered_time reserved_resources resources unreserved_resources used_resources version";

const FRAMEWORK: &str = "active capabilities checkpoint completed_tasks connected executors \
    failover_timeout hostname id name offer_constraints offered_resources offers pid recovered \
    registered_time resources role tasks unreachable_tasks unregistered_time used_resources user \
    webui_url";

const TASK: &str = "executor_id framework_id id name resources role slave_id state statuses";
