//! Where a client connects to, and the way there.

use std::fmt;
use std::future::Future as _;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::Error;
use crate::address::{Address, Upid};
use crate::future::Future;
use crate::http::{AbsoluteUrl, is_of_host};
use crate::net::resolve::Resolver;
use crate::net::{Network, Stream};
use crate::primitive::sync::Arc;

/// Where a client connects to.
///
/// An [`Address`], the address of a [`Upid`], a host by its name and a port, and a path each
/// become one by `into()`; the server of a URL does by `try_from`.
///
/// ```
/// use libprocess::address::Address;
/// use libprocess::http::AbsoluteUrl;
/// use libprocess::web::client::Destination;
///
/// let url: AbsoluteUrl = "http://localhost/state".parse()?;
/// assert_eq!(Destination::try_from(&url)?, ("localhost", 80).into());
/// assert_eq!(Destination::from(Address::loopback(80)).to_string(), "127.0.0.1:80");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Destination {
    /// An ip and a port.
    Address(Address),
    /// A host by its name, and a port. Of its addresses the first counts that can be connected to.
    Host(String, u16),
    /// A socket of the file system.
    Path(PathBuf),
}

impl Destination {
    /// What requests say in `Host`, as libprocess does.
    ///
    /// # Errors
    ///
    /// The name is none that a host can have, and would break the wire.
    pub(super) fn host(&self) -> Result<String, Error> {
        // An ip may stand in brackets here, as it does in a header.
        let is_plain = |byte: u8| is_of_host(byte) || b"[]".contains(&byte);
        Ok(match self {
            Self::Address(address) => address.to_string(),
            Self::Host(name, _) if name.is_empty() || !name.bytes().all(is_plain) => {
                return Err(Error::Target(format!("{name:?} is no host")));
            }
            Self::Host(name, 80) => name.clone(),
            Self::Host(name, port) => format!("{name}:{port}"),
            Self::Path(_) => "localhost".to_owned(),
        })
    }
}

impl From<Address> for Destination {
    fn from(address: Address) -> Self {
        Self::Address(address)
    }
}

impl From<&Upid> for Destination {
    fn from(upid: &Upid) -> Self {
        Self::Address(upid.address())
    }
}

impl From<(&str, u16)> for Destination {
    fn from((name, port): (&str, u16)) -> Self {
        Self::Host(name.to_owned(), port)
    }
}

impl From<&Path> for Destination {
    fn from(path: &Path) -> Self {
        Self::Path(path.to_owned())
    }
}

impl TryFrom<&AbsoluteUrl> for Destination {
    type Error = Error;

    /// # Errors
    ///
    /// The scheme is neither `http` nor `http+unix`.
    fn try_from(url: &AbsoluteUrl) -> Result<Self, Error> {
        if let Some(path) = url.socket_path() {
            return Ok(path.into());
        }
        match (url.scheme.as_str(), url.port()) {
            ("http", Some(port)) => Ok(match url.host.parse() {
                Ok(ip) => Self::Address(Address::new(ip, port)),
                Err(_) => Self::Host(url.host.clone(), port),
            }),
            (scheme, _) => {
                let problem = format!("url scheme {scheme:?} is not supported");
                Err(Error::Target(problem))
            }
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Host(name, port) => write!(f, "{name}:{port}"),
            Self::Path(path) => path.display().fmt(f),
        }
    }
}

/// The way to a destination: its name is looked up, then its addresses are tried one by one.
pub(super) struct Way {
    network: Arc<dyn Network>,
    step: Step,
    left: std::vec::IntoIter<Address>,
}

enum Step {
    Name(Future<Vec<Address>>),
    Attempt(Arc<dyn Stream>),
    Failed(io::Error),
}

impl Way {
    pub(super) fn new(to: &Destination, network: &Arc<dyn Network>, resolver: &Resolver) -> Self {
        let step = match to {
            Destination::Address(address) => network.connect(*address).into(),
            Destination::Path(path) => network.connect_path(path).into(),
            Destination::Host(name, port) => Step::Name(resolver.resolve(name, *port)),
        };
        Self {
            network: Arc::clone(network),
            step,
            left: Vec::new().into_iter(),
        }
    }

    /// Ready once the connection stands, or every attempt has failed.
    pub(super) fn poll(&mut self, ctx: &mut Context<'_>) -> Poll<io::Result<Arc<dyn Stream>>> {
        loop {
            self.step = match &mut self.step {
                Step::Name(addresses) => {
                    let addresses = ready!(Pin::new(addresses).poll(ctx));
                    self.left = addresses.map_err(io::Error::other)?.into_iter();
                    Step::Failed(io::ErrorKind::NotFound.into())
                }
                Step::Attempt(stream) => match ready!(stream.poll_connected(ctx)) {
                    Ok(()) => return Poll::Ready(Ok(Arc::clone(stream))),
                    Err(error) => Step::Failed(error),
                },
                Step::Failed(error) => match self.left.next() {
                    Some(address) => self.network.connect(address).into(),
                    None => {
                        let error = std::mem::replace(error, io::ErrorKind::NotConnected.into());
                        return Poll::Ready(Err(error));
                    }
                },
            };
        }
    }
}

impl From<io::Result<Arc<dyn Stream>>> for Step {
    fn from(begun: io::Result<Arc<dyn Stream>>) -> Self {
        match begun {
            Ok(stream) => Self::Attempt(stream),
            Err(error) => Self::Failed(error),
        }
    }
}
