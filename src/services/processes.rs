//! `/__processes__`: which processes run, and what waits for each.
//!
//! Their order is that of their spawning. Kinds and counts of the queued events are told; what is
//! in them stays with them.

use serde_json::json;

use crate::future::{self, Future};
use crate::http::{Request, Response};
use crate::process::{Context, Process};

/// The process `__processes__`.
pub(super) struct Processes;

impl Processes {
    pub(super) const ID: &str = "__processes__";

    fn show(&mut self, ctx: &mut Context<Self>, request: Request) -> Future<Response> {
        let callback = request.query("jsonp").map(str::to_owned);
        let (upids, counts): (Vec<_>, Vec<_>) = ctx.manager().event_counts().into_iter().unzip();
        future::await_all(counts).map(move |counts| {
            // Who ended before its turn came is no longer there to be listed.
            let alive = upids.iter().zip(counts).filter_map(|(upid, counts)| {
                let events = counts.ok()?;
                let events: Vec<_> = events
                    .iter()
                    .map(|(kind, count)| json!({ "type": kind.name(), "count": count }))
                    .collect();
                Some(json!({ "id": upid.id(), "events": events }))
            });
            Response::jsonp(&alive.collect::<Vec<_>>(), callback.as_deref())
        })
    }
}

impl Process for Processes {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route(
            "/",
            "Processes, and the events that wait for each.",
            Self::show,
        );
    }
}
