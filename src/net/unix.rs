//! Sockets of the file system: for those of the same machine whom its permissions let in.
//!
//! They carry HTTP, as TCP does. Nobody has an ip there: every peer is `0.0.0.0:0`.

use std::fs;
use std::io::{self, IoSlice, Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream as Blocking;
use std::path::{Path, PathBuf};
use std::task::{Context, Poll};

use mio::net::{UnixListener, UnixStream};

use crate::address::Address;
use crate::clock::Clock;
use crate::primitive::sync::Arc;
use crate::reactor::Reactor;

use super::socket::{Acceptor, Accepts, Socket, Wired, read_and_write};
use super::{Listener, Stream};

/// Takes connections at a path until it is dropped; then the socket is removed.
///
/// A socket that somebody left there, and at which nobody listens any more, is replaced.
///
/// # Errors
///
/// As the operating system says: somebody listens there, it is no socket, the path is too long or
/// may not be written.
///
/// ```
/// use libprocess::clock::Clock;
/// use libprocess::net::unix;
/// use libprocess::reactor::Reactor;
///
/// let path = std::env::temp_dir().join(format!("libprocess-doc-{}", std::process::id()));
/// let listener = unix::listen(&Reactor::new()?, &Clock::real(), &path)?;
/// assert!(path.exists());
/// drop(listener);
/// assert!(!path.exists());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn listen(reactor: &Reactor, clock: &Clock, path: &Path) -> io::Result<Box<dyn Listener>> {
    remove_stale(path);
    let socket = reactor.register(UnixListener::bind(path)?)?;
    let reactor = reactor.clone();
    let wrap = move |socket, peer| -> io::Result<Arc<dyn Stream>> {
        let socket = reactor.register(socket)?;
        Ok(Arc::new(Socket { socket, peer }))
    };
    let acceptor = Acceptor {
        socket,
        address: Address::ANY,
        name: path.display().to_string(),
        clock: clock.clone(),
        wrap: Box::new(wrap),
        resting: Arc::default(),
    };
    Ok(Box::new(Bound {
        acceptor,
        path: path.to_owned(),
    }))
}

/// Connects to a path at which somebody listens.
///
/// # Errors
///
/// As the operating system says: nobody listens there, or the path may not be used.
pub fn connect(reactor: &Reactor, path: &Path) -> io::Result<Arc<dyn Stream>> {
    let socket = reactor.register(UnixStream::connect(path)?)?;
    let peer = Address::ANY;
    Ok(Arc::new(Socket { socket, peer }))
}

/// Removes a socket that nobody listens at. Whatever else is there is for the bind to complain of.
fn remove_stale(path: &Path) {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    let is_refused = || {
        let connected = Blocking::connect(path);
        connected.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    };
    if is_socket
        && is_refused()
        && let Err(error) = fs::remove_file(path)
    {
        log::warn!("cannot replace {}: {error}", path.display());
    }
}

/// A listener whose path goes with it.
struct Bound {
    acceptor: Acceptor<UnixListener>,
    path: PathBuf,
}

impl Listener for Bound {
    fn address(&self) -> Address {
        self.acceptor.address()
    }

    fn poll_accept(&self, ctx: &mut Context<'_>) -> Poll<io::Result<(Arc<dyn Stream>, Address)>> {
        self.acceptor.poll_accept(ctx)
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            log::debug!("cannot remove {}: {error}", self.path.display());
        }
    }
}

impl Accepts for UnixListener {
    type Socket = UnixStream;

    fn accept(&self) -> io::Result<(UnixStream, Address)> {
        let (socket, _unnamed) = Self::accept(self)?;
        Ok((socket, Address::ANY))
    }
}

impl Wired for UnixStream {
    read_and_write!();

    fn check_connected(&self) -> io::Result<()> {
        Ok(())
    }

    /// Nobody looks ahead on these, and the standard library does not offer it.
    fn peek(&self, _buffer: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        Self::shutdown(self, how)
    }

    fn local_address(&self) -> io::Result<Address> {
        Ok(Address::ANY)
    }
}
