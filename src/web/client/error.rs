//! Why a request got no response.

use std::fmt;
use std::io;

use crate::codec;
use crate::future;
use crate::primitive::sync::Arc;

/// Why a request got no response.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// There was nobody to connect to.
    Connect(Arc<io::Error>),
    /// The connection broke.
    Broken(Arc<io::Error>),
    /// The connection was closed, by either side, before the response.
    Disconnected,
    /// An earlier request on the connection asked for its end.
    LastWasSent,
    /// The response to an earlier request announced the end of the connection.
    Closed,
    /// The server sent what nobody had asked for.
    Unasked,
    /// The response makes no sense.
    Malformed(codec::Error),
    /// The request cannot be put into words; says what of it.
    Target(String),
    /// The response did not come in time.
    TimedOut,
    /// The body of the request was not written to its end; says why.
    Body(String),
}

impl Error {
    /// Why a future of a [`Client`](super::Client) failed; `None` if that is not for it to say.
    ///
    /// ```
    /// use libprocess::runtime::Runtime;
    /// use libprocess::web::client::Error;
    ///
    /// let runtime = Runtime::builder().start()?;
    /// let response = runtime.client().get(runtime.address(), "/two words").wait();
    /// let error = response.unwrap_err();
    /// assert!(matches!(Error::of(&error), Some(Error::Target(_))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(error: &future::Error) -> Option<&Self> {
        std::error::Error::source(error.failure()?)?.downcast_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(error) => write!(f, "cannot connect: {error}"),
            Self::Broken(error) => write!(f, "connection broke: {error}"),
            Self::Disconnected => f.write_str("disconnected"),
            Self::LastWasSent => f.write_str("cannot send after 'connection: close'"),
            Self::Closed => f.write_str("received 'connection: close' from the server"),
            Self::Unasked => f.write_str("received a response without a request"),
            Self::Malformed(error) => write!(f, "malformed response: {error}"),
            Self::Target(problem) => write!(f, "malformed request: {problem}"),
            Self::TimedOut => f.write_str("no response in time"),
            Self::Body(problem) => write!(f, "request body broke off: {problem}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connect(error) | Self::Broken(error) => Some(&**error),
            Self::Malformed(error) => Some(error),
            _ => None,
        }
    }
}
