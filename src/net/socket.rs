//! What sockets of all kinds of the operating system have in common.

use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use mio::event::Source;

use crate::address::Address;
use crate::clock::Clock;
use crate::primitive::sync::{Arc, Mutex};
use crate::reactor::{Direction, Registration};

use super::{Listener, Stream};

/// A connection of the operating system, of one kind.
pub(super) trait Wired: Source + Send + Sync + 'static {
    /// Whether it stands; `WouldBlock` while that is not known.
    fn check_connected(&self) -> io::Result<()>;
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize>;
    fn peek(&self, buffer: &mut [u8]) -> io::Result<usize>;
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;
    fn write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize>;
    fn shutdown(&self, how: Shutdown) -> io::Result<()>;
    fn break_off(&self) {}
    fn local_address(&self) -> io::Result<Address>;
}

/// Reading and writing, which all kinds do alike.
macro_rules! read_and_write {
    () => {
        fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
            Read::read(&mut &*self, buffer)
        }

        fn write(&self, bytes: &[u8]) -> io::Result<usize> {
            Write::write(&mut &*self, bytes)
        }

        fn write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
            Write::write_vectored(&mut &*self, slices)
        }
    };
}
pub(super) use read_and_write;

/// A connection that is watched.
pub(super) struct Socket<S: Wired> {
    pub(super) socket: Registration<S>,
    pub(super) peer: Address,
}

impl<S: Wired> Stream for Socket<S> {
    fn poll_connected(&self, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let check = S::check_connected;
        self.socket
            .poll_io(Direction::Write, ctx, check, |()| false)
    }

    fn poll_read(&self, ctx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let size = buffer.len();
        self.socket.poll_io(
            Direction::Read,
            ctx,
            |socket| socket.read(buffer),
            |read| (1..size).contains(read),
        )
    }

    fn poll_peek(&self, ctx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let peek = |socket: &S| socket.peek(buffer);
        self.socket.poll_io(Direction::Read, ctx, peek, |_| false)
    }

    fn poll_write(&self, ctx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.socket.poll_io(
            Direction::Write,
            ctx,
            |socket| socket.write(bytes),
            |written| *written < bytes.len(),
        )
    }

    fn poll_write_vectored(
        &self,
        ctx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let size = slices.iter().map(|slice| slice.len()).sum::<usize>();
        self.socket.poll_io(
            Direction::Write,
            ctx,
            |socket| socket.write_vectored(slices),
            // More slices than the system takes at once end in a short write too.
            |written| *written < size && slices.len() <= SLICES,
        )
    }

    fn poll_broken(&self, ctx: &mut Context<'_>) -> Poll<()> {
        self.socket.poll_ended(Direction::Write, ctx)
    }

    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.socket.source().shutdown(how)
    }

    fn break_off(&self) {
        self.socket.source().break_off();
    }

    fn local_address(&self) -> io::Result<Address> {
        self.socket.source().local_address()
    }

    fn peer_address(&self) -> Address {
        self.peer
    }
}

/// A listener of the operating system, of one kind.
pub(super) trait Accepts: Source + Send + Sync + 'static {
    /// What comes.
    type Socket;

    fn accept(&self) -> io::Result<(Self::Socket, Address)>;
}

/// Makes a stream of a socket and the address at its far end.
pub(super) type Wrap<S> = Box<dyn Fn(S, Address) -> io::Result<Arc<dyn Stream>> + Send + Sync>;

/// A listener that is watched.
pub(super) struct Acceptor<L: Accepts> {
    pub(super) socket: Registration<L>,
    pub(super) address: Address,
    /// How it is called in the log.
    pub(super) name: String,
    pub(super) clock: Clock,
    /// Makes a stream of what was accepted.
    pub(super) wrap: Wrap<L::Socket>,
    /// Holds who is to be woken after the rest, while there is one.
    pub(super) resting: Arc<Mutex<Option<Waker>>>,
}

impl<L: Accepts> Acceptor<L> {
    fn rest(&self, ctx: &Context<'_>, why: &io::Error) {
        log::warn!(
            "cannot accept at {}: {why}; trying again in {} ms",
            self.name,
            REST.as_millis(),
        );
        *self.resting.lock() = Some(ctx.waker().clone());
        let resting = Arc::downgrade(&self.resting);
        self.clock.timer(REST, move || {
            let waiter = resting.upgrade().and_then(|resting| resting.lock().take());
            if let Some(waiter) = waiter {
                waiter.wake();
            }
        });
    }

    fn is_resting(&self, ctx: &Context<'_>) -> bool {
        let mut resting = self.resting.lock();
        let replaced = resting
            .as_mut()
            .map(|waiter| std::mem::replace(waiter, ctx.waker().clone()));
        drop(resting);
        replaced.is_some()
    }
}

impl<L: Accepts> Listener for Acceptor<L> {
    fn address(&self) -> Address {
        self.address
    }

    fn poll_accept(&self, ctx: &mut Context<'_>) -> Poll<io::Result<(Arc<dyn Stream>, Address)>> {
        if self.is_resting(ctx) {
            return Poll::Pending;
        }
        loop {
            let accept = L::accept;
            let accepted = self.socket.poll_io(Direction::Read, ctx, accept, |_| false);
            let (socket, peer) = match accepted {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(accepted)) => accepted,
                Poll::Ready(Err(error)) => match Trouble::of(&error) {
                    Trouble::Connection => continue,
                    Trouble::Shortage => {
                        self.rest(ctx, &error);
                        return Poll::Pending;
                    }
                    Trouble::Listener => return Poll::Ready(Err(error)),
                },
            };
            match (self.wrap)(socket, peer) {
                Ok(stream) => return Poll::Ready(Ok((stream, peer))),
                Err(error) => log::warn!("dropped a connection from {peer}: {error}"),
            }
        }
    }
}

/// Whose trouble an error in accepting is.
enum Trouble {
    /// The connection's: the next one may be well. So accept(2) advises for errors of the
    /// network that were already pending on the new socket.
    Connection,
    /// The machine's, for a while.
    Shortage,
    /// The listener's, for good.
    Listener,
}

impl Trouble {
    fn of(error: &io::Error) -> Self {
        match error.raw_os_error() {
            Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM | libc::ENOSPC) => {
                Self::Shortage
            }
            None | Some(libc::EBADF | libc::EFAULT | libc::EINVAL | libc::ENOTSOCK) => {
                Self::Listener
            }
            Some(_) => Self::Connection,
        }
    }
}

/// How long nothing is accepted after a shortage.
const REST: Duration = Duration::from_millis(100);

/// `IOV_MAX` of Linux.
const SLICES: usize = 1024;
