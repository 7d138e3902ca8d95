//! Signed tokens (RFC 7519, RFC 6750), by HMAC with SHA-256.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use serde_json::{Map, Value};
use sha2::Sha256;

use super::{credentials, unauthorized};
use crate::clock::Clock;
use crate::future::Future;
use crate::http::Request;
use crate::http::authentication::{Authentication, Authenticator, Principal};
use crate::time::Time;

/// Lets in who bears a token that was signed with a secret, and knows them by its claims.
///
/// When a token expires is a matter of the runtime's clock.
#[doc(alias = "JWTAuthenticator")]
pub struct Jwt {
    realm: String,
    secret: Vec<u8>,
    clock: Clock,
}

impl Jwt {
    /// For tokens that are signed with `secret`.
    pub fn new(realm: impl Into<String>, secret: impl Into<Vec<u8>>, clock: &Clock) -> Self {
        Self {
            realm: realm.into(),
            secret: secret.into(),
            clock: clock.clone(),
        }
    }

    fn find(&self, request: &Request) -> Result<Principal, Problem> {
        if !request.headers.contains("Authorization") {
            return Err(Problem::None);
        }
        let (scheme, token) = credentials(request).ok_or(Problem::Malformed)?;
        if !scheme.eq_ignore_ascii_case("Bearer") {
            return Err(Problem::Scheme(scheme.to_owned()));
        }
        let token = Token::parse(token, &self.secret, self.clock.now()).map_err(Problem::Token)?;
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let claims = token.payload.into_iter();
        let claims: BTreeMap<_, _> = claims.map(|(key, value)| (key, text(value))).collect();
        if claims.is_empty() {
            return Err(Problem::NoClaims);
        }
        Ok(Principal {
            value: None,
            claims,
        })
    }
}

impl Authenticator for Jwt {
    fn scheme(&self) -> String {
        "Bearer".to_owned()
    }

    fn authenticate(&self, request: &Request) -> Future<Authentication> {
        Future::ready(match self.find(request) {
            Ok(principal) => Authentication::Known(principal),
            Err(problem) => unauthorized("Bearer", &self.realm, &problem.parameters()),
        })
    }
}

impl fmt::Debug for Jwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the secret.
        f.debug_tuple("Jwt").field(&self.realm).finish()
    }
}

/// Why a request is nobody's.
enum Problem {
    None,
    Malformed,
    Scheme(String),
    Token(JwtError),
    NoClaims,
}

impl Problem {
    /// What a challenge says of it.
    fn parameters(&self) -> String {
        let description = match self {
            Self::None => return String::new(),
            Self::Malformed => "Malformed 'Authorization' header".to_owned(),
            Self::Scheme(scheme) => {
                let scheme = scheme.replace(['"', '\\'], "?");
                format!("Scheme '{scheme}' unsupported")
            }
            Self::Token(error) => format!("Invalid JWT: {error}"),
            Self::NoClaims => "JWT claims missing".to_owned(),
        };
        format!(", error=\"invalid_token\", error_description=\"{description}\"")
    }
}

/// What a token says, which its signature vouches for.
///
/// ```
/// use libprocess::time::Time;
/// use libprocess::web::authentication::Token;
///
/// let payload = serde_json::json!({ "sub": "ann", "exp": 9_999_999_999_u64 });
/// let token = Token::new(payload.as_object().cloned().unwrap_or_default());
/// let text = token.sign(b"secret");
/// assert_eq!(Token::parse(&text, b"secret", Time::EPOCH), Ok(token));
/// assert!(Token::parse(&text, b"guess", Time::EPOCH).is_err());
/// ```
#[doc(alias = "JWT")]
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// The claims.
    pub payload: Map<String, Value>,
}

impl Token {
    /// A token with these claims.
    pub fn new(payload: Map<String, Value>) -> Self {
        Self { payload }
    }

    /// The text of the token: header, claims and signature.
    pub fn sign(&self, secret: &[u8]) -> String {
        let claims = Value::Object(self.payload.clone()).to_string();
        let mut text = URL_SAFE_NO_PAD.encode(HEADER);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut text);
        let signature = signature(secret, &text).finalize().into_bytes();
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        text
    }

    /// Reads the text of a token that was signed with `secret`.
    ///
    /// # Errors
    ///
    /// It is no token, is signed in another way or not at all, or has expired.
    pub fn parse(text: &str, secret: &[u8], now: Time) -> Result<Self, JwtError> {
        let (signed, signed_by) = text.rsplit_once('.').ok_or(JwtError::Parts)?;
        let (header, payload) = signed.split_once('.').ok_or(JwtError::Parts)?;
        if payload.contains('.') {
            return Err(JwtError::Parts);
        }
        check_header(&object(header).ok_or(JwtError::Header)?)?;
        let signed_by = URL_SAFE_NO_PAD
            .decode(signed_by)
            .map_err(|_| JwtError::Signature)?;
        signature(secret, signed)
            .verify_slice(&signed_by)
            .map_err(|_| JwtError::Signature)?;
        let payload = object(payload).ok_or(JwtError::Payload)?;
        match payload.get("exp").map(Value::as_f64) {
            None => {}
            Some(None) => return Err(JwtError::Expiry),
            Some(Some(expiry)) if expiry < (now.as_nanos() / NANOS) as f64 => {
                return Err(JwtError::Expired);
            }
            Some(Some(_)) => {}
        }
        Ok(Self { payload })
    }
}

/// A header may name only what is understood here (RFC 7515, section 4.1.11).
fn check_header(header: &Map<String, Value>) -> Result<(), JwtError> {
    let is_text = |value: &Value| value.is_string();
    if header.contains_key("crit") {
        return Err(JwtError::Critical);
    }
    if !header.get("typ").is_none_or(is_text) {
        return Err(JwtError::Header);
    }
    match header.get("alg").and_then(Value::as_str) {
        Some("HS256") => Ok(()),
        Some(_) => Err(JwtError::Algorithm),
        None => Err(JwtError::Header),
    }
}

fn object(encoded: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    match serde_json::from_slice(&bytes).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn signature(secret: &[u8], signed: &str) -> Hmac<Sha256> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret).expect("any length will do for a key");
    hmac.update(signed.as_bytes());
    hmac
}

/// Why a text is no token that is good now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwtError {
    /// It has not three parts with dots between them.
    Parts,
    /// The header is no object of the right form.
    Header,
    /// The signature is made in another way than by `HS256`.
    Algorithm,
    /// The header wants something understood that is not.
    Critical,
    /// The signature is another one.
    Signature,
    /// The claims are no object.
    Payload,
    /// The time of expiry is no number.
    Expiry,
    /// It has expired.
    Expired,
}

impl fmt::Display for JwtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parts => "a token has three parts",
            Self::Header => "malformed header",
            Self::Algorithm => "algorithm other than HS256",
            Self::Critical => "unknown critical header",
            Self::Signature => "wrong signature",
            Self::Payload => "malformed payload",
            Self::Expiry => "time of expiry is not a number",
            Self::Expired => "token has expired",
        })
    }
}

impl std::error::Error for JwtError {}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

const NANOS: u64 = 1_000_000_000;
