//! What a request wants done.

use std::fmt;
use std::str::FromStr;

use crate::codec::head::METHODS;

/// What a request wants done: a method that HTTP or WebDAV knows.
///
/// ```
/// use libprocess::http::Method;
///
/// assert_eq!("DELETE".parse(), Ok(Method::DELETE));
/// assert!("delete".parse::<Method>().is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Method(&'static str);

impl Method {
    /// Asks for a resource.
    pub const GET: Self = Self("GET");
    /// Asks for what `GET` would answer, without the body.
    pub const HEAD: Self = Self("HEAD");
    /// Hands something over.
    pub const POST: Self = Self("POST");
    /// Sets a resource.
    pub const PUT: Self = Self("PUT");
    /// Changes a part of a resource.
    pub const PATCH: Self = Self("PATCH");
    /// Removes a resource.
    pub const DELETE: Self = Self("DELETE");
    /// Asks what may be asked.
    pub const OPTIONS: Self = Self("OPTIONS");

    /// The method as it is written.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// A method that a parser has found to be known.
    pub(crate) fn from_parsed(method: &'static str) -> Self {
        Self(method)
    }
}

impl FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        METHODS
            .iter()
            .find(|method| **method == text)
            .map(|method| Self(method))
            .ok_or_else(|| UnknownMethod(text.into()))
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The text is no method that anybody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownMethod(Box<str>);

impl fmt::Display for UnknownMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown method {:?}", self.0)
    }
}

impl std::error::Error for UnknownMethod {}
