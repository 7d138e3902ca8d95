//! What a server answers.

use bytes::Bytes;
use serde::Serialize;

use super::authentication::{Challenge, InvalidChallenge};
use super::{Body, Method, Status};
use crate::codec::headers::{Fixed, Headers, InvalidHeader};

/// What a server answers.
///
/// The texts are those of libprocess, to the dot: scripts compare them.
///
/// ```
/// use libprocess::http::{Response, Status};
///
/// let response = Response::not_found();
/// assert_eq!(response.status, Status::NOT_FOUND);
/// assert_eq!(response.body, "404 Not Found.".into());
/// ```
#[doc(alias = "process::http::Response")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// How it went.
    pub status: Status,
    /// Everything else about it. `Date`, `Content-Length` and `Transfer-Encoding` are set when it
    /// is sent, whatever stands here.
    pub headers: Headers,
    /// What was asked for.
    pub body: Body,
}

impl Response {
    /// A response with neither headers nor body.
    pub fn new(status: Status) -> Self {
        Self {
            status,
            headers: Headers::new(),
            body: Body::Empty,
        }
    }

    /// `200 OK` with a text.
    #[doc(alias = "OK")]
    pub fn ok(text: impl Into<Bytes>) -> Self {
        Self::text(Status::OK, text)
    }

    /// `200 OK` with bytes of any type.
    ///
    /// # Errors
    ///
    /// The type would break the wire.
    #[doc(alias = "OK")]
    pub fn ok_as(content_type: &str, body: impl Into<Bytes>) -> Result<Self, InvalidHeader> {
        let mut response = Self::new(Status::OK).with_header("Content-Type", content_type)?;
        response.body = Body::Bytes(body.into());
        Ok(response)
    }

    /// Any status with a text.
    pub fn text(status: Status, text: impl Into<Bytes>) -> Self {
        Self::typed(status, TEXT, text.into())
    }

    /// Any status with its own name as the text: `409 Conflict.`
    ///
    /// ```
    /// use libprocess::http::{Response, Status};
    ///
    /// let response = Response::canned(Status::CONFLICT);
    /// assert_eq!(response.body, "409 Conflict.".into());
    /// ```
    #[doc(alias = "Unauthorized")]
    #[doc(alias = "Forbidden")]
    #[doc(alias = "NotAcceptable")]
    #[doc(alias = "Conflict")]
    #[doc(alias = "PreconditionFailed")]
    #[doc(alias = "UnsupportedMediaType")]
    #[doc(alias = "NotImplemented")]
    #[doc(alias = "ServiceUnavailable")]
    pub fn canned(status: Status) -> Self {
        Self::text(status, format!("{status}."))
    }

    /// `200 OK` with a value as JSON.
    ///
    /// A value that cannot be JSON (a map whose keys are no texts, say) is logged and answered
    /// with a 500.
    ///
    /// ```
    /// use libprocess::http::Response;
    ///
    /// assert_eq!(Response::json(&[1, 2]).body, "[1,2]".into());
    /// ```
    pub fn json(value: &(impl Serialize + ?Sized)) -> Self {
        Self::jsonp(value, None)
    }

    /// As [`json`](Self::json), or, with a callback, as a script that calls it with the value.
    ///
    /// ```
    /// use libprocess::http::Response;
    ///
    /// let response = Response::jsonp(&[1, 2], Some("show"));
    /// assert_eq!(response.body, "show([1,2])".into());
    /// assert_eq!(response.headers.get("Content-Type"), Some("text/javascript"));
    /// ```
    pub fn jsonp(value: &(impl Serialize + ?Sized), callback: Option<&str>) -> Self {
        let json = match serde_json::to_string(value) {
            Ok(json) => json,
            Err(error) => {
                log::error!("answering 500: a value is not JSON: {error}");
                return Self::internal_server_error();
            }
        };
        match callback {
            Some(callback) => Self::typed(Status::OK, SCRIPT, format!("{callback}({json})").into()),
            None => Self::typed(Status::OK, JSON, json.into()),
        }
    }

