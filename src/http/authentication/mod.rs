//! Who asks: what an authenticator is, and what it finds.
//!
//! A route may belong to a realm, and a realm has one authenticator. It looks at each request
//! before the process does, and either names a [`Principal`] or has an answer for whoever it does
//! not let in.

mod challenge;

use std::collections::BTreeMap;
use std::fmt;

pub use challenge::{Challenge, InvalidChallenge};

use super::{Request, Response};
use crate::future::Future;

/// Finds out who asks.
///
/// Several implementations come with the web; see `libprocess::web::authentication`.
#[doc(alias = "process::http::authentication::Authenticator")]
pub trait Authenticator: Send + Sync + 'static {
    /// The name of the scheme, as it stands in a challenge: `Basic`.
    fn scheme(&self) -> String;

    /// Looks at a request, whose body may still be on its way.
    fn authenticate(&self, request: &Request) -> Future<Authentication>;
}

/// What an authenticator finds.
#[doc(alias = "AuthenticationResult")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// This is who asks.
    Known(Principal),
    /// Nobody knows; the response says with which credentials to ask again, and is a 401.
    Unauthorized(Response),
    /// Whoever it is shall not ask; the response is a 403.
    Forbidden(Response),
}

/// Somebody who was found to be who they say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Principal {
    /// A name.
    pub value: Option<String>,
    /// What else is known about them.
    pub claims: BTreeMap<String, String>,
}

impl Principal {
    /// Somebody of this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            value: Some(name.into()),
            claims: BTreeMap::new(),
        }
    }

    /// Whether anything is known at all; who has neither a name nor a claim is nobody.
    pub fn is_somebody(&self) -> bool {
        self.value.is_some() || !self.claims.is_empty()
    }
}

impl PartialEq<str> for Principal {
    fn eq(&self, name: &str) -> bool {
        self.value.as_deref() == Some(name)
    }
}

impl fmt::Display for Principal {
    /// The name, or JSON if there are claims, as in libprocess.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.claims.is_empty() {
            return f.write_str(self.value.as_deref().unwrap_or_default());
        }
        let json = match &self.value {
            Some(value) => serde_json::json!({ "value": value, "claims": self.claims }),
            None => serde_json::json!({ "claims": self.claims }),
        };
        json.fmt(f)
    }
}
