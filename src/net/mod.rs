//! Networks: what the runtime dials, listens on and speaks through.
//!
//! A [`Network`] gives [`Listener`]s and [`Stream`]s, and everything above speaks to these traits
//! only, so that the same program runs on sockets ([`tcp`]) and on a network in memory
//! ([`memory`]), where a test delays, drops and cuts by seed.
//!
//! # The rules of a stream
//!
//! - Nothing blocks. A `poll_*` that cannot go on now keeps the task's waker and answers
//!   [`Poll::Pending`]; it may also wake a task that then finds nothing to do.
//! - A stream has two directions, and **one task at a time may wait for each**: reading and
//!   peeking (and accepting) share the one waker, connecting and writing the other; the last
//!   caller is the one that is woken.
//! - Bytes arrive complete and in order or not at all. What [`Stream::poll_write`] took is on
//!   its way, not yet with the peer; a connection that breaks may lose it, and no one is told
//!   how much.
//! - [`Stream::shutdown`] of the writing half lets the peer read what was written and then the
//!   end (a read of no bytes); the other half goes on. Dropping the last handle closes both, and
//!   a peer that goes on writing is told by a reset, as in TCP (RFC 9293).
//! - Names of hosts are unknown here: an [`Address`] is an ip and a port. A
//!   [`Resolver`](resolve::Resolver) knows them.

pub mod memory;
pub mod resolve;
pub mod tcp;
pub mod unix;

mod socket;

use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::path::Path;
use std::task::{Context, Poll};

use crate::address::Address;
use crate::primitive::sync::Arc;

/// A network that a runtime may be started on.
pub trait Network: Send + Sync + 'static {
    /// Takes connections at `address`; port 0 stands for any free one.
    ///
    /// # Errors
    ///
    /// As the operating system says: the address is in use, is not ours, or needs privileges.
    fn listen(&self, address: Address) -> io::Result<Box<dyn Listener>>;

    /// Begins to connect to `address` and answers at once; [`Stream::poll_connected`] says how
    /// it ended.
    ///
    /// # Errors
    ///
    /// Only what shows before a first packet leaves, such as no descriptor or no route.
    fn connect(&self, address: Address) -> io::Result<Arc<dyn Stream>>;

    /// Takes connections at a path of the file system, where the network has any.
    ///
    /// # Errors
    ///
    /// As the operating system says: somebody listens there, or the path is none of ours.
    fn listen_path(&self, path: &Path) -> io::Result<Box<dyn Listener>> {
        Err(no_paths(path))
    }

    /// Connects to a socket of the file system, where the network has any.
    ///
    /// # Errors
    ///
    /// As the operating system says: nobody listens there, or the path is none of ours.
    fn connect_path(&self, path: &Path) -> io::Result<Arc<dyn Stream>> {
        Err(no_paths(path))
    }
}

fn no_paths(path: &Path) -> io::Error {
    let text = format!("no socket at {}: this network has none", path.display());
    io::Error::new(io::ErrorKind::Unsupported, text)
}

/// Takes connections at one address until it is dropped.
pub trait Listener: Send + Sync + 'static {
    /// Where it listens, with the port that was chosen if none was asked for.
    fn address(&self) -> Address;

    /// The next connection, and who opened it.
    ///
    /// A connection that broke before it was taken is passed over. A shortage (of descriptors,
    /// say) is waited out, so that a caller may ask again at once without ever spinning.
    ///
    /// # Errors
    ///
    /// What no waiting cures: the listener is of no more use.
    fn poll_accept(&self, ctx: &mut Context<'_>) -> Poll<io::Result<(Arc<dyn Stream>, Address)>>;
}

/// A connection: bytes in order, both ways.
pub trait Stream: Send + Sync + 'static {
    /// Ends once the connection stands; at once for an accepted one.
    ///
    /// # Errors
    ///
    /// Nobody listens there, the network is out of reach, or nobody answered in time.
    fn poll_connected(&self, ctx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Reads what there is, at most a buffer full. No bytes mean that the peer wrote its last.
    ///
    /// # Errors
    ///
    /// The connection broke.
    fn poll_read(&self, ctx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>>;

    /// As [`poll_read`](Self::poll_read), but leaves the bytes where they are.
    ///
    /// # Errors
    ///
    /// The connection broke.
    fn poll_peek(&self, ctx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>>;

    /// Writes as much of `bytes` as fits, and says how much that was.
    ///
    /// # Errors
    ///
    /// The connection broke, or its writing half was shut down.
    fn poll_write(&self, ctx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>>;

    /// Writes as much of `slices`, one after the other, as fits.
    ///
    /// # Errors
    ///
    /// As [`poll_write`](Self::poll_write).
    fn poll_write_vectored(
        &self,
        ctx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>>;

    /// Ends once the connection is broken: for who neither reads nor writes for now, and would not
    /// hear of it. That the peer wrote its last is no break.
    fn poll_broken(&self, ctx: &mut Context<'_>) -> Poll<()>;

    /// Ends one half or both. Ending what has ended already is no error.
    ///
    /// # Errors
    ///
    /// The connection broke, or never stood.
    fn shutdown(&self, how: Shutdown) -> io::Result<()>;

    /// Has the drop of the last handle break the connection instead of ending it: a peer that
    /// still works on what it was asked hears at once that nobody wants it. Where that cannot be
    /// told apart from an end, as between sockets at paths, it is one.
    fn break_off(&self) {}

    /// Our end.
    ///
    /// # Errors
    ///
    /// The connection broke.
    fn local_address(&self) -> io::Result<Address>;

    /// The peer's end: whom we dialled, or who dialled us.
    fn peer_address(&self) -> Address;
}
