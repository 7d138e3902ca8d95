//! What an agent shows of itself over HTTP.

use buffa::Enumeration as _;
use libprocess::http::{Request, Response};
use libprocess::process::Context;
use serde_json::{Map, Value, json};

use super::Agent;
use super::frameworks::{Executor, Framework, task};
use super::registration::capabilities;
use crate::messages::{Task, TaskState};
use crate::resources::Resources;
use crate::version::VERSION;

impl Agent {
    pub(super) fn install_endpoints(&mut self, ctx: &mut Context<Self>) {
        ctx.route("/health", "200 while the agent is there.", Self::health);
        ctx.route(
            "/state",
            "What the agent is, and what it runs.",
            Self::state,
        );
        ctx.route("/flags", "What the agent was told.", Self::flags);
    }

    fn health(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::ok("")
    }

    fn flags(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::json(&json!({ "flags": self.config.flags }))
    }

    fn state(&mut self, ctx: &mut Context<Self>, request: Request) -> Response {
        let resources = self.config.resources.to_json();
        let frameworks: Vec<Value> = self.frameworks.values().map(framework).collect();
        let capabilities: Vec<&str> = capabilities()
            .iter()
            .filter_map(|it| it.r#type)
            .map(|it| it.proto_name())
            .collect();
        let mut state = json!({
            "version": VERSION,
            "start_time": self.started.as_secs_f64(),
            "id": self.info.id.value,
            "pid": ctx.upid().to_string(),
            "hostname": self.config.hostname,
            "capabilities": capabilities,
            "resources": resources,
            "reserved_resources": {},
            "unreserved_resources": resources,
            "attributes": {},
            "flags": self.config.flags,
            "frameworks": frameworks,
            "completed_frameworks": [],
        });
        if let Some(master) = self.registration.master() {
            state["master_hostname"] = master.address().ip().to_string().into();
        }
        Response::jsonp(&state, request.query("jsonp"))
    }
}

fn framework(framework: &Framework) -> Value {
    let info = &framework.info;
    let executors: Vec<Value> = framework
        .executors
        .values()
        .map(|known| executor(known, framework))
        .collect();
    let mut shown = json!({
        "id": info.id.value,
        "name": info.name,
        "user": info.user,
        "failover_timeout": info.failover_timeout.unwrap_or_default(),
        "checkpoint": info.checkpoint.unwrap_or_default(),
        "hostname": info.hostname.as_deref().unwrap_or_default(),
        "executors": executors,
        "completed_executors": [],
    });
    if info.roles.is_empty() {
        shown["role"] = info.role.as_deref().unwrap_or("*").into();
    } else {
        shown["roles"] = json!(info.roles);
    }
    if let Some(principal) = &info.principal {
        shown["principal"] = principal.as_str().into();
    }
    shown
}

fn executor(executor: &Executor, framework: &Framework) -> Value {
    let info = &executor.info;
    let as_task = |info| shown_task(&task(info, &framework.info, TaskState::TASK_STAGING));
    let queued: Vec<Value> = executor.queued.iter().map(as_task).collect();
    let tasks = executor
        .launched
        .values()
        .chain(executor.terminated.values());
    let resources: Vec<_> = executor.resources().cloned().collect();
    json!({
        "id": info.executor_id.value,
        "name": info.name.as_deref().unwrap_or_default(),
        "source": info.source.as_deref().unwrap_or_default(),
        "container": executor.container,
        "directory": executor.directory.display().to_string(),
        "resources": Resources::from_messages(&resources).unwrap_or_default().to_json(),
        "tasks": tasks.map(shown_task).collect::<Vec<_>>(),
        "queued_tasks": queued,
        "completed_tasks": executor.completed.iter().map(shown_task).collect::<Vec<_>>(),
    })
}

fn shown_task(task: &Task) -> Value {
    let statuses = task.statuses.iter().map(|status| {
        json!({
            "state": status.state.proto_name(),
            "timestamp": status.timestamp.unwrap_or_default(),
        })
    });
    let mut shown = Map::new();
    for (name, value) in [
        ("id", &task.task_id.value),
        ("name", &task.name),
        ("framework_id", &task.framework_id.value),
        ("executor_id", &task.executor_id.value),
        ("slave_id", &task.slave_id.value),
    ] {
        shown.insert(name.to_owned(), value.as_str().into());
    }
    shown.insert("state".to_owned(), task.state.proto_name().into());
    let resources = Resources::from_messages(&task.resources).unwrap_or_default();
    shown.insert("resources".to_owned(), resources.to_json());
    shown.insert("statuses".to_owned(), statuses.collect());
    Value::Object(shown)
}
