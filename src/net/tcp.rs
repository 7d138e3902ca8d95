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
use std::path::Path;
use std::time::Duration;

use mio::net::{TcpListener, TcpStream};
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};

use crate::address::Address;
use crate::clock::Clock;
use crate::primitive::sync::Arc;
use crate::reactor::Reactor;

use super::socket::{Acceptor, Accepts, Socket as Watched, Wired, read_and_write};
use super::{Listener, Network, Stream, unix};

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
///
/// ```
/// use std::time::Duration;
///
/// use libprocess::net::tcp::Options;
/// use libprocess::runtime::Runtime;
///
/// let keepalive = Some(Duration::from_secs(10));
/// let options = Options { keepalive, ..Options::default() };
/// let runtime = Runtime::builder().tcp(options).start()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many connections may wait to be accepted; the system has a limit of its own, which is
    /// less than the 65,535 that stand here. Of one more the client hears nothing, and tries again
    /// after a second.
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
            backlog: 65_535,
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
        self.options.set(&socket)?;
        socket.listen(self.options.backlog)?;
        let socket = TcpListener::from_std(socket.into());
        let address = socket.local_addr()?.into();
        let network = self.clone();
        Ok(Box::new(Acceptor {
            socket: self.reactor.register(socket)?,
            address,
            name: address.to_string(),
            clock: self.clock.clone(),
            wrap: Box::new(move |socket, peer| {
                if !ARE_OPTIONS_INHERITED {
                    network.options.set(&SockRef::from(&socket))?;
                }
                network.stream(socket, peer)
            }),
            resting: Arc::default(),
        }))
    }

    fn connect(&self, address: Address) -> io::Result<Arc<dyn Stream>> {
        let socket = open(address)?;
        match socket.connect(&SocketAddr::from(address).into()) {
            Err(error) if !is_under_way(&error) => return Err(error),
            _ => {}
        }
        self.options.set(&socket)?;
        self.stream(TcpStream::from_std(socket.into()), address)
    }

    fn listen_path(&self, path: &Path) -> io::Result<Box<dyn Listener>> {
        unix::listen(&self.reactor, &self.clock, path)
    }

    fn connect_path(&self, path: &Path) -> io::Result<Arc<dyn Stream>> {
        unix::connect(&self.reactor, path)
    }
}

impl Tcp {
    fn stream(&self, socket: TcpStream, peer: Address) -> io::Result<Arc<dyn Stream>> {
        let socket = self.reactor.register(socket)?;
        Ok(Arc::new(Watched { socket, peer }))
    }
}

impl Options {
    /// What every connection gets, whoever opened it.
    fn set(&self, socket: &Socket) -> io::Result<()> {
        socket.set_tcp_nodelay(true)?;
        if let Some(silence) = self.keepalive {
            let probes = TcpKeepalive::new()
                .with_time(silence)
                .with_interval(silence);
            socket.set_tcp_keepalive(&probes)?;
        }
        if self.unacknowledged.is_some() {
            socket.set_tcp_user_timeout(self.unacknowledged)?;
        }
        Ok(())
    }
}

impl Accepts for TcpListener {
    type Socket = TcpStream;

    fn accept(&self) -> io::Result<(TcpStream, Address)> {
        let (socket, peer) = Self::accept(self)?;
        Ok((socket, canonical(peer)))
    }
}

impl Wired for TcpStream {
    read_and_write!();

    fn check_connected(&self) -> io::Result<()> {
        is_connected(self)
    }

    fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Self::peek(self, buffer)
    }

    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        Self::shutdown(self, how)
    }

    fn break_off(&self) {
        if let Err(error) = SockRef::from(self).set_linger(Some(Duration::ZERO)) {
            log::debug!("a connection ends that should break: {error}");
        }
    }

    fn local_address(&self) -> io::Result<Address> {
        self.local_addr().map(canonical)
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
    if domain == Domain::IPV6 {
        // Whoever listens on any address of both is reached on both, however the system is set.
        socket.set_only_v6(false)?;
    }
    Ok(socket)
}

/// Linux makes accepted sockets after their listener, which spares five calls for each of them.
const ARE_OPTIONS_INHERITED: bool = cfg!(target_os = "linux");

fn is_under_way(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::EINPROGRESS)
}

/// The address, with an IPv4 peer of an IPv6 listener called by its IPv4 name.
fn canonical(address: SocketAddr) -> Address {
    Address::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_that_vanish_are_noticed_as_the_options_say() {
        let socket = || open(Address::loopback(0)).unwrap();
        let (by_default, left, chosen) = (socket(), socket(), socket());
        Options::default().set(&by_default).unwrap();
        let (short, long) = (Duration::from_secs(7), Duration::from_secs(9));
        let some = Options {
            keepalive: Some(short),
            unacknowledged: Some(long),
            ..Options::default()
        };
        some.set(&chosen).unwrap();
        let none = Options {
            keepalive: None,
            unacknowledged: None,
            ..Options::default()
        };
        none.set(&left).unwrap();
        let minute = Some(Duration::from_secs(60));
        for (socket, keepalive, unacknowledged) in [
            (by_default, Some(Duration::from_secs(30)), minute),
            (chosen, Some(short), Some(long)),
            (left, None, None),
        ] {
            assert!(socket.tcp_nodelay().unwrap());
            assert_eq!(socket.keepalive().unwrap(), keepalive.is_some());
            if let Some(silence) = keepalive {
                assert_eq!(socket.tcp_keepalive_time().unwrap(), silence);
                assert_eq!(socket.tcp_keepalive_interval().unwrap(), silence);
            }
            assert_eq!(socket.tcp_user_timeout().unwrap(), unacknowledged);
        }
    }

    #[test]
    fn accepted_sockets_are_made_after_their_listener() {
        let listener = open(Address::loopback(0)).unwrap();
        let any_port = SocketAddr::from(Address::loopback(0));
        listener.bind(&any_port.into()).unwrap();
        Options::default().set(&listener).unwrap();
        listener.listen(1).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let _near = std::net::TcpStream::connect(address).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        if ARE_OPTIONS_INHERITED {
            let options = Options::default();
            assert!(accepted.tcp_nodelay().unwrap());
            assert!(accepted.keepalive().unwrap());
            assert_eq!(accepted.tcp_keepalive_time().ok(), options.keepalive);
            assert_eq!(accepted.tcp_keepalive_interval().ok(), options.keepalive);
            assert_eq!(accepted.tcp_user_timeout().unwrap(), options.unacknowledged);
        }
    }
}
