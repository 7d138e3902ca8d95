//! Names and passwords (RFC 7617).

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::{Choice, ConstantTimeEq};

use super::{credentials, unauthorized};
use crate::future::Future;
use crate::http::Request;
use crate::http::authentication::{Authentication, Authenticator, Principal};

/// Lets in who knows a name and its password.
///
/// A password may hold colons, the scheme may be written in any case, and how long a comparison
/// takes tells nothing of what is compared, which is all better than in C++ libprocess.
///
/// ```
/// use std::sync::Arc;
/// use libprocess::runtime::Runtime;
/// use libprocess::web::authentication::Basic;
///
/// let runtime = Runtime::builder().start()?;
/// let operators = Basic::new("operators", [("ann", "s:ecret")]);
/// runtime.manager().security().set_authenticator("operators", Arc::new(operators));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "BasicAuthenticator")]
pub struct Basic {
    realm: String,
    passwords: BTreeMap<String, String>,
}

impl Basic {
    /// For these names and their passwords.
    pub fn new<N: Into<String>, P: Into<String>>(
        realm: impl Into<String>,
        passwords: impl IntoIterator<Item = (N, P)>,
    ) -> Self {
        let passwords = passwords.into_iter();
        Self {
            realm: realm.into(),
            passwords: passwords
                .map(|(name, password)| (name.into(), password.into()))
                .collect(),
        }
    }

    fn find(&self, request: &Request) -> Option<&str> {
        let (scheme, encoded) = credentials(request)?;
        if !scheme.eq_ignore_ascii_case("Basic") {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        let (name, password) = decoded.split_once(':')?;
        // All are compared, so that time does not tell which names there are.
        let mut found = None;
        for (known, expected) in &self.passwords {
            let is_known: Choice = known.as_bytes().ct_eq(name.as_bytes())
                & expected.as_bytes().ct_eq(password.as_bytes());
            if bool::from(is_known) {
                found = Some(known.as_str());
            }
        }
        found
    }
}

impl Authenticator for Basic {
    fn scheme(&self) -> String {
        "Basic".to_owned()
    }

    fn authenticate(&self, request: &Request) -> Future<Authentication> {
        Future::ready(match self.find(request) {
            Some(name) => Authentication::Known(Principal::named(name)),
            None => unauthorized("Basic", &self.realm, ""),
        })
    }
}

impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the passwords.
        f.debug_tuple("Basic").field(&self.realm).finish()
    }
}
