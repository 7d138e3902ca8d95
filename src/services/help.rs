//! `/help`: what endpoints there are, and what each says of itself.
//!
//! The texts are read from the runtime's table of routes at the time of the question, so they
//! are never out of date and nobody needs to tell this process of a route.

use std::collections::BTreeMap;

use serde_json::json;

use super::Realms;
use super::page::{FRONT, Line, Page};
use crate::codec::url::decode_text;
use crate::http::{Request, Response};
use crate::process::{Context, Process, RouteHelp};

/// The process `help`.
pub(super) struct Help {
    /// The process whose endpoints are also reached without its id.
    delegate: Option<String>,
    realms: Realms,
}

impl Help {
    pub(super) const ID: &str = "help";

    pub(super) fn new(delegate: Option<&str>, realms: Realms) -> Self {
        Self {
            delegate: delegate.map(str::to_owned),
            realms,
        }
    }

    fn show(&mut self, ctx: &mut Context<Self>, request: Request) -> Response {
        let mut endpoints = ctx.manager().route_help();
        endpoints.retain(|id, _| !HIDDEN.contains(&&**id));
        let asked = request.url.path.trim_matches('/');
        let asked = asked.split_at(asked.find('/').unwrap_or(asked.len())).1;
        // Some clients escape the parentheses of an id.
        let asked = decode_text(asked).unwrap_or(asked.into());
        let page = match asked.trim_start_matches('/').split_once('/') {
            None if asked.is_empty() && request.query("format") == Some("json") => {
                return as_json(&endpoints);
            }
            None if asked.is_empty() => Some(list(&endpoints)),
            None => self.process(asked.trim_start_matches('/'), &endpoints),
            Some((id, name)) => self.endpoint(id, &format!("/{name}"), &endpoints),
        };
        match page {
            Some(page) => page.answer(&request),
            None => Response::bad_request(format!("No help available for '{asked}'.\n")),
        }
    }

    /// The endpoints of one process.
    fn process(&self, id: &str, endpoints: &Endpoints) -> Option<Page> {
        let mut page = Page::new(format!("/{id}"));
        for route in endpoints.get(id)? {
            page.push(entry(id, route));
        }
        Some(page)
    }

    /// What one endpoint says of itself.
    fn endpoint(&self, id: &str, path: &str, endpoints: &Endpoints) -> Option<Page> {
        let route = endpoints
            .get(id)?
            .iter()
            .find(|route| *route.path == *path)?;
        let url = url(id, path);
        let mut page = Page::new(url.clone());
        page.push(Line::Heading("USAGE".to_owned()));
        if self.delegate.as_deref() == Some(id) {
            page.push(Line::Code(path.to_owned()));
        }
        page.push(Line::Code(url.clone()));
        if route.help.is_empty() {
            page.push(Line::Text(format!("No help page for `{url}`")));
        } else {
            page.push(Line::Text(route.help.to_string()));
        }
        Some(page)
    }
}

impl Process for Help {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        let help = "Endpoints, and what they say of themselves.";
        ctx.route_with("/", help, self.realms.read().catch_all(), Self::show);
    }
}

/// What the table of routes says, by id.
type Endpoints = BTreeMap<Box<str>, Vec<RouteHelp>>;

fn list(endpoints: &Endpoints) -> Page {
    let mut page = Page::new(FRONT.to_owned());
    for (id, routes) in endpoints {
        page.push(Line::Link(format!("/help/{id}"), format!("/{id}")));
        for route in routes {
            page.push(entry(id, route));
        }
    }
    page
}

/// An endpoint, and the first sentence of what it says of itself, or the first line if that is
/// shorter.
fn entry(id: &str, route: &RouteHelp) -> Line {
    let url = url(id, &route.path);
    let line = route.help.lines().next().unwrap_or_default();
    let sentence = line.split_inclusive(". ").next().unwrap_or_default();
    Line::Entry(format!("/help{url}"), url, sentence.trim().to_owned())
}

fn as_json(endpoints: &Endpoints) -> Response {
    let processes: Vec<_> = endpoints
        .iter()
        .map(|(id, routes)| {
            let routes: Vec<_> = routes
                .iter()
                .map(|route| json!({ "name": &*route.path, "text": &*route.help }))
                .collect();
            json!({ "id": id, "endpoints": routes })
        })
        .collect();
    Response::json(&json!({ "processes": processes }))
}

fn url(id: &str, path: &str) -> String {
    match path {
        "/" => format!("/{id}"),
        path => format!("/{id}{path}"),
    }
}

/// Processes that a reader need not know.
const HIDDEN: &[&str] = &[Help::ID, super::processes::Processes::ID];
