//! `/__processes__`: which processes run, and what waits for each.
//!
//! Their order is that of their spawning. Kinds and counts of the queued events are told; what is
//! in them stays with them, since anybody may have sent it. A process counts its events itself, so
//! one that is in the middle of something long cannot; it is listed as busy after a moment, where
//! in C++ libprocess all wait for it.

use std::time::Duration;

use serde_json::{Value, json};

use super::Realms;
use crate::address::Upid;
use crate::future::{self, Future};
use crate::http::{Request, Response};
use crate::process::{Context, EventCounts, Process, within};

/// The process `__processes__`.
pub(super) struct Processes {
    realms: Realms,
}

impl Processes {
    pub(super) const ID: &str = "__processes__";

    pub(super) fn new(realms: Realms) -> Self {
        Self { realms }
    }

    fn show(&mut self, ctx: &mut Context<Self>, request: Request) -> Future<Response> {
        let callback = request.query("jsonp").map(str::to_owned);
        let clock = ctx.clock();
        let entries = ctx.manager().event_counts().into_iter();
        let entries: Vec<_> = entries
            .map(|(upid, counts)| {
                let name = upid.clone();
                let entry = counts.map(move |counts| listed(&name, &counts));
                within(clock, entry, PATIENCE, move |_| Future::ready(busy(&upid)))
            })
            .collect();
        future::await_all(entries).map(move |entries| {
            // Who ended before its turn came is no longer there to be listed.
            let alive: Vec<_> = entries.into_iter().filter_map(Result::ok).collect();
            Response::jsonp(&alive, callback.as_deref())
        })
    }
}

fn listed(upid: &Upid, counts: &EventCounts) -> Value {
    let events: Vec<_> = counts
        .iter()
        .map(|(kind, count)| json!({ "type": kind.name(), "count": count }))
        .collect();
    json!({ "id": upid.id(), "events": events })
}

fn busy(upid: &Upid) -> Value {
    json!({ "id": upid.id(), "busy": true })
}

impl Process for Processes {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        let help = "Processes, and the events that wait for each.";
        ctx.route_with("/", help, self.realms.read(), Self::show);
    }
}

/// How long a process may take to count its events; half of what a reader is promised.
const PATIENCE: Duration = Duration::from_millis(50);
