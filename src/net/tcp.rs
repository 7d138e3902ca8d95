//! TCP through the operating system.
//!
//! Every socket is non-blocking and closed on `exec`. Both ends get `TCP_NODELAY` (libprocess
//! sets it on accepted sockets only), since what is written here has been gathered into batches
//! already; a listener gets `SO_REUSEADDR`, so that a restart finds its port.
//!
//! # Shortage
//!
//! When descriptors or memory run out, the pending connection stays in the kernel's queue, where
//! it would be reported over and over. [`Listener::poll_accept`] then rests for a tenth of a
//! second of the clock and tries again: no spinning, one line in the log for each rest, and
//! whoever waits in the queue is served once the shortage is over.

use std::io::{self, IoSlice, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use mio::net::{TcpListener, TcpStream};
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};

use crate::address::Address;
use crate::clock::Clock;
use crate::primitive::sync::{Arc, Mutex};
use crate::reactor::{Direction, Reactor, Registration};

use super::{Listener, Network, Stream};

/// The TCP of the operating system.
///
/// ```
/// use std::task::{Context, Poll, Waker};
///
/// use libprocess::address::Address;
/// use libprocess::clock::Clock;
/// use libprocess::net::{Network, tcp::Tcp};
/// use libprocess::reactor::Reactor;
/// use libprocess::scheduler::Park;
///
/// let reactor = Reactor::new()?;
/// let tcp = Tcp::new(reactor.clone(), Clock::real());
/// let listener = tcp.listen(Address::loopback(0))?;
/// let near = tcp.connect(listener.address())?;
///
/// let mut ctx = Context::from_waker(Waker::noop());
/// let (far, peer) = loop {
///     match listener.poll_accept(&mut ctx)? {
///         Poll::Ready(accepted) => break accepted,
///         Poll::Pending => reactor.park(None),
///     }
/// };
/// assert_eq!(near.local_address()?, peer);
/// assert_eq!(far.local_address()?, near.peer_address());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Tcp {
    reactor: Reactor,
    clock: Clock,
    options: Options,
}

/// What can be set on sockets.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How many connections may wait to be accepted; the system has a limit of its own.
    pub backlog: i32,
    /// After how long a silence a connection is probed, and then again, so that a machine that
    /// vanished is found out even by who only listens. `None` leaves it to the next write, as
    /// libprocess does.
    ///
    /// Half a minute; after as many probes as fit into [`unacknowledged`](Self::unacknowledged)
    /// the connection breaks.
    pub keepalive: Option<Duration>,
    /// For how long what was written may stay without the acknowledgement of the peer's machine,
    /// or its probes without an answer, before the connection breaks. `None` leaves it to the
    /// system: a quarter of an hour on Linux.
    ///
    /// A minute: longer than a network takes to heal itself.
    #[doc(alias = "TCP_USER_TIMEOUT")]
    pub unacknowledged: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            backlog: 4096,
            keepalive: Some(Duration::from_secs(30)),
            unacknowledged: Some(Duration::from_secs(60)),
        }
    }
}

impl Tcp {
    /// TCP whose sockets `reactor` watches; `clock` times the rests after a shortage.
    pub fn new(reactor: Reactor, clock: Clock) -> Self {
        Self {
            reactor,
            clock,
            options: Options::default(),
        }
    }

    /// The same with other options.
    #[must_use]
    pub fn with_options(self, options: Options) -> Self {
        Self { options, ..self }
    }
}

impl Network for Tcp {
    fn listen(&self, address: Address) -> io::Result<Box<dyn Listener>> {
        let socket = open(address)?;
        socket.set_reuse_address(true)?;
        socket.bind(&SocketAddr::from(address).into())?;
        socket.listen(self.options.backlog)?;
        let socket = TcpListener::from_std(socket.into());
        let address = socket.local_addr()?.into();
        Ok(Box::new(TcpAcceptor {
            socket: self.reactor.register(socket)?,
            address,
            network: self.clone(),
            resting: Arc::default(),
        }))
    }

    fn connect(&self, address: Address) -> io::Result<Arc<dyn Stream>> {
        let socket = open(address)?;
        match socket.connect(&SocketAddr::from(address).into()) {
            Err(error) if !is_under_way(&error) => return Err(error),
            _ => {}
        }
        self.stream(TcpStream::from_std(socket.into()), address)
    }
}

