//! What `/state` shows.
//!
//! Keys and forms are those of Mesos, which tools read: numbers are floats, what is not set has no
//! key, and what is not there yet (reservations, recovered agents) is empty.

use libprocess::process::Context;
use libprocess::time::Time;
use serde_json::{Map, Value, json};

use super::Master;
use super::agent::Agent;
use super::framework::Framework;
use super::offers::Outstanding;
use crate::attributes;
use crate::json;
use crate::messages::framework_info::capability::Type as Capability;
use crate::messages::{CommandInfo, ExecutorInfo};
use crate::resources::Resources;
use crate::roles::EVERYBODY;
use crate::version::{BUILD_DATE, BUILD_USER, VERSION};

impl Master {
    pub(super) fn state(&self, ctx: &Context<Self>) -> Value {
        let pid = ctx.upid().to_string();
        let active = self
            .agents
            .values()
            .filter(|agent| agent.is_connected)
            .count();
        let frameworks = self.frameworks.values().map(|it| self.show_framework(it));
        let completed = self.completed.iter().map(|it| self.show_framework(it));
        json!({
            "version": VERSION,
            "build_date": BUILD_DATE,
            "build_time": 0.0,
            "build_user": BUILD_USER,
            "start_time": self.started.as_secs_f64(),
            "elected_time": self.started.as_secs_f64(),
            "id": self.info.id,
            "pid": pid,
            "hostname": self.settings.hostname,
            "capabilities": [],
            "activated_slaves": active as f64,
            "deactivated_slaves": (self.agents.len() - active) as f64,
            "unreachable_slaves": self.unreachable.len() as f64,
            "leader": pid,
            "leader_info": {
                "id": self.info.id,
                "pid": pid,
                "port": self.info.port,
                "hostname": self.settings.hostname,
            },
            "flags": self.settings.flags,
            "slaves": self.agents.values().map(|it| self.show_agent(it)).collect::<Vec<_>>(),
            "recovered_slaves": [],
            "frameworks": frameworks.collect::<Vec<_>>(),
            "completed_frameworks": completed.collect::<Vec<_>>(),
            "orphan_tasks": [],
            "unregistered_frameworks": [],
        })
    }

    fn show_agent(&self, agent: &Agent) -> Value {
        let mut used = agent.used_by_executors(None);
        for framework in self.frameworks.values() {
            used += &framework.used(Some(agent.id()));
        }
        let offered = self.offered(|offer| offer.agent == agent.id());
        let unreserved = agent
            .total
            .filter(|kind| Resources::reserved_for(kind).is_none());
        let mut reserved = Map::new();
        for (kind, _) in agent.total.kinds() {
            if let Some(role) = Resources::reserved_for(kind) {
                let its = agent
                    .total
                    .filter(|kind| Resources::reserved_for(kind) == Some(role));
                reserved.insert(role.to_owned(), its.to_json());
            }
        }
        let attributes = agent.info.attributes.iter();
        let attributes: Map<_, _> = attributes
            .map(|it| (it.name.clone(), attributes::to_json(it)))
            .collect();
        let mut shown = json!({
            "id": agent.id(),
            "hostname": agent.info.hostname,
            "port": agent.info.port.unwrap_or(5051),
            "attributes": attributes,
            "pid": agent.pid.to_string(),
            "registered_time": agent.registered.as_secs_f64(),
            "resources": agent.total.to_json(),
            "used_resources": used.to_json(),
            "offered_resources": offered.to_json(),
            "reserved_resources": reserved,
            "unreserved_resources": unreserved.to_json(),
            "active": agent.is_connected,
            "deactivated": false,
            "version": agent.version,
            "capabilities": json::names(&agent.capabilities),
        });
        if let Some(time) = agent.reregistered {
            shown["reregistered_time"] = time.as_secs_f64().into();
        }
        shown
    }

