//! `/metrics/snapshot`: every metric of the runtime, as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::future::Future;
use crate::http::{Request, Response};
use crate::process::{Context, Process};
use crate::time::parse_duration;

/// The process `metrics`.
pub(super) struct Metrics;

impl Metrics {
    pub(super) const ID: &str = "metrics";

    fn snapshot(&mut self, ctx: &mut Context<Self>, request: Request) -> Future<Response> {
        let timeout = match timeout(&request) {
            Ok(timeout) => timeout,
            Err(response) => return Future::ready(response),
        };
        let callback = request.query("jsonp").map(str::to_owned);
        let values = ctx.manager().metrics().snapshot(ctx.clock(), timeout);
        values
            .map(move |values: BTreeMap<String, f64>| Response::jsonp(&values, callback.as_deref()))
    }
}

impl Process for Metrics {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route("/snapshot", HELP, Self::snapshot);
    }
}

/// How long the slowest metric may take, if the request says so.
fn timeout(request: &Request) -> Result<Option<Duration>, Response> {
    let Some(text) = request.query("timeout") else {
        return Ok(None);
    };
    parse_duration(text)
        .map(Some)
        .map_err(|reason| Response::bad_request(format!("Invalid timeout '{text}': {reason}.\n")))
}

const HELP: &str = "\
The current values of all metrics, as a JSON object.

Query parameters:

>        timeout=VALUE        Leave out what takes longer, e.g. 5secs.
>        jsonp=VALUE          Answer with a script that calls this function.
";
