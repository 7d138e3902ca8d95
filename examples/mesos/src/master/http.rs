//! Where the master can be asked.

use libprocess::http::{Request, Response};
use libprocess::process::Context;

use super::Master;
use crate::version;

impl Master {
    pub(super) fn add_routes(ctx: &mut Context<Self>) {
        ctx.route("/health", "Answers 200: the master serves.", Self::health);
        ctx.route(
            "/version",
            "Which Mesos this is compatible with.",
            Self::version,
        );
        ctx.route(
            "/state",
            "Agents, frameworks, tasks and offers.",
            Self::show_state,
        );
    }

    fn health(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::ok("")
    }

    fn version(&mut self, _ctx: &mut Context<Self>, request: Request) -> Response {
        answer(&request, &version::to_json())
    }

    fn show_state(&mut self, ctx: &mut Context<Self>, request: Request) -> Response {
        answer(&request, &self.state(ctx))
    }
}

/// JSON, or a call of the function that `jsonp` names.
fn answer(request: &Request, value: &serde_json::Value) -> Response {
    Response::jsonp(value, request.query("jsonp"))
}
