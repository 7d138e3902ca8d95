//! `/metrics/snapshot` and `/metrics/prometheus`: every metric of the runtime, as JSON and as
//! text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::Realms;
use crate::future::Future;
use crate::http::{Request, Response};
use crate::process::{Context, Process};
use crate::time::{Time, parse_duration};

/// The process `metrics`.
pub(super) struct Metrics {
    realms: Realms,
    /// How far apart snapshots are.
    spacing: Duration,
    /// When the next snapshot may be taken.
    next: Time,
}

impl Metrics {
    pub(super) const ID: &str = "metrics";

    pub(super) fn new(realms: Realms, spacing: Duration) -> Self {
        Self {
            realms,
            spacing,
            next: Time::EPOCH,
        }
    }

    fn snapshot(&mut self, ctx: &mut Context<Self>, request: Request) -> Future<Response> {
        let callback = request.query("jsonp").map(str::to_owned);
        self.answer(ctx, &request, move |values| {
            Response::jsonp(&values, callback.as_deref())
        })
    }

    fn prometheus(&mut self, ctx: &mut Context<Self>, request: Request) -> Future<Response> {
        self.answer(ctx, &request, |values| {
            Response::ok_as(PROMETHEUS, exposition(&values)).expect("the type is plain words")
        })
    }

    /// The values, in the form that was asked for, once it is the request's turn: a snapshot may
    /// ask every process of the runtime, so they are spaced out and never refused.
    fn answer(
        &mut self,
        ctx: &mut Context<Self>,
        request: &Request,
        form: impl FnOnce(BTreeMap<String, f64>) -> Response + Send + 'static,
    ) -> Future<Response> {
        let timeout = match timeout(request) {
            Ok(timeout) => timeout,
            Err(response) => return Future::ready(response),
        };
        let now = ctx.now();
        let turn = self.next.max(now);
        self.next = turn + self.spacing;
        let manager = ctx.manager().clone();
        let snapshot = move || manager.metrics().snapshot(manager.clock(), timeout);
        match turn - now {
            Duration::ZERO => snapshot().map(form),
            wait => ctx.after(wait).then(move |()| snapshot().map(form)),
        }
    }
}

impl Process for Metrics {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route_with("/snapshot", SNAPSHOT, self.realms.read(), Self::snapshot);
        ctx.route_with("/prometheus", TEXT, self.realms.read(), Self::prometheus);
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

/// The values in the text format of Prometheus, whose names have letters, digits and two others.
///
/// Where two names would become one, a value is left out: such a text is refused as a whole.
fn exposition(values: &BTreeMap<String, f64>) -> String {
    let mut text = String::new();
    let mut named = BTreeMap::new();
    for (name, value) in values {
        let plain = |character: char| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ':' => character,
            _ => '_',
        };
        let mut plain: String = name.chars().map(plain).collect();
        if plain.starts_with(|first: char| first.is_ascii_digit()) {
            plain.insert(0, '_');
        }
        named.entry(plain).or_insert(value);
    }
    for (name, value) in named {
        let value = match value {
            value if value.is_nan() => "NaN".to_owned(),
            value if value.is_infinite() => if *value > 0.0 { "+Inf" } else { "-Inf" }.to_owned(),
            value => value.to_string(),
        };
        writeln!(text, "# TYPE {name} untyped\n{name} {value}")
            .expect("a string takes what is written to it");
    }
    text
}

/// Two snapshots a second, as in libprocess.
pub(super) const SPACING: Duration = Duration::from_millis(500);

const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

const SNAPSHOT: &str = "\
The current values of all metrics, as a JSON object. Snapshots are some time apart; who asks sooner
waits.

Query parameters:

>        timeout=VALUE        Leave out what takes longer, e.g. 5secs.
>        jsonp=VALUE          Answer with a script that calls this function.
";

const TEXT: &str = "\
The current values of all metrics, in the text format of Prometheus.

Query parameters:

>        timeout=VALUE        Leave out what takes longer, e.g. 5secs.
";