impl Tcp {
    fn stream(&self, socket: TcpStream, peer: Address) -> io::Result<Arc<dyn Stream>> {
        socket.set_nodelay(true)?;
        if let Some(silence) = self.options.keepalive {
            let probes = TcpKeepalive::new()
                .with_time(silence)
                .with_interval(silence);
            SockRef::from(&socket).set_tcp_keepalive(&probes)?;
        }
        if self.options.unacknowledged.is_some() {
            SockRef::from(&socket).set_tcp_user_timeout(self.options.unacknowledged)?;
        }
        let socket = self.reactor.register(socket)?;
        Ok(Arc::new(TcpConnection { socket, peer }))
    }
}

struct TcpAcceptor {
    socket: Registration<TcpListener>,
    address: Address,
    network: Tcp,
    /// Holds who is to be woken after the rest, while there is one.
    resting: Arc<Mutex<Option<Waker>>>,
}

impl TcpAcceptor {
    fn rest(&self, ctx: &Context<'_>, why: &io::Error) {
        log::warn!(
            "cannot accept at {}: {why}; trying again in {} ms",
            self.address,
            REST.as_millis(),
        );
        *self.resting.lock() = Some(ctx.waker().clone());
        let resting = Arc::downgrade(&self.resting);
        self.network.clock.timer(REST, move || {
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

impl Listener for TcpAcceptor {
    fn address(&self) -> Address {
        self.address
    }

    fn poll_accept(&self, ctx: &mut Context<'_>) -> Poll<io::Result<(Arc<dyn Stream>, Address)>> {
        if self.is_resting(ctx) {
            return Poll::Pending;
        }
        loop {
            let accept = TcpListener::accept;
            let accepted = self.socket.poll_io(Direction::Read, ctx, accept, |_| false);
            let (socket, peer) = match accepted {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok((socket, peer))) => (socket, canonical(peer)),
                Poll::Ready(Err(error)) => match Trouble::of(&error) {
                    Trouble::Connection => continue,
                    Trouble::Shortage => {
                        self.rest(ctx, &error);
                        return Poll::Pending;
                    }
                    Trouble::Listener => return Poll::Ready(Err(error)),
                },
            };
            match self.network.stream(socket, peer) {
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

struct TcpConnection {
    socket: Registration<TcpStream>,
    peer: Address,
}

impl Stream for TcpConnection {
    fn poll_connected(&self, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket
            .poll_io(Direction::Write, ctx, is_connected, |()| false)
    }

    fn poll_read(&self, ctx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let size = buffer.len();
        self.socket.poll_io(
            Direction::Read,
            ctx,
            |mut socket| socket.read(buffer),
            |read| (1..size).contains(read),
        )
    }

    fn poll_peek(&self, ctx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        self.socket.poll_io(
            Direction::Read,
            ctx,
            |socket| socket.peek(buffer),
            |_| false,
        )
    }

    fn poll_write(&self, ctx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.socket.poll_io(
            Direction::Write,
            ctx,
            |mut socket| socket.write(bytes),
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
            |mut socket| socket.write_vectored(slices),
            // More slices than the system takes at once end in a short write too.
            |written| *written < size && slices.len() <= SLICES,
        )
    }

    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.socket.source().shutdown(how)
    }

    fn local_address(&self) -> io::Result<Address> {
        self.socket.source().local_addr().map(canonical)
    }

    fn peer_address(&self) -> Address {
        self.peer
    }
}

/// Whether the connection stands, as mio advises to find out after a first event.
fn is_connected(socket: &TcpStream) -> io::Result<()> {
    if let Some(error) = socket.take_error()? {
        return Err(error);
    }
    match socket.peer_addr() {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotConnected => {
            Err(io::ErrorKind::WouldBlock.into())
        }
        Err(error) => Err(error),
    }
}

fn open(address: Address) -> io::Result<Socket> {
    let domain = Domain::for_address(address.into());
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn is_under_way(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::EINPROGRESS)
}

/// The address, with an IPv4 peer of an IPv6 listener called by its IPv4 name.
fn canonical(address: SocketAddr) -> Address {
    Address::new(address.ip().to_canonical(), address.port())
}

/// How long nothing is accepted after a shortage.
const REST: Duration = Duration::from_millis(100);

/// `IOV_MAX` of Linux.
const SLICES: usize = 1024;
