//! Why a future gave no value.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use crate::primitive::sync::Arc;

/// Why a future gave no value.
///
/// Two failures are equal when their messages are, so that outcomes can be compared:
///
/// ```
/// use libprocess::future::{Error, Failure, Future};
///
/// let future = Future::<u32>::failed("disk is full");
/// assert_eq!(future.wait(), Err(Error::Failed(Failure::new("disk is full"))));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The producer gave up and says why.
    Failed(Failure),
    /// The producer stopped, usually because it was asked to by a discard.
    Discarded,
    /// The promise was dropped: nobody was left to complete the future.
    Abandoned,
}

impl Error {
    /// The failure, if it is one.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::Discarded | Self::Abandoned => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(failure) => failure.fmt(f),
            Self::Discarded => f.write_str("future discarded"),
            Self::Abandoned => f.write_str("future abandoned"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.failure().and_then(Failure::source)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// A message that says what went wrong, and the error below it if there is one.
///
/// ```
/// use std::error::Error;
/// use std::io;
/// use libprocess::future::Failure;
///
/// let below = io::Error::from(io::ErrorKind::NotFound);
/// let failure = Failure::new("cannot open the log").with_source(below);
/// assert_eq!(failure.to_string(), "cannot open the log");
/// assert!(failure.source().is_some_and(|source| source.is::<io::Error>()));
/// ```
#[derive(Clone)]
#[doc(alias = "ErrnoFailure")]
pub struct Failure(Arc<Inner>);

struct Inner {
    message: Box<str>,
    source: Option<Source>,
}

type Source = Box<dyn StdError + Send + Sync>;

impl Failure {
    /// A failure with this message.
    pub fn new(message: impl Into<Box<str>>) -> Self {
        Self(Arc::new(Inner {
            message: message.into(),
            source: None,
        }))
    }

    /// The same message, with the error that caused it.
    #[must_use]
    pub fn with_source(self, source: impl Into<Source>) -> Self {
        let message = self.0.message.clone();
        Self(Arc::new(Inner {
            message,
            source: Some(source.into()),
        }))
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("Failure");
        tuple.field(&self.message());
        if let Some(source) = &self.0.source {
            tuple.field(source);
        }
        tuple.finish()
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl PartialEq for Failure {
    fn eq(&self, other: &Self) -> bool {
        self.message() == other.message()
    }
}

impl Eq for Failure {}

impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(error.to_string()).with_source(error)
    }
}
