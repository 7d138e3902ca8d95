//! What a runtime is started with.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use super::config::{Config, WORKERS};
use super::error::StartError;
use super::{Inner, Runtime, stalls, start};
use crate::clock::Clock;
use crate::codec::Limits;
use crate::codec::message::Credentials;
use crate::net::{Network, tcp};
use crate::primitive::random;
use crate::primitive::sync::Arc;
use crate::primitive::thread::available_parallelism;
use crate::scheduler::{Idle, Scheduler};
use crate::services::{Realms, Services};
use crate::socket_manager;

/// What a runtime is started with; see [`Runtime::builder`].
#[must_use = "a builder does nothing until it starts a runtime"]
pub struct Builder {
    config: Config,
    clock: Option<Clock>,
    scheduler: Option<Scheduler>,
    network: Option<Arc<dyn Network>>,
    seed: Option<u64>,
    delegate: Option<String>,
    limits: Limits,
    services: Services,
    realms: Realms,
    messages: socket_manager::Options,
    dead_letters: Option<socket_manager::Observer>,
    message_realm: Option<Arc<str>>,
    credentials: Option<String>,
    tcp: tcp::Options,
    paths: Vec<PathBuf>,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            config: Config::default(),
            clock: None,
            scheduler: None,
            network: None,
            seed: None,
            delegate: None,
            limits: Limits::default(),
            services: Services::default(),
            realms: Realms::default(),
            messages: socket_manager::Options::default(),
            dead_letters: None,
            message_realm: None,
            credentials: None,
            tcp: tcp::Options::default(),
            paths: Vec::new(),
        }
    }

    /// Takes over what a configuration sets.
    ///
    /// ```
    /// use libprocess::runtime::{Config, Runtime};
    ///
    /// let config = Config::from_variables([("LIBPROCESS_NUM_WORKER_THREADS", "2")])?;
    /// let runtime = Runtime::builder().config(config).start()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn config(mut self, config: Config) -> Self {
        let before = self.config;
        self.config = Config {
            ip: config.ip.or(before.ip),
            port: config.port.or(before.port),
            advertised_ip: config.advertised_ip.or(before.advertised_ip),
            advertised_port: config.advertised_port.or(before.advertised_port),
            workers: config.workers.or(before.workers),
            spin: config.spin.or(before.spin),
            stall_limit: config.stall_limit.or(before.stall_limit),
            metrics_spacing: config.metrics_spacing.or(before.metrics_spacing),
            require_peer_ip_match: config
                .require_peer_ip_match
                .or(before.require_peer_ip_match),
        };
        self
    }

    /// The address to listen on. Otherwise loopback, so that nobody else is let in by accident.
    pub fn ip(mut self, ip: impl Into<IpAddr>) -> Self {
        self.config.ip = Some(ip.into());
        self
    }

    /// The port to listen on. Otherwise, or if it is 0, any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.config.port = Some(port);
        self
    }

    /// The address that processes are known under. Otherwise the one to listen on.
    pub fn advertised_ip(mut self, ip: impl Into<IpAddr>) -> Self {
        self.config.advertised_ip = Some(ip.into());
        self
    }

    /// The port that processes are known under. Otherwise the one to listen on.
    pub fn advertised_port(mut self, port: u16) -> Self {
        self.config.advertised_port = Some(port);
        self
    }

    /// The number of worker threads. Otherwise as many as there are processors.
    #[doc(alias = "LIBPROCESS_NUM_WORKER_THREADS")]
    pub fn workers(mut self, workers: usize) -> Self {
        self.config.workers = Some(workers);
        self
    }

    /// Whether a worker without work may wait awake for it, some tens of microseconds at most,
    /// where work has come that soon of late. Otherwise it may: to be woken takes longer.
    ///
    /// Without, a worker sleeps at once, in its own waits too. That saves processor time where
    /// messages come one at a time and ten thousand times a second, and makes each of them slower.
    /// A thread of one's own that waits for a [`Future`](crate::future::Future) is no worker, and
    /// goes on to wait as it did.
    ///
    /// ```
    /// use libprocess::runtime::Runtime;
    ///
    /// let runtime = Runtime::builder().spin(false).start()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "LIBPROCESS_SPIN")]
    pub fn spin(mut self, spin: bool) -> Self {
        self.config.spin = Some(spin);
        self
    }

    /// How long all workers may be in the same turns, so that nothing else runs, before it is
    /// logged with the names of the processes and counted in `libprocess/stalls`. Otherwise a
    /// second; zero for never. It is told once until a turn ends.
    ///
    /// A process that blocks in a wait of this library, or in a
    /// [section](crate::primitive::blocking::section), is replaced meanwhile and keeps no worker.
    /// One that blocks elsewhere does, as does one that computes. It is measured in real time, and
    /// only on workers of our own.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use libprocess::runtime::Runtime;
    ///
    /// let runtime = Runtime::builder().stall_limit(Duration::from_millis(200)).start()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stall_limit(mut self, limit: Duration) -> Self {
        self.config.stall_limit = Some(limit);
        self
    }

    /// The clock. Otherwise the real one, its own. Several runtimes may share one, and with it
    /// one time.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// What runs the processes. Otherwise worker threads of its own. Needs a
    /// [`network`](Self::network), and is not stopped with the runtime.
    pub fn scheduler(mut self, scheduler: Scheduler) -> Self {
        self.scheduler = Some(scheduler);
        self
    }

    /// The network. Otherwise TCP.
    pub fn network(mut self, network: Arc<dyn Network>) -> Self {
        self.network = Some(network);
        self
    }

    /// Where all chance of the runtime comes from. Otherwise the operating system.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The process that is asked when a path names no process: `/state` then stands for
    /// `/master/state`.
    pub fn delegate(mut self, id: impl Into<String>) -> Self {
        self.delegate = Some(id.into());
        self
    }

    /// The realm of those endpoints of our own that only tell. Otherwise anybody may ask them; once
    /// it is named, nobody may, until the realm has an
    /// [authenticator](crate::process::Security::set_authenticator).
    #[doc(alias = "readonlyRealm")]
    pub fn read_only_realm(mut self, realm: impl Into<Arc<str>>) -> Self {
        self.realms.read_only = Some(realm.into());
        self
    }

    /// The realm of those endpoints of our own that change something. Where only one of the two is
    /// named, it is that of all of them.
    #[doc(alias = "readwriteRealm")]
    pub fn read_write_realm(mut self, realm: impl Into<Arc<str>>) -> Self {
        self.realms.read_write = Some(realm.into());
        self
    }

    /// What peers may send, and how long they may take. Otherwise what [`Limits`] names.
    ///
    /// ```
    /// use libprocess::codec::Limits;
    /// use libprocess::runtime::Runtime;
    ///
    /// let limits = Limits { body_bytes: 1024 * 1024, ..Limits::default() };
    /// let runtime = Runtime::builder().limits(limits).start()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Which processes of our own run beside the user's. Otherwise all.
    pub fn services(mut self, services: Services) -> Self {
        self.services = services;
        self
    }

    /// How messages to other addresses are queued, and for how long connections are kept. What a
    /// [`Config`] says of the ips of senders counts more.
    pub fn messages(mut self, options: socket_manager::Options) -> Self {
        self.messages = options;
        self
    }

    /// Has messages be let in as requests to a realm are: by its authenticator, which must decide
    /// at once, and by whoever authorizes `/<id>/<name of the message>`. Otherwise all are let in.
    ///
    /// It shuts C++ libprocess out, whose messages carry no credentials; ours do if they are
    /// [told](Self::message_credentials).
    ///
    /// ```
    /// use libprocess::primitive::sync::Arc;
    /// use libprocess::runtime::Runtime;
    /// use libprocess::web::authentication::Basic;
    ///
    /// let builder = Runtime::builder().message_realm("peers");
    /// let runtime = builder.message_credentials("Basic dXM6c2VjcmV0").start()?;
    /// let peers = Basic::new("peers", [("us", "secret")]);
    /// runtime.manager().security().set_authenticator("peers", Arc::new(peers));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn message_realm(mut self, realm: impl Into<Arc<str>>) -> Self {
        self.message_realm = Some(realm.into());
        self
    }

    /// What our messages say in `Authorization`, for peers that let in messages of a
    /// [realm](Self::message_realm) only: `Bearer` and a token, say.
    pub fn message_credentials(mut self, credentials: impl Into<String>) -> Self {
        self.credentials = Some(credentials.into());
        self
    }

    /// Has `observer` hear of messages to other addresses that did not arrive, as far as that is
    /// known; they are counted in the metrics in any case.
    ///
    /// ```
    /// use libprocess::primitive::sync::Arc;
    /// use libprocess::primitive::sync::atomic::{AtomicUsize, Ordering};
    /// use libprocess::runtime::Runtime;
    ///
    /// let lost = Arc::new(AtomicUsize::new(0));
    /// let count = lost.clone();
    /// let runtime = Runtime::builder()
    ///     .on_dead_letters(move |letters| {
    ///         count.fetch_add(letters.count, Ordering::Relaxed);
    ///     })
    ///     .start()?;
    /// runtime.manager().post(&"a@10.0.0.1:5050".parse()?, "two words", "");
    /// assert_eq!(lost.load(Ordering::Relaxed), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_dead_letters(
        mut self,
        observer: impl Fn(&socket_manager::DeadLetters<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.dead_letters = Some(Arc::new(observer));
        self
    }

    /// How sockets are set, among it how soon a machine that vanished is noticed. For a
    /// [`network`](Self::network) of one's own it means nothing.
    pub fn tcp(mut self, options: tcp::Options) -> Self {
        self.tcp = options;
        self
    }

    /// A path at which HTTP is served too, to whom the file system lets in; may be said several
    /// times. It needs workers of our own, which poll the sockets.
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use std::os::unix::net::UnixStream;
    ///
    /// use libprocess::runtime::Runtime;
    ///
    /// let path = std::env::temp_dir().join(format!("libprocess-http-{}", std::process::id()));
    /// let runtime = Runtime::builder().unix_path(&path).start()?;
    /// let mut stream = UnixStream::connect(&path)?;
    /// stream.write_all(b"GET /metrics/snapshot HTTP/1.1\r\nConnection: close\r\n\r\n")?;
    /// let mut answer = String::new();
    /// stream.read_to_string(&mut answer)?;
    /// assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unix_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.paths.push(path.into());
        self
    }

    /// Starts the runtime.
    ///
    /// # Errors
    ///
    /// Settings that do not fit together, an address that cannot be listened on, or an operating
    /// system without threads or descriptors. What was started until then is stopped again.
    #[doc(alias = "process::initialize")]
    pub fn start(self) -> Result<Runtime, StartError> {
        let running = start::start(self.plan()?)?;
        Ok(Runtime(Arc::new(Inner::new(running))))
    }

    /// Fills in what was not said, and checks that all fits together.
    fn plan(self) -> Result<start::Plan, StartError> {
        let config = self.config;
        let workers = config.workers.unwrap_or_else(available_parallelism);
        if !WORKERS.contains(&workers) {
            return Err(StartError::Workers(workers));
        }
        let ip = config.ip.unwrap_or(Ipv4Addr::LOCALHOST.into());
        if ip.is_unspecified() && config.advertised_ip.is_none_or(|ip| ip.is_unspecified()) {
            return Err(StartError::NoAdvertisedIp(ip));
        }
        let credentials = self
            .credentials
            .as_deref()
            .map(Credentials::new)
            .transpose();
        let credentials = credentials.map_err(StartError::Credentials)?;
        if self.scheduler.is_some() && (self.network.is_none() || !self.paths.is_empty()) {
            return Err(StartError::NoNetwork);
        }
        Ok(start::Plan {
            ip,
            port: config.port.unwrap_or(0),
            advertised_ip: config.advertised_ip,
            advertised_port: config.advertised_port,
            workers,
            idle: match config.spin {
                Some(false) => Idle::Sleep,
                _ => Idle::Spin,
            },
            stall_limit: config.stall_limit.unwrap_or(stalls::LIMIT),
            clock: self.clock,
            scheduler: self.scheduler,
            network: self.network,
            seed: self.seed.unwrap_or_else(random::entropy),
            delegate: self.delegate,
            limits: self.limits,
            services: match config.metrics_spacing {
                Some(spacing) => self.services.metrics_spacing(spacing),
                None => self.services,
            },
            realms: self.realms,
            messages: socket_manager::Options {
                require_peer_ip_match: config
                    .require_peer_ip_match
                    .unwrap_or(self.messages.require_peer_ip_match),
                ..self.messages
            },
            dead_letters: self.dead_letters,
            message_realm: self.message_realm,
            credentials: credentials.unwrap_or_default(),
            tcp: self.tcp,
            paths: self.paths,
        })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
