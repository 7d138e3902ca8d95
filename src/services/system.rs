//! `/system/stats.json` and the gauges `system/*`: what the machine has, and how busy it is.

use serde_json::{Map, Number, Value};

use super::Realms;
use crate::future::Future;
use crate::http::{Request, Response};
use crate::metrics::PullGauge;
use crate::os::usage;
use crate::process::{Context, Process};

/// The process `system`.
pub(super) struct System {
    realms: Realms,
}

impl System {
    pub(super) const ID: &str = "system";

    pub(super) fn new(realms: Realms) -> Self {
        Self { realms }
    }

    fn stats(&mut self, _ctx: &mut Context<Self>, request: Request) -> Response {
        let values = GAUGES.iter().filter_map(|gauge| {
            let value = (gauge.read)()?;
            Some((gauge.key.to_owned(), Value::Number(value)))
        });
        let values: Map<_, _> = values.collect();
        Response::jsonp(&values, request.query("jsonp"))
    }
}

impl Process for System {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        let help = "Load, processors and memory of the machine.";
        ctx.route_with("/stats.json", help, self.realms.read(), Self::stats);
        for Gauge { name, read, .. } in GAUGES {
            // What cannot be read has no value in a snapshot.
            let value = || read().and_then(|value| value.as_f64());
            let gauge = PullGauge::flat(*name, move || match value() {
                Some(value) => Future::ready(value),
                None => Future::failed("the operating system does not tell"),
            });
            let added = ctx.manager().metrics().add(&gauge);
            added.unwrap_or_else(|error| log::error!("{error}"));
        }
    }

    fn finalize(&mut self, ctx: &mut Context<Self>) {
        for gauge in GAUGES {
            let removed = ctx.manager().metrics().remove(gauge.name);
            removed.unwrap_or_else(|error| log::error!("{error}"));
        }
    }
}

/// Something that the machine is asked for.
struct Gauge {
    /// Its key in `/system/stats.json`.
    key: &'static str,
    /// Its name among the metrics.
    name: &'static str,
    /// What is counted is a whole number in `/system/stats.json`; among the metrics none is.
    read: fn() -> Option<Number>,
}

/// As libprocess names them.
const GAUGES: &[Gauge] = &[
    Gauge {
        key: "avg_load_1min",
        name: "system/load_1min",
        read: || Number::from_f64(usage::load().ok()?[0]),
    },
    Gauge {
        key: "avg_load_5min",
        name: "system/load_5min",
        read: || Number::from_f64(usage::load().ok()?[1]),
    },
    Gauge {
        key: "avg_load_15min",
        name: "system/load_15min",
        read: || Number::from_f64(usage::load().ok()?[2]),
    },
    Gauge {
        key: "cpus_total",
        name: "system/cpus_total",
        read: || Some(usage::cpus().into()),
    },
    Gauge {
        key: "mem_total_bytes",
        name: "system/mem_total_bytes",
        read: || Some(usage::memory().ok()?.total.into()),
    },
    Gauge {
        key: "mem_free_bytes",
        name: "system/mem_free_bytes",
        read: || Some(usage::memory().ok()?.free.into()),
    },
];
