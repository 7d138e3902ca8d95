//! Why a runtime did not start, or not stop.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;

use super::config::WORKERS;
use crate::address::Address;
use crate::codec::headers::InvalidHeader;

/// Why a runtime did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// Processes would be known under an address that nobody can reach.
    NoAdvertisedIp(IpAddr),
    /// There may be 1 to 1024 workers.
    Workers(usize),
    /// A scheduler of one's own comes with a network of one's own, since only our workers poll
    /// the sockets.
    NoNetwork,
    /// The credentials of messages would break the wire.
    Credentials(InvalidHeader),
    /// The operating system gave no event loop.
    EventLoop(io::Error),
    /// The operating system gave no threads.
    Threads(io::Error),
    /// The address cannot be listened on.
    Listen(Address, io::Error),
    /// The path cannot be listened on.
    ListenAtPath(PathBuf, io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAdvertisedIp(ip) => write!(
                f,
                "ip (LIBPROCESS_IP) is {ip}, which stands for any address, but advertised_ip \
                 (LIBPROCESS_ADVERTISE_IP) is not set"
            ),
            Self::Workers(workers) => {
                let (least, most) = (WORKERS.start(), WORKERS.end());
                write!(
                    f,
                    "workers is {workers}, but must be from {least} to {most}"
                )
            }
            Self::NoNetwork => f.write_str("scheduler is set, but network is not"),
            Self::Credentials(error) => write!(f, "message_credentials: {error}"),
            Self::EventLoop(error) => write!(f, "cannot make an event loop: {error}"),
            Self::Threads(error) => write!(f, "cannot start the workers: {error}"),
            Self::ListenAtPath(path, error) => {
                write!(f, "cannot listen at {}: {error}", path.display())
            }
            Self::Listen(address, error) => write!(f, "cannot listen on {address}: {error}"),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::EventLoop(error)
            | Self::Threads(error)
            | Self::Listen(_, error)
            | Self::ListenAtPath(_, error) => Some(error),
            Self::Credentials(error) => Some(error),
            Self::NoAdvertisedIp(_) | Self::Workers(_) | Self::NoNetwork => None,
        }
    }
}

/// A runtime cannot be stopped from inside one of its own processes, which would have to end
/// first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopError;

impl fmt::Display for StopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a process cannot stop the runtime that it runs in")
    }
}

impl Error for StopError {}
