//! Who asks: passwords, tokens, and any of several.

mod basic;
mod combined;
mod jwt;

pub use basic::Basic;
pub use combined::Combined;
pub use jwt::{Jwt, JwtError, Token};

use crate::http::authentication::Authentication;
use crate::http::{Request, Response};

/// The scheme and the credentials of a request: what `Authorization` says in two words.
fn credentials(request: &Request) -> Option<(&str, &str)> {
    let (scheme, rest) = request.header("Authorization")?.split_once(' ')?;
    let rest = rest.trim_matches(' ');
    (!rest.is_empty() && !rest.contains(' ')).then_some((scheme, rest))
}

/// Nobody: the answer with a challenge. What of a realm's name cannot stand in a quoted string is
/// escaped.
fn unauthorized(scheme: &str, realm: &str, rest: &str) -> Authentication {
    let realm = realm.replace('\\', "\\\\").replace('"', "\\\"");
    let challenge = format!("{scheme} realm=\"{realm}\"{rest}");
    let response = Response::unauthorized(&[&challenge]).unwrap_or_else(|error| {
        log::error!("the realm {realm:?} has no challenge: {error}");
        Response::internal_server_error()
    });
    Authentication::Unauthorized(response)
}
