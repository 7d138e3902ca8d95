//! Sites: processes with a wire, on nodes in memory, and clients that speak raw bytes to them.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{self, Poll, Wake};

use bytes::Bytes;

use libprocess::address::{Address, Upid};
use libprocess::clock::Clock;
use libprocess::codec::Limits;
use libprocess::net::memory::Memory;
use libprocess::net::{Listener, Network, Stream};
use libprocess::primitive::sync::{Arc, Mutex};
use libprocess::process::{Context, Pid, Process, ProcessManager, Transport};
use libprocess::scheduler::{Budget, Pool, Scheduler, ThreadPark};
use libprocess::socket_manager::{self, Counters, SocketManager};
use libprocess::time::Time;
use libprocess::web::{self, Server};

/// A network, a clock that stands still, and workers for all sites.
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) memory: Memory,
    scheduler: Scheduler,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Clock::paused_at(Time::EPOCH);
        let pool = Pool::start(2, Arc::new(ThreadPark::default()), Budget::default());
        Self {
            memory: Memory::new(clock.clone(), 42),
            scheduler: Scheduler::new(pool.unwrap()),
            clock,
        }
    }

    /// The site on node 10.0.0.`number`, at port 5050.
    pub(crate) fn site(&self, number: u8) -> Site {
        let node = self.memory.node(ip(number));
        self.site_on(number, Arc::new(node), |_| {})
    }

    /// A site on another network than that of its node, or otherwise different.
    pub(crate) fn site_on(
        &self,
        number: u8,
        network: Arc<dyn Network>,
        change: impl FnOnce(&mut socket_manager::Parts),
    ) -> Site {
        let listener = network.listen(Address::new(ip(number), PORT)).unwrap();
        let address = listener.address();
        let (clock, scheduler) = (self.clock.clone(), self.scheduler.clone());
        let manager = ProcessManager::new(address, clock.clone(), scheduler.clone(), 42);
        let mut parts = socket_manager::Parts {
            address,
            network,
            scheduler: scheduler.clone(),
            clock: clock.clone(),
            inbound: manager.clone(),
            limits: Limits::default(),
            options: socket_manager::Options {
                queue_bytes: 1 << 20,
                kept_connections: 0,
                watch_processes: false,
                ..socket_manager::Options::default()
            },
            dead_letters: None,
            credentials: Default::default(),
        };
        change(&mut parts);
        let sockets = SocketManager::new(parts);
        let transport: Arc<dyn Transport> = sockets.clone();
        manager.set_transport(&transport);
        let server = Server::start(web::Parts {
            listener,
            scheduler,
            clock,
            inbound: manager.clone(),
            service: sockets.clone(),
            delegate: None,
            limits: Limits::default(),
            firewall: Default::default(),
            guard: None,
        });
        Site {
            manager,
            sockets,
            server,
        }
    }

    /// Lets everything happen that is due, and time pass up to the next thing that is not; false
    /// if there is none.
    pub(crate) fn turn(&self) -> bool {
        self.scheduler.settle_turns();
        let Some(deadline) = self.clock.next_deadline() else {
            return false;
        };
        self.clock.advance_to(deadline);
        self.clock.expire();
        self.scheduler.settle_turns();
        true
    }

    /// Lets everything happen that ever will.
    pub(crate) fn settle(&self) {
        while self.turn() {}
    }

    /// Polls `future` when it was woken, and lets time pass meanwhile.
    ///
    /// # Panics
    ///
    /// If it waits for what never comes.
    pub(crate) fn wait<F: Future>(&self, future: F) -> F::Output {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = woken.clone().into();
        let mut future = pin!(future);
        loop {
            if woken.0.swap(false, Ordering::SeqCst)
                && let Poll::Ready(output) =
                    future.as_mut().poll(&mut task::Context::from_waker(&waker))
            {
                return output;
            }
            let turned = self.turn();
            assert!(
                turned || woken.0.load(Ordering::SeqCst),
                "it waits for ever"
            );
        }
    }

    /// A raw client on node 10.0.0.`number`, connected to `address`.
    pub(crate) fn client(&self, number: u8, address: Address) -> Raw {
        let stream = self.memory.node(ip(number)).connect(address).unwrap();
        self.wait(poll_fn(|ctx| stream.poll_connected(ctx)))
            .unwrap();
        Raw(stream)
    }

    /// Something on node 10.0.0.`number` that takes connections, at port 5050.
    pub(crate) fn listener(&self, number: u8) -> Box<dyn Listener> {
        let node = self.memory.node(ip(number));
        node.listen(Address::new(ip(number), PORT)).unwrap()
    }

    pub(crate) fn accept(&self, listener: &dyn Listener) -> Raw {
        let accepted = self.wait(poll_fn(|ctx| listener.poll_accept(ctx)));
        Raw(accepted.unwrap().0)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.scheduler.stop();
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Processes with an address.
pub(crate) struct Site {
    pub(crate) manager: Arc<ProcessManager>,
    pub(crate) sockets: Arc<SocketManager>,
    server: Server,
}

impl Site {
    pub(crate) fn address(&self) -> Address {
        self.manager.address()
    }

    pub(crate) fn upid(&self, id: &str) -> Upid {
        Upid::new(id, self.address())
    }

    pub(crate) fn spawn_as<P: Process>(&self, id: &str, process: P) -> Pid<P> {
        self.manager.spawn_as(id, process).unwrap()
    }

    pub(crate) fn counters(&self) -> &Counters {
        self.sockets.counters()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.manager.stop().unwrap();
        self.server.stop();
        self.sockets.stop();
    }
}

/// A stream, as bytes.
pub(crate) struct Raw(pub(crate) Arc<dyn Stream>);

impl Raw {
    pub(crate) fn write(&self, world: &World, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let size = world.wait(poll_fn(|ctx| self.0.poll_write(ctx, bytes)));
            bytes = &bytes[size.unwrap()..];
        }
    }

    /// What has come and will come before nothing more happens, or the stream ends.
    pub(crate) fn read(&self, world: &World) -> String {
        let (mut all, mut buffer) = (Vec::new(), vec![0; 65_536]);
        world.settle();
        let mut ctx = task::Context::from_waker(task::Waker::noop());
        while let Poll::Ready(Ok(size @ 1..)) = self.0.poll_read(&mut ctx, &mut buffer) {
            all.extend_from_slice(&buffer[..size]);
            world.settle();
        }
        String::from_utf8(all).unwrap()
    }

    /// Whether the peer has ended its half.
    pub(crate) fn has_ended(&self, world: &World) -> bool {
        world.settle();
        let mut ctx = task::Context::from_waker(task::Waker::noop());
        matches!(
            self.0.poll_peek(&mut ctx, &mut [0]),
            Poll::Ready(Ok(0) | Err(_))
        )
    }
}

