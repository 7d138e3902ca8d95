//! What the endpoints of master and agent show in the same form.
//!
//! Keys and forms are those of Mesos, which tools read: what is not set has no key.

use serde_json::{Value, json};

use crate::messages::{ContainerStatus, Labels, Task, TaskStatus};
use crate::resources::Resources;
use crate::roles::EVERYBODY;

/// A task, and how it fared.
pub fn task(task: &Task) -> Value {
    let resources = Resources::from_messages(&task.resources).unwrap_or_default();
    let role = resources.by_allocation_role().into_keys().next();
    let mut shown = json!({
        "id": task.task_id.value,
        "name": task.name,
        "framework_id": task.framework_id.value,
        "executor_id": task.executor_id.value,
        "slave_id": task.slave_id.value,
        "state": name(task.state),
        "resources": resources.to_json(),
        "role": role.as_deref().unwrap_or(EVERYBODY),
        "statuses": task.statuses.iter().map(status).collect::<Vec<_>>(),
    });
    if !task.limits.is_empty() {
        let limits = task
            .limits
            .iter()
            .map(|(name, limit)| (name.clone(), limit.value.into()));
        shown["limits"] = Value::Object(limits.collect());
    }
    if let Some(user) = &task.user {
        shown["user"] = user.as_str().into();
    }
    put_labels(&mut shown, task.labels.as_option());
    shown
}

fn status(status: &TaskStatus) -> Value {
    let mut shown = json!({
        "state": name(status.state),
        "timestamp": status.timestamp.unwrap_or_default(),
    });
    if let Some(healthy) = status.healthy {
        shown["healthy"] = healthy.into();
    }
    if let Some(about) = status.container_status.as_option() {
        shown["container_status"] = container(about);
    }
    put_labels(&mut shown, status.labels.as_option());
    shown
}

fn container(about: &ContainerStatus) -> Value {
    let networks = about.network_infos.iter().map(|network| {
        let addresses = network.ip_addresses.iter();
        let addresses = addresses.map(|it| json!({ "ip_address": it.ip_address }));
        json!({ "ip_addresses": addresses.collect::<Vec<_>>() })
    });
    json!({
        "container_id": { "value": about.container_id.value },
        "network_infos": networks.collect::<Vec<_>>(),
    })
}

/// Adds the labels that there are.
pub fn put_labels(shown: &mut Value, labels: Option<&Labels>) {
    if let Some(labels) = labels {
        let labels = labels.labels.iter().map(|label| match &label.value {
            Some(value) => json!({ "key": label.key, "value": value }),
            None => json!({ "key": label.key }),
        });
        shown["labels"] = labels.collect();
    }
}

/// What values of an enumeration are called.
pub fn names<E: buffa::Enumeration>(values: &[E]) -> Vec<&'static str> {
    values.iter().map(|value| name(*value)).collect()
}

/// What a value of an enumeration is called.
pub fn name<E: buffa::Enumeration>(value: E) -> &'static str {
    value.proto_name()
}
