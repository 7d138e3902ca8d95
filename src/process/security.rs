//! Who may ask what: the realms of a runtime, and its authorization.
//!
//! A route names its realm. The realm's authenticator says who asks, the endpoint's callback says
//! whether they may, and only then the process sees the request. A realm for which there is no
//! authenticator lets nobody in, unless it was [left open](Security::leave_open) in so many words:
//! C++ libprocess lets everybody in.
//!
//! Both may take their time. Requests of one connection reach the process in their order all the
//! same, and those of other connections do not wait for them; over sockets at paths all clients
//! look alike, and count as one connection.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use crate::address::Address;
use crate::future::Future;
use crate::http::authentication::{Authentication, Authenticator, Principal};
use crate::http::{Request, Response, Status};
use crate::primitive::hash::Map;
use crate::primitive::sync::{Arc, RwLock};

/// The realms of a runtime, and what its endpoints ask before they answer.
#[derive(Default)]
pub struct Security {
    realms: RwLock<BTreeMap<Box<str>, Gate>>,
    callbacks: RwLock<BTreeMap<Box<str>, Callback>>,
}

#[derive(Clone)]
enum Gate {
    Open,
    Guarded(Arc<dyn Authenticator>),
}

/// Says whether somebody may ask this of an endpoint.
pub type Callback = Arc<dyn Fn(&Request, Option<&Principal>) -> Future<bool> + Send + Sync>;

impl Security {
    /// Has `authenticator` decide who may ask in a realm, from the next request on.
    #[doc(alias = "setAuthenticator")]
    pub fn set_authenticator(&self, realm: &str, authenticator: Arc<dyn Authenticator>) {
        let gate = Gate::Guarded(authenticator);
        self.realms.write().insert(realm.into(), gate);
    }

    /// Closes a realm: from now on nobody is let in.
    #[doc(alias = "unsetAuthenticator")]
    pub fn unset_authenticator(&self, realm: &str) {
        self.realms.write().remove(realm);
    }

    /// Lets everybody into a realm, without a principal.
    pub fn leave_open(&self, realm: &str) {
        self.realms.write().insert(realm.into(), Gate::Open);
    }

    /// Asks `callback` about every request to the endpoint `/<id>/<route>`, which it then lets
    /// through or not. For the route `/` the endpoint is `/<id>/`.
    #[doc(alias = "process::http::authorization::setCallbacks")]
    pub fn authorize(
        &self,
        endpoint: &str,
        callback: impl Fn(&Request, Option<&Principal>) -> Future<bool> + Send + Sync + 'static,
    ) {
        let callback = Arc::new(callback);
        self.callbacks.write().insert(endpoint.into(), callback);
    }

    /// Asks no callback about any endpoint any more.
    #[doc(alias = "process::http::authorization::unsetCallbacks")]
    pub fn clear_authorization(&self) {
        self.callbacks.write().clear();
    }

    /// Finds out who asks for what is in a realm, and whether they may: whoever
    /// [authorizes](Self::authorize) the path of the request is asked too. Otherwise the answer
    /// to them.
    pub fn admit(&self, realm: &str, request: &Request) -> Future<Result<(), Response>> {
        let checked = self.check(Some(realm), || request.url.path.clone(), request);
        let checked = checked.expect("whoever asks for a realm is looked at");
        checked.map(|verdict| verdict.map(|_principal| ()))
    }

    /// Finds out who asks, and whether they may; `None` if nobody has to be asked.
    pub(super) fn check(
        &self,
        realm: Option<&str>,
        endpoint: impl FnOnce() -> String,
        request: &Request,
    ) -> Option<Future<Verdict>> {
        let callback = self.callback(endpoint);
        if realm.is_none() && callback.is_none() {
            return None;
        }
        let gate = realm.map(|realm| self.realms.read().get(realm).cloned().ok_or(realm));
        let authenticated = match gate {
            None | Some(Ok(Gate::Open)) => Future::ready(Ok(None)),
            Some(Err(realm)) => Future::ready(Err(closed(realm))),
            Some(Ok(Gate::Guarded(authenticator))) => {
                authenticator.authenticate(request).map(identify)
            }
        };
        let Some(callback) = callback else {
            return Some(authenticated);
        };
        let request = request.clone();
        Some(authenticated.then(move |verdict| match verdict {
            Ok(principal) => {
                let allowed = callback(&request, principal.as_deref());
                allowed.map(|allowed| match allowed {
                    true => Ok(principal),
                    false => Err(Response::canned(Status::FORBIDDEN)),
                })
            }
            refused => Future::ready(refused),
        }))
    }

    fn callback(&self, endpoint: impl FnOnce() -> String) -> Option<Callback> {
        let callbacks = self.callbacks.read();
        if callbacks.is_empty() {
            return None;
        }
        callbacks.get(&*endpoint()).cloned()
    }
}

impl fmt::Debug for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let realms = self.realms.read();
        f.debug_set().entries(realms.keys()).finish()
    }
}

/// Who asks, if anybody said, or the answer to somebody who may not.
pub(super) type Verdict = Result<Option<Arc<Principal>>, Response>;

fn identify(found: Authentication) -> Verdict {
    match found {
        Authentication::Known(principal) if principal.is_somebody() => {
            Ok(Some(Arc::new(principal)))
        }
        Authentication::Known(_) => {
            log::error!("an authenticator let somebody in who is nobody");
            Err(Response::internal_server_error())
        }
        Authentication::Unauthorized(response) | Authentication::Forbidden(response) => {
            Err(response)
        }
    }
}

fn closed(realm: &str) -> Response {
    let text = format!("Realm '{realm}' has no authenticator.");
    Response::text(Status::SERVICE_UNAVAILABLE, text)
}

/// What waits before a process: requests that are being looked at, and those behind them on the
/// same connections.
pub(super) struct Lobby<V> {
    lines: Map<Option<Address>, VecDeque<Visitor<V>>>,
    entered: u64,
}

struct Visitor<V> {
    number: u64,
    request: V,
    verdict: Option<Verdict>,
}

impl<V> Lobby<V> {
    /// Whether somebody waits who came over this connection.
    pub(super) fn has(&self, peer: Option<Address>) -> bool {
        !self.lines.is_empty() && self.lines.contains_key(&peer)
    }

    /// Takes a request in; its number, for its verdict.
    pub(super) fn enter(&mut self, peer: Option<Address>, request: V) -> u64 {
        self.entered += 1;
        let number = self.entered;
        let visitor = Visitor {
            number,
            request,
            verdict: None,
        };
        self.lines.entry(peer).or_default().push_back(visitor);
        number
    }

    /// The verdict on a request is there: gives out those that can go on now, in their order.
    pub(super) fn decide(
        &mut self,
        peer: Option<Address>,
        number: u64,
        verdict: Verdict,
    ) -> Vec<(V, Verdict)> {
        let Some(line) = self.lines.get_mut(&peer) else {
            return Vec::new();
        };
        if let Some(visitor) = line.iter_mut().find(|visitor| visitor.number == number) {
            visitor.verdict = Some(verdict);
        }
        let decided = line.iter().take_while(|visitor| visitor.verdict.is_some());
        let decided = decided.count();
        let out = line
            .drain(..decided)
            .filter_map(|visitor| Some((visitor.request, visitor.verdict?)))
            .collect();
        if line.is_empty() {
            self.lines.remove(&peer);
        }
        out
    }
}

impl<V> Default for Lobby<V> {
    fn default() -> Self {
        Self {
            lines: Map::default(),
            entered: 0,
        }
    }
}