/// Writes down what it hears, and answers each `ping` with a `pong`.
#[derive(Default)]
pub(crate) struct Diary {
    pub(crate) lines: Vec<String>,
}

impl Process for Diary {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("ping", Self::ping);
        ctx.install("pong", Self::pong);
    }

    fn exited(&mut self, _ctx: &mut Context<Self>, pid: &Upid) {
        self.lines.push(format!("{pid} exited"));
    }
}

impl Diary {
    fn ping(&mut self, ctx: &mut Context<Self>, from: &Upid, body: Bytes) {
        self.note("ping", from, &body);
        ctx.send(from, "pong", body);
    }

    fn pong(&mut self, _ctx: &mut Context<Self>, from: &Upid, body: Bytes) {
        self.note("pong", from, &body);
    }

    fn note(&mut self, name: &str, from: &Upid, body: &[u8]) {
        let body = String::from_utf8_lossy(body);
        self.lines.push(format!("{name} {body} from {from}"));
    }
}

/// What a diary says by now, once nothing happens any more.
pub(crate) fn lines(world: &World, diary: &Pid<Diary>) -> Vec<String> {
    world.settle();
    let lines = diary.dispatch(|diary, _ctx| std::mem::take(&mut diary.lines));
    world.wait(lines).unwrap()
}

/// Does something inside a process.
pub(crate) fn within<P: Process>(
    world: &World,
    pid: &Pid<P>,
    action: impl FnOnce(&mut Context<P>) + Send + 'static,
) {
    let done = pid.dispatch(|_process, ctx| action(ctx));
    world.wait(done).unwrap();
}

/// A network that counts the writes on its streams.
pub(crate) struct Counting<N> {
    pub(crate) inner: N,
    pub(crate) writes: Arc<Mutex<usize>>,
}

impl<N: Network> Network for Counting<N> {
    fn listen(&self, address: Address) -> io::Result<Box<dyn Listener>> {
        self.inner.listen(address)
    }

    fn connect(&self, address: Address) -> io::Result<Arc<dyn Stream>> {
        let inner = self.inner.connect(address)?;
        let writes = self.writes.clone();
        Ok(Arc::new(CountingStream { inner, writes }))
    }
}

struct CountingStream {
    inner: Arc<dyn Stream>,
    writes: Arc<Mutex<usize>>,
}

impl Stream for CountingStream {
    fn poll_connected(&self, ctx: &mut task::Context<'_>) -> Poll<io::Result<()>> {
        self.inner.poll_connected(ctx)
    }

    fn poll_read(&self, ctx: &mut task::Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        self.inner.poll_read(ctx, buffer)
    }

    fn poll_peek(&self, ctx: &mut task::Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        self.inner.poll_peek(ctx, buffer)
    }

    fn poll_write(&self, ctx: &mut task::Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        *self.writes.lock() += 1;
        self.inner.poll_write(ctx, bytes)
    }

    fn poll_write_vectored(
        &self,
        ctx: &mut task::Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        *self.writes.lock() += 1;
        self.inner.poll_write_vectored(ctx, slices)
    }

    fn poll_broken(&self, ctx: &mut task::Context<'_>) -> Poll<()> {
        self.inner.poll_broken(ctx)
    }

    fn shutdown(&self, how: std::net::Shutdown) -> io::Result<()> {
        self.inner.shutdown(how)
    }

    fn local_address(&self) -> io::Result<Address> {
        self.inner.local_address()
    }

    fn peer_address(&self) -> Address {
        self.inner.peer_address()
    }
}

pub(crate) fn ip(number: u8) -> std::net::IpAddr {
    [10, 0, 0, number].into()
}

pub(crate) const PORT: u16 = 5050;