    /// `202 Accepted`, without a body.
    #[doc(alias = "Accepted")]
    pub fn accepted() -> Self {
        Self::new(Status::ACCEPTED)
    }

    /// `307 Temporary Redirect` to `location`.
    ///
    /// # Errors
    ///
    /// The location would break the wire.
    #[doc(alias = "TemporaryRedirect")]
    pub fn temporary_redirect(location: &str) -> Result<Self, InvalidHeader> {
        Self::new(Status::TEMPORARY_REDIRECT).with_header("Location", location)
    }

    /// `400 Bad Request` with what was bad about it.
    #[doc(alias = "BadRequest")]
    pub fn bad_request(text: impl Into<Bytes>) -> Self {
        Self::text(Status::BAD_REQUEST, text)
    }

    /// `401 Unauthorized` with the challenges that a client may answer.
    ///
    /// # Errors
    ///
    /// A challenge would break the wire.
    #[doc(alias = "Unauthorized")]
    pub fn unauthorized(challenges: &[&str]) -> Result<Self, InvalidHeader> {
        Self::canned(Status::UNAUTHORIZED).with_header("WWW-Authenticate", &challenges.join(", "))
    }

    /// `404 Not Found`.
    #[doc(alias = "NotFound")]
    pub fn not_found() -> Self {
        Self::canned(Status::NOT_FOUND)
    }

    /// `405 Method Not Allowed`, naming what is allowed and what was received.
    ///
    /// ```
    /// use libprocess::http::{Method, Response};
    ///
    /// let response = Response::method_not_allowed(&[Method::GET, Method::PUT], Method::POST);
    /// let text = "Expecting one of { 'GET', 'PUT' }, but received 'POST'.";
    /// assert_eq!(response.body, format!("405 Method Not Allowed. {text}").into());
    /// assert_eq!(response.headers.get("Allow"), Some("GET, PUT"));
    /// ```
    #[doc(alias = "MethodNotAllowed")]
    pub fn method_not_allowed(allowed: &[Method], received: Method) -> Self {
        let names: Vec<_> = allowed.iter().map(|method| method.as_str()).collect();
        let quoted: Vec<_> = names.iter().map(|name| format!("'{name}'")).collect();
        let status = Status::METHOD_NOT_ALLOWED;
        let text = format!(
            "{status}. Expecting one of {{ {} }}, but received '{received}'.",
            quoted.join(", ")
        );
        let mut response = Self::text(status, text);
        response.set("Allow", &names.join(", "));
        response
    }

    /// `500 Internal Server Error`.
    #[doc(alias = "InternalServerError")]
    pub fn internal_server_error() -> Self {
        Self::canned(Status::INTERNAL_SERVER_ERROR)
    }

    /// The first value of the header `name`, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// How a server wants to be asked again, if this says so: every `WWW-Authenticate`.
    ///
    /// # Errors
    ///
    /// One that is there is malformed or names no realm.
    #[doc(alias = "WWWAuthenticate")]
    pub fn challenges(&self) -> Result<Vec<Challenge>, InvalidChallenge> {
        let parsed = self
            .headers
            .get_all("WWW-Authenticate")
            .map(Challenge::parse);
        Ok(parsed.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// The same response with a header, in place of those of the same name.
    ///
    /// # Errors
    ///
    /// The name is not a token, or the value holds a control byte.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, InvalidHeader> {
        self.headers.insert(name, value)?;
        Ok(self)
    }

    fn typed(status: Status, content_type: Fixed, body: Bytes) -> Self {
        Self {
            status,
            headers: Headers::fixed(content_type),
            body: Body::Bytes(body),
        }
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.headers
            .insert(name, value)
            .expect("both are made here of printable text");
    }
}

const TEXT: Fixed = Fixed::new(TYPE, "Content-Type: text/plain; charset=utf-8\r\n");
const JSON: Fixed = Fixed::new(TYPE, "Content-Type: application/json\r\n");
const SCRIPT: Fixed = Fixed::new(TYPE, "Content-Type: text/javascript\r\n");

const TYPE: usize = "Content-Type".len();
