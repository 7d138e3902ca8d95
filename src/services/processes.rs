//! `/__processes__`: which processes run, and what waits for each.
//!
//! Their order is that of their spawning. To somebody whom an authenticator let in each of the
//! first hundred events is shown as C++ libprocess shows it, with the body of a message, of which
//! the first KiB is told. Everybody else is told the kinds and counts of the queued events, and so
//! are those behind the hundredth: what is in them stays with them, since anybody may have sent it.
//!
//! A process looks through its events itself, so one that is in the middle of something long
//! cannot; it is listed as busy after a moment, where in C++ libprocess all wait for it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Realms;
use crate::address::Upid;
use crate::future::{self, Future};
use crate::http::{Request, Response};
use crate::process::{Context, Delivery, EventCounts, Look, Process, within};

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
        let shown = match request.principal {
            Some(_) => SHOWN,
            None => 0,
        };
        let survey = ctx.manager().survey(move |told: &mut Told, to, event| {
            if told.shown.len() < shown {
                told.shown.push(seen(to, event));
            } else {
                told.counts.add(event.kind());
            }
        });
        let entries: Vec<_> = survey
            .into_iter()
            .map(|(upid, told)| {
                let name = upid.clone();
                let entry = told.map(move |told| told.entry(name.id()));
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

impl Process for Processes {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        let help = "Processes, and the events that wait for each.";
        ctx.route_with("/", help, self.realms.read(), Self::show);
    }
}

/// What is told of the events that wait for a process.
#[derive(Default)]
struct Told {
    shown: Vec<Value>,
    counts: EventCounts,
}

impl Told {
    fn entry(mut self, id: &str) -> Value {
        let counts = self.counts.iter();
        let counts = counts.map(|(kind, count)| json!({ "type": kind.name(), "count": count }));
        self.shown.extend(counts);
        json!({ "id": id, "events": self.shown })
    }
}

/// An event with what is in it.
fn seen(to: &Upid, look: &Look<'_>) -> Value {
    let mut event = json!({ "type": look.kind().name() });
    match look {
        Look::Message(message) => {
            event["to"] = to.to_string().into();
            describe(message, &mut event);
        }
        Look::Http(request) => {
            event["method"] = request.method.to_string().into();
            event["url"] = request.url.to_string().into();
        }
        Look::Dispatch(name) => event["name"] = (*name).into(),
        Look::Exited(pid) => event["pid"] = pid.to_string().into(),
        _ => {}
    }
    event
}

fn describe(message: &Delivery, event: &mut Value) {
    let Delivery { name, from, body } = message;
    event["name"] = (**name).into();
    event["from"] = from.to_string().into();
    let told = &body[..body.len().min(BODY_BYTES)];
    if told.len() < body.len() {
        event["length"] = body.len().into();
    }
    match text(told, body.len()) {
        Some(text) => event["body"] = text.into(),
        None => event["body_base64"] = STANDARD.encode(told).into(),
    }
}

/// The beginning of a body of this length as text, without the part of a character that it may
/// have been cut in.
fn text(told: &[u8], length: usize) -> Option<&str> {
    match std::str::from_utf8(told) {
        Ok(text) => Some(text),
        Err(error) if told.len() < length && error.error_len().is_none() => {
            std::str::from_utf8(&told[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}

fn busy(upid: &Upid) -> Value {
    json!({ "id": upid.id(), "busy": true })
}

/// How long a process may take to look at its events; half of what a reader is promised.
const PATIENCE: Duration = Duration::from_millis(50);

/// How many events of a process are shown, and how many bytes of a body.
const SHOWN: usize = 100;
const BODY_BYTES: usize = 1024;
