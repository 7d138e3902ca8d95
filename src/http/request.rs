//! What a client asks.

use std::fmt;
use std::ops::{Deref, DerefMut};

use super::authentication::Principal;
use super::{Body, Method, accept};
use crate::address::Address;
use crate::codec::gzip;
use crate::codec::head::RequestHead;
use crate::codec::headers::{Headers, InvalidHeader};
use crate::codec::url::{BadEscape, Query, Target};
use crate::primitive::shared::Shared;
use crate::primitive::sync::Arc;

/// What a client asks: a [`Head`], whose fields are read and changed as if they were the request's
/// own, and what came with it.
///
/// Clones share the head until one of them changes it.
///
/// ```
/// use libprocess::http::{Method, Request};
///
/// let asked = Request::new(Method::GET, "/state")?;
/// let mut changed = asked.clone();
/// changed.method = Method::POST;
/// assert_eq!(asked.method, Method::GET);
/// # Ok::<(), libprocess::http::BadEscape>(())
/// ```
#[doc(alias = "process::http::Request")]
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    head: Shared<Head>,
    /// What the client sent along.
    pub body: Body,
    /// Where the request came from; nowhere, if it did not come through a connection.
    #[doc(alias = "client")]
    pub peer: Option<Address>,
    /// Who asks, once the realm of the route has let them in.
    pub principal: Option<Arc<Principal>>,
}

/// What the client said before any body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What is to be done.
    pub method: Method,
    /// With what.
    pub url: Url,
    /// Everything else that the client said.
    pub headers: Headers,
    /// Whether the connection is to be kept after the answer.
    #[doc(alias = "keepAlive")]
    pub keep_alive: bool,
}

/// The target of a request, taken apart.
#[doc(alias = "process::http::URL")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Url {
    /// The path as it was sent: it begins with `/` and is not decoded.
    pub path: String,
    /// The decoded pairs of the query.
    pub query: Query,
    /// What stood behind `#`.
    pub fragment: Option<String>,
}

impl Url {
    /// Takes a target apart: `/path?query#fragment`, of which only the path must be there.
    ///
    /// # Errors
    ///
    /// A malformed escape in the query.
    pub fn parse(target: &str) -> Result<Self, BadEscape> {
        let Target {
            path,
            query,
            fragment,
        } = Target::parse(target);
        Ok(Self {
            path: path.to_owned(),
            query: query.map(Query::parse).transpose()?.unwrap_or_default(),
            fragment: fragment.map(str::to_owned),
        })
    }
}

impl fmt::Display for Url {
    /// The query is encoded, the rest is as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        match &self.fragment {
            Some(fragment) => write!(f, "#{fragment}"),
            None => Ok(()),
        }
    }
}

impl Request {
    /// A request without headers or body, on a connection that is kept.
    ///
    /// # Errors
    ///
    /// A malformed escape in the target's query.
    ///
    /// ```
    /// use libprocess::http::{Method, Request};
    ///
    /// let request = Request::new(Method::GET, "/metrics/snapshot?timeout=1secs")?;
    /// assert_eq!(request.url.path, "/metrics/snapshot");
    /// assert_eq!(request.query("timeout"), Some("1secs"));
    /// # Ok::<(), libprocess::http::BadEscape>(())
    /// ```
    pub fn new(method: Method, target: &str) -> Result<Self, BadEscape> {
        let head = Head {
            method,
            url: Url::parse(target)?,
            headers: Headers::new(),
            keep_alive: true,
        };
        Ok(Self::of(Shared::new(head), None))
    }

    /// The request of a head that a connection to `peer` brought; its body is for the caller.
    ///
    /// # Errors
    ///
    /// A malformed escape in the target's query.
    pub fn from_head(head: &RequestHead<'_>, peer: Option<Address>) -> Result<Self, BadEscape> {
        let head = Head {
            method: Method::from_parsed(head.method),
            url: Url::parse(head.target)?,
            headers: head.headers(),
            keep_alive: head.keep_alive,
        };
        Ok(Self::of(Shared::new(head), peer))
    }

    /// The request of a head that others may have too.
    pub(crate) fn of(head: Shared<Head>, peer: Option<Address>) -> Self {
        Self {
            head,
            body: Body::Empty,
            peer,
            principal: None,
        }
    }

    /// The head, for others to have too.
    pub(crate) fn head(&self) -> &Shared<Head> {
        &self.head
    }

    /// The value of `key` in the query.
    pub fn query(&self, key: &str) -> Option<&str> {
        self.url.query.get(key)
    }

    /// The first value of the header `name`, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// Whether the client takes a body in this `Content-Encoding`. Who does not say so does not.
    ///
    /// ```
    /// use libprocess::http::{Method, Request};
    ///
    /// let request = Request::new(Method::GET, "/")?.with_header("Accept-Encoding", "*;q=0.1")?;
    /// assert!(request.accepts_encoding("gzip"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "acceptsEncoding")]
    pub fn accepts_encoding(&self, encoding: &str) -> bool {
        let accepted = self.all("Accept-Encoding").unwrap_or_default();
        accept::encoding(accepted.as_bytes(), encoding)
    }

    /// Whether the client takes a body of this type, `text/html` say. Who does not say what they
    /// take takes all.
    ///
    /// ```
    /// use libprocess::http::{Method, Request};
    ///
    /// let request = Request::new(Method::GET, "/")?.with_header("Accept", "text/*, */*;q=0")?;
    /// assert!(request.accepts_media_type("text/html"));
    /// assert!(!request.accepts_media_type("image/png"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "acceptsMediaType")]
    pub fn accepts_media_type(&self, media_type: &str) -> bool {
        self.all("Accept")
            .is_none_or(|accepted| accept::media_type(accepted.as_bytes(), media_type))
    }

    /// All values of a header as the one list that they stand for, if there are any.
    fn all(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self.headers.get_all(name).collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    /// The same request with a header, in place of those of the same name.
    ///
    /// # Errors
    ///
    /// The name is not a token, or the value holds a control byte.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, InvalidHeader> {
        self.headers.insert(name, value)?;
        Ok(self)
    }

    /// The same request with its body compressed by gzip, if there is one and all of it is there.
    /// Servers on libprocess take that, others may not.
    ///
    /// ```
    /// use libprocess::http::{Method, Request};
    ///
    /// let request = Request::new(Method::POST, "/")?.with_body("a".repeat(1000)).compressed();
    /// assert_eq!(request.header("Content-Encoding"), Some("gzip"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn compressed(mut self) -> Self {
        if let Body::Bytes(bytes) = &self.body {
            self.body = gzip::compress(bytes).into();
            let said = self.headers.insert("Content-Encoding", "gzip");
            said.expect("both are printable");
        }
        self
    }

    /// The same request with a body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }
}

impl Deref for Request {
    type Target = Head;

    #[inline]
    fn deref(&self) -> &Head {
        &self.head
    }
}

impl DerefMut for Request {
    #[inline]
    fn deref_mut(&mut self) -> &mut Head {
        self.head.make_mut()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Head {
            method,
            url,
            headers,
            keep_alive,
        } = &**self;
        f.debug_struct("Request")
            .field("method", method)
            .field("url", url)
            .field("headers", headers)
            .field("keep_alive", keep_alive)
            .field("body", &self.body)
            .field("peer", &self.peer)
            .field("principal", &self.principal)
            .finish()
    }
}
