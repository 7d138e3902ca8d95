//! What anybody may read of the endpoints of a runtime.

use std::collections::BTreeMap;

use super::RouteHelp;
use super::answer::{behind_id, longest};
use crate::primitive::sync::{Arc, RwLock};

/// What anybody may read of the endpoints of a runtime's processes, by id.
#[derive(Debug, Default)]
pub(in crate::process) struct RouteTable(RwLock<BTreeMap<Box<str>, Routes>>);

/// By path, with its slash.
type Routes = BTreeMap<Box<str>, Facts>;

/// What anybody may know of an endpoint.
#[derive(Debug)]
pub(super) struct Facts {
    help: Arc<str>,
    is_streaming: bool,
    is_catch_all: bool,
}

impl Facts {
    pub(super) fn new(help: &str, is_streaming: bool, is_catch_all: bool) -> Self {
        Self {
            help: help.into(),
            is_streaming,
            is_catch_all,
        }
    }
}

impl RouteTable {
    /// All endpoints of the runtime's processes, by id.
    pub(in crate::process) fn all(&self) -> BTreeMap<Box<str>, Vec<RouteHelp>> {
        let mut all = BTreeMap::new();
        for (id, routes) in &*self.0.read() {
            let helps = routes.iter().map(|(path, facts)| RouteHelp {
                path: path.clone(),
                help: Arc::clone(&facts.help),
            });
            all.insert(id.clone(), helps.collect());
        }
        all
    }

    /// Whether the route of a request's path takes its body as it arrives.
    pub(in crate::process) fn is_streaming(&self, id: &str, path: &str) -> bool {
        let is_streaming = |_: &str, facts: &Facts| facts.is_streaming;
        self.with(id, path, is_streaming).unwrap_or_default()
    }

    /// The endpoint of a request's path: `/<id>/<route>`.
    pub(in crate::process) fn find(&self, id: &str, path: &str) -> Option<String> {
        self.with(id, path, |route, _| format!("/{id}/{route}"))
    }

    fn with<R>(&self, id: &str, path: &str, look: impl FnOnce(&str, &Facts) -> R) -> Option<R> {
        let table = self.0.read();
        let routes = table.get(id)?;
        let get = |inner: &str| routes.get(&*format!("/{inner}"));
        let (route, facts) = longest(behind_id(path)?, get, |facts| facts.is_catch_all)?;
        Some(look(route, facts))
    }

    pub(super) fn add(&self, id: &str, path: &str, facts: Facts) {
        let mut table = self.0.write();
        let routes = table.entry(id.into()).or_default();
        routes.insert(path.into(), facts);
    }

    /// Forgets the routes of a process, which ends.
    pub(in crate::process) fn remove(&self, id: &str) {
        self.0.write().remove(id);
    }
}
