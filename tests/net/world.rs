//! Two places on one network, and a way to wait that finds lost wake-ups.

use std::future::poll_fn;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use libprocess::address::Address;
use libprocess::clock::Clock;
use libprocess::net::memory::{Memory, Node};
use libprocess::net::tcp::Tcp;
use libprocess::net::{Listener, Network, Stream};
use libprocess::reactor::Reactor;
use libprocess::scheduler::Park;
use libprocess::time::Time;

/// A network with two places on it.
pub(crate) trait World {
    fn near(&self) -> &dyn Network;

    /// The near place, for those who keep it.
    fn near_shared(&self) -> Arc<dyn Network>;

    fn far(&self) -> &dyn Network;

    /// An address of the far place, with any port.
    fn far_address(&self) -> Address;

    /// Lets something happen; false if nothing ever will.
    fn turn(&self) -> bool;

    /// Lets happen what is about to.
    fn settle(&self);
}

/// Polls `future` only when it was woken, and turns the world meanwhile.
///
/// # Panics
///
/// If it waits for what never comes.
pub(crate) fn wait<F: Future>(world: &dyn World, future: F) -> F::Output {
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = woken.clone().into();
    let mut ctx = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if woken.0.swap(false, Ordering::SeqCst)
            && let Poll::Ready(output) = future.as_mut().poll(&mut ctx)
        {
            return output;
        }
        if !woken.0.load(Ordering::SeqCst) {
            assert!(world.turn(), "nothing will ever wake the waiting future");
        }
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A connection from near to far: the near end, then the far end.
pub(crate) fn connect(world: &dyn World) -> (Arc<dyn Stream>, Arc<dyn Stream>) {
    let listener = world.far().listen(world.far_address()).unwrap();
    let near = world.near().connect(listener.address()).unwrap();
    wait(world, connected(&*near)).unwrap();
    let (far, _) = wait(world, accept(&*listener)).unwrap();
    (near, far)
}

pub(crate) async fn connected(stream: &dyn Stream) -> io::Result<()> {
    poll_fn(|ctx| stream.poll_connected(ctx)).await
}

pub(crate) async fn accept(listener: &dyn Listener) -> io::Result<(Arc<dyn Stream>, Address)> {
    poll_fn(|ctx| listener.poll_accept(ctx)).await
}

pub(crate) async fn read(stream: &dyn Stream, size: usize) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0; size];
    let size = poll_fn(|ctx| stream.poll_read(ctx, &mut buffer)).await?;
    buffer.truncate(size);
    Ok(buffer)
}

pub(crate) async fn read_to_end(stream: &dyn Stream) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        match read(stream, 4096).await? {
            bytes if bytes.is_empty() => return Ok(all),
            bytes => all.extend(bytes),
        }
    }
}

pub(crate) async fn write_all(stream: &dyn Stream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let size = poll_fn(|ctx| stream.poll_write(ctx, bytes)).await?;
        bytes = &bytes[size..];
    }
    Ok(())
}

/// TCP on the loopback interface.
pub(crate) struct Loopback {
    reactor: Reactor,
    tcp: Tcp,
}

impl Loopback {
    pub(crate) fn new() -> Self {
        let reactor = Reactor::new().unwrap();
        let tcp = Tcp::new(reactor.clone(), Clock::real());
        Self { reactor, tcp }
    }
}

impl World for Loopback {
    fn near(&self) -> &dyn Network {
        &self.tcp
    }

    fn near_shared(&self) -> Arc<dyn Network> {
        Arc::new(self.tcp.clone())
    }

    fn far(&self) -> &dyn Network {
        &self.tcp
    }

    fn far_address(&self) -> Address {
        Address::loopback(0)
    }

    fn turn(&self) -> bool {
        self.reactor.park(Some(LIMIT));
        true
    }

    fn settle(&self) {
        self.reactor.park(Some(Duration::ZERO));
    }
}

/// Two nodes in memory.
pub(crate) struct Nodes {
    pub(crate) clock: Clock,
    pub(crate) memory: Memory,
    near: Node,
    far: Node,
}

impl Nodes {
    pub(crate) const NEAR: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    pub(crate) const FAR: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    pub(crate) fn new() -> Self {
        Self::seed(1)
    }

    pub(crate) fn seed(seed: u64) -> Self {
        let clock = Clock::paused_at(Time::EPOCH);
        let memory = Memory::new(clock.clone(), seed);
        Self {
            near: memory.node(Self::NEAR),
            far: memory.node(Self::FAR),
            memory,
            clock,
        }
    }
}

impl World for Nodes {
    fn near(&self) -> &dyn Network {
        &self.near
    }

    fn near_shared(&self) -> Arc<dyn Network> {
        Arc::new(self.near.clone())
    }

    fn far(&self) -> &dyn Network {
        &self.far
    }

    fn far_address(&self) -> Address {
        Address::new(Self::FAR, 0)
    }

    fn turn(&self) -> bool {
        let Some(deadline) = self.clock.next_deadline() else {
            return false;
        };
        self.clock.advance(deadline - self.clock.now());
        self.clock.expire();
        true
    }

    fn settle(&self) {
        while self.turn() {}
    }
}

/// How long an event of the operating system may take.
const LIMIT: Duration = Duration::from_secs(10);