    fn show_framework(&self, framework: &Framework) -> Value {
        let info = &framework.info;
        let id = framework.id();
        let mut used = framework.used(None);
        for agent in self.agents.values() {
            used += &agent.used_by_executors(Some(id));
        }
        let offered = self.offered(|offer| offer.framework == id);
        let mut all = used.clone();
        all += &offered;
        let offers = self
            .offers
            .iter()
            .filter(|(_, offer)| offer.framework == id);
        let executors = self.agents.values().flat_map(|agent| {
            let own = agent.executors.iter().filter(|((owner, _), _)| owner == id);
            own.map(|(_, executor)| show_executor(executor, agent.id()))
        });
        let mut shown = json!({
            "id": id,
            "name": info.name,
            "used_resources": used.to_json(),
            "offered_resources": offered.to_json(),
            "capabilities": json::names(&framework.capabilities()),
            "hostname": info.hostname.as_deref().unwrap_or_default(),
            "webui_url": info.webui_url.as_deref().unwrap_or_default(),
            "active": framework.is_active,
            "connected": framework.is_connected,
            "recovered": framework.is_recovered,
            "user": info.user,
            "failover_timeout": info.failover_timeout.unwrap_or_default(),
            "checkpoint": info.checkpoint.unwrap_or_default(),
            "registered_time": framework.registered.as_secs_f64(),
            "unregistered_time": framework.unregistered.map_or(0.0, Time::as_secs_f64),
            "resources": all.to_json(),
            "tasks": framework.tasks.values().map(json::task).collect::<Vec<_>>(),
            "unreachable_tasks": framework.unreachable.iter().map(json::task).collect::<Vec<_>>(),
            "completed_tasks": framework.completed.iter().map(json::task).collect::<Vec<_>>(),
            "offers": offers.map(|(id, offer)| show_offer(id, offer)).collect::<Vec<_>>(),
            "executors": executors.collect::<Vec<_>>(),
            "offer_constraints": {},
        });
        if !framework.is_recovered {
            shown["pid"] = framework.pid.to_string().into();
        }
        if framework.is(Capability::MULTI_ROLE) {
            shown["roles"] = json!(info.roles);
        } else {
            shown["role"] = info.role.as_deref().unwrap_or(EVERYBODY).into();
        }
        if let Some(principal) = &info.principal {
            shown["principal"] = principal.as_str().into();
        }
        if framework.reregistered != framework.registered {
            shown["reregistered_time"] = framework.reregistered.as_secs_f64().into();
        }
        json::put_labels(&mut shown, info.labels.as_option());
        shown
    }

    fn offered(&self, which: impl Fn(&Outstanding) -> bool) -> Resources {
        let offers = self.offers.values().filter(|offer| which(offer));
        offers.fold(Resources::default(), |mut sum, offer| {
            sum += &offer.resources;
            sum
        })
    }
}

fn show_offer(id: &str, offer: &Outstanding) -> Value {
    json!({
        "id": id,
        "framework_id": offer.framework,
        "allocation_info": { "role": offer.role },
        "slave_id": offer.agent,
        "resources": offer.resources.to_json(),
    })
}

fn show_executor(executor: &ExecutorInfo, agent: &str) -> Value {
    let resources = Resources::from_messages(&executor.resources).unwrap_or_default();
    let mut shown = json!({
        "executor_id": executor.executor_id.value,
        "name": executor.name.as_deref().unwrap_or_default(),
        "framework_id": executor.framework_id.value,
        "command": show_command(&executor.command),
        "resources": resources.to_json(),
        "slave_id": agent,
    });
    if let Some(role) = resources.by_allocation_role().into_keys().next() {
        shown["role"] = role.into();
    }
    if let Some(r#type) = executor.r#type {
        shown["type"] = json::name(r#type).into();
    }
    json::put_labels(&mut shown, executor.labels.as_option());
    shown
}

fn show_command(command: &CommandInfo) -> Value {
    let uris = command
        .uris
        .iter()
        .map(|uri| json!({ "value": uri.value, "executable": uri.executable.unwrap_or_default() }));
    let mut shown = json!({
        "argv": command.arguments,
        "uris": uris.collect::<Vec<_>>(),
    });
    if let Some(shell) = command.shell {
        shown["shell"] = shell.into();
    }
    if let Some(value) = &command.value {
        shown["value"] = value.as_str().into();
    }
    shown
}
