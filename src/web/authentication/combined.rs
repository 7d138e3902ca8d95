//! Any of several ways to be known.

use std::fmt;

use crate::future::{Error, Failure, Future, Promise};
use crate::http::authentication::{Authentication, Authenticator};
use crate::http::{Request, Response, Status};
use crate::primitive::sync::Arc;

/// Lets in whom any of several authenticators lets in; they are asked one after the other.
///
/// If none does, the answer joins all of their challenges, or, if there are none, what those said
/// that forbid it.
#[doc(alias = "CombinedAuthenticator")]
pub struct Combined(Arc<[Arc<dyn Authenticator>]>);

impl Combined {
    /// Asks these, in this order.
    pub fn new(authenticators: impl IntoIterator<Item = Arc<dyn Authenticator>>) -> Self {
        Self(authenticators.into_iter().collect())
    }
}

impl Authenticator for Combined {
    fn scheme(&self) -> String {
        let schemes: Vec<_> = self.0.iter().map(|each| each.scheme()).collect();
        schemes.join(" ")
    }

    fn authenticate(&self, request: &Request) -> Future<Authentication> {
        let asking = Asking {
            authenticators: Arc::clone(&self.0),
            request: request.clone(),
            unauthorized: Vec::new(),
            forbidden: Vec::new(),
            failed: Vec::new(),
        };
        asking.ask(0)
    }
}

impl fmt::Debug for Combined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Combined").field(&self.scheme()).finish()
    }
}

/// What was heard so far.
struct Asking {
    authenticators: Arc<[Arc<dyn Authenticator>]>,
    request: Request,
    /// By scheme.
    unauthorized: Vec<(String, Response)>,
    forbidden: Vec<(String, Response)>,
    failed: Vec<String>,
}

impl Asking {
    /// Asks the next one, unless there is none.
    fn ask(mut self, index: usize) -> Future<Authentication> {
        let Some(next) = self.authenticators.get(index) else {
            return self.conclude();
        };
        let scheme = next.scheme();
        let (promise, result) = Promise::new();
        let asked = next.authenticate(&self.request);
        asked.finally(move |found: Result<Authentication, Error>| {
            match found {
                Ok(Authentication::Known(principal)) => {
                    return promise.set(Authentication::Known(principal));
                }
                Ok(Authentication::Unauthorized(response)) => {
                    self.unauthorized.push((scheme, response));
                }
                Ok(Authentication::Forbidden(response)) => self.forbidden.push((scheme, response)),
                Err(error) => self.failed.push(error.to_string()),
            }
            promise.associate(self.ask(index + 1));
        });
        result
    }

    fn conclude(self) -> Future<Authentication> {
        if !self.unauthorized.is_empty() {
            let mut joined = joined(Status::UNAUTHORIZED, &self.unauthorized);
            for (_, response) in &self.unauthorized {
                for challenge in response.headers.get_all("WWW-Authenticate") {
                    let added = joined.headers.append("WWW-Authenticate", challenge);
                    added.expect("it was in a header before");
                }
            }
            return Future::ready(Authentication::Unauthorized(joined));
        }
        if !self.forbidden.is_empty() {
            let joined = joined(Status::FORBIDDEN, &self.forbidden);
            return Future::ready(Authentication::Forbidden(joined));
        }
        Future::failed(Failure::new(match self.failed.is_empty() {
            true => "there is no authenticator to ask".to_owned(),
            false => self.failed.join("; "),
        }))
    }
}

/// What several answers say.
fn joined(status: Status, answers: &[(String, Response)]) -> Response {
    let said = answers.iter().map(|(scheme, response)| {
        let body = response.body.bytes().unwrap_or_default();
        let body = String::from_utf8_lossy(&body).into_owned();
        format!("\"{scheme}\" authenticator returned:\n{body}")
    });
    Response::text(status, said.collect::<Vec<_>>().join("\n\n"))
}
