//! Where the master can be asked.

use libprocess::http::{Request, Response};
use libprocess::process::Context;
use serde_json::json;

use super::Master;
use crate::version::VERSION;

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
        let version = json!({
            "version": VERSION,
            "build_date": BUILD_DATE,
            "build_time": 0.0,
            "build_user": BUILD_USER,
        });
        answer(&request, &version)
    }

    fn show_state(&mut self, ctx: &mut Context<Self>, request: Request) -> Response {
        answer(&request, &self.state(ctx))
    }
}

/// JSON, or a call of the function that `jsonp` names.
fn answer(request: &Request, value: &serde_json::Value) -> Response {
    Response::jsonp(value, request.query("jsonp"))
}

/// When this was built: builds of one source are equal, so no clock is asked.
pub(super) const BUILD_DATE: &str = "1970-01-01 00:00:00";
/// Who built this.
pub(super) const BUILD_USER: &str = "";
