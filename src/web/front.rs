//! Where what arrives is led to.

use super::firewall::{Firewall, Knock};
use super::guard::Guard;
use super::route::route;
use super::service::Service;
use crate::address::{Address, Upid};
use crate::codec::head::RequestHead;
use crate::codec::message::{self, Message};
use crate::codec::url::Target;
use crate::http::{Request, Response};
use crate::primitive::sync::Arc;
use crate::process::{Endpoint, Inbound, Row};

/// Looks at heads, and says where they lead.
pub(super) trait Front: Send + Sync + 'static {
    /// A message, without its body, or the answer to one that is not taken; `None` if it is
    /// something else.
    fn open(&self, head: &RequestHead<'_>, peer: Address) -> Option<Result<Message, Response>>;

    /// Who answers a request, whose path may be changed for them, if anybody does.
    fn lead(&self, request: &mut Request) -> Option<Arc<dyn Endpoint>>;

    /// As `lead`, where there is a say in that; or the answer if nobody does.
    fn admit(
        &self,
        head: &RequestHead<'_>,
        request: &mut Request,
        peer: Address,
    ) -> Result<Arc<dyn Endpoint>, Response>;

    /// Whether what one head leads to is what all others of the same bytes lead to.
    fn is_steady(&self) -> bool;

    /// Takes messages.
    fn deliver(&self, to: &Upid, messages: Row<'_>) -> Result<(), Response>;
}

/// Leads messages to a service and requests to processes.
pub(super) struct Processes {
    pub(super) inbound: Arc<dyn Inbound>,
    pub(super) service: Arc<dyn Service>,
    pub(super) delegate: Option<String>,
    pub(super) firewall: Arc<Firewall>,
    pub(super) guard: Option<Guard>,
}

impl Front for Processes {
    fn open(&self, head: &RequestHead<'_>, peer: Address) -> Option<Result<Message, Response>> {
        let message = message::recognise(head)?;
        let knock = Knock {
            peer,
            head,
            path: Target::parse(head.target).path,
            route: None,
        };
        if let Some(response) = self.firewall.refuse(&knock) {
            return Some(Err(response));
        }
        if let Some(guard) = &self.guard
            && let Err(response) = guard.ask(head, &message, peer)
        {
            return Some(Err(response));
        }
        Some(self.service.open(&message, peer))
    }

    fn lead(&self, request: &mut Request) -> Option<Arc<dyn Endpoint>> {
        let find = |id: &str| self.inbound.endpoint(id);
        let (endpoint, rewritten) = route(&request.url.path, self.delegate.as_deref(), find);
        if let Some(path) = rewritten {
            request.url.path = path;
        }
        endpoint
    }

    fn admit(
        &self,
        head: &RequestHead<'_>,
        request: &mut Request,
        peer: Address,
    ) -> Result<Arc<dyn Endpoint>, Response> {
        let endpoint = self.lead(request);
        let path = request.url.path.as_str();
        let route = match &endpoint {
            Some(endpoint) if self.firewall.is_up() => endpoint.route(path),
            _ => None,
        };
        let knock = Knock {
            peer,
            head,
            path,
            route: route.as_deref(),
        };
        match self.firewall.refuse(&knock) {
            Some(response) => Err(response),
            None => endpoint.ok_or_else(Response::not_found),
        }
    }

    fn is_steady(&self) -> bool {
        // A rule may think otherwise of each, and so may a guard.
        !self.firewall.is_up() && self.guard.is_none()
    }

    fn deliver(&self, to: &Upid, messages: Row<'_>) -> Result<(), Response> {
        self.service.deliver(to, messages)
    }
}
