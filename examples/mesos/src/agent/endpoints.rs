//! What an agent shows of itself over HTTP.

use libprocess::http::{Request, Response};
use libprocess::process::Context;
use serde_json::{Value, json};

use super::Agent;
use super::frameworks::{Executor, Framework, task};
use super::registration::capabilities;
use crate::json;
use crate::messages::TaskState;
use crate::resources::Resources;
use crate::roles::EVERYBODY;
use crate::version::{self, BUILD_DATE, BUILD_USER, VERSION};

impl Agent {
    pub(super) fn install_endpoints(&mut self, ctx: &mut Context<Self>) {
        ctx.route("/flags", "What the agent was told.", Self::flags);
        ctx.route("/health", "200 while the agent is there.", Self::health);
        ctx.route(
            "/state",
            "What the agent is, and what it runs.",
            Self::state,
        );
        ctx.route(
            "/version",
            "Which Mesos this is compatible with.",
            Self::version,
        );
    }

    fn flags(&mut self, _ctx: &mut Context<Self>, request: Request) -> Response {
        answer(&request, &json!({ "flags": self.config.flags }))
    }

    fn health(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::ok("")
    }

    fn version(&mut self, _ctx: &mut Context<Self>, request: Request) -> Response {
        answer(&request, &version::to_json())
    }

    fn state(&mut self, ctx: &mut Context<Self>, request: Request) -> Response {
        let resources = &self.config.resources;
        let frameworks = self.frameworks.values().map(framework);
        let capabilities: Vec<_> = capabilities().iter().filter_map(|it| it.r#type).collect();
        let mut state = json!({
            "version": VERSION,
            "build_date": BUILD_DATE,
            "build_time": 0.0,
            "build_user": BUILD_USER,
            "start_time": self.started.as_secs_f64(),
            "id": self.info.id.value,
            "pid": ctx.upid().to_string(),
            "hostname": self.config.hostname,
            "capabilities": json::names(&capabilities),
            "attributes": {},
            "resources": resources.to_json(),
            "reserved_resources": {},
            "reserved_resources_allocated": {},
            "unreserved_resources": resources.to_json(),
            "unreserved_resources_allocated": self.used().to_json(),
            "resource_providers": [],
            "flags": self.config.flags,
            "frameworks": frameworks.collect::<Vec<_>>(),
            "completed_frameworks": [],
        });
        if let Some(master) = self.registration.master() {
            state["master_hostname"] = master.address().ip().to_string().into();
        }
        answer(&request, &state)
    }
}

/// JSON, or a call of the function that `jsonp` names.
fn answer(request: &Request, value: &Value) -> Response {
    Response::jsonp(value, request.query("jsonp"))
}

fn framework(framework: &Framework) -> Value {
    let info = &framework.info;
    let executors = framework.executors.values();
    let executors = executors.map(|known| executor(known, framework));
    let mut shown = json!({
        "id": info.id.value,
        "name": info.name,
        "user": info.user,
        "failover_timeout": info.failover_timeout.unwrap_or_default(),
        "checkpoint": info.checkpoint.unwrap_or_default(),
        "hostname": info.hostname.as_deref().unwrap_or_default(),
        "executors": executors.collect::<Vec<_>>(),
        "completed_executors": [],
    });
    if info.roles.is_empty() {
        shown["role"] = info.role.as_deref().unwrap_or(EVERYBODY).into();
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
    let staging = |info| json::task(&task(info, &framework.info, TaskState::TASK_STAGING));
    let queued = executor.queued.iter().map(staging);
    let known = executor
        .launched
        .values()
        .chain(executor.terminated.values());
    let completed = executor.completed.iter().map(json::task);
    let resources: Vec<_> = executor.resources().cloned().collect();
    let resources = Resources::from_messages(&resources).unwrap_or_default();
    let role = resources.by_allocation_role().into_keys().next();
    let mut shown = json!({
        "id": info.executor_id.value,
        "name": info.name.as_deref().unwrap_or_default(),
        "source": info.source.as_deref().unwrap_or_default(),
        "container": executor.container,
        "directory": executor.directory.display().to_string(),
        "resources": resources.to_json(),
        "role": role.as_deref().unwrap_or(EVERYBODY),
        "tasks": known.map(json::task).collect::<Vec<_>>(),
        "queued_tasks": queued.collect::<Vec<_>>(),
        "completed_tasks": completed.collect::<Vec<_>>(),
    });
    json::put_labels(&mut shown, info.labels.as_option());
    shown
}
