//! Starting and stopping, step by step.
//!
//! # Start
//!
//! 1. **Time**: the clock that was handed in, or a real one.
//! 2. **Event loop**, and the driver that waits in it for sockets and timers; timers that are set
//!    for sooner than it waits for wake it.
//! 3. **Workers**, which wait in the driver.
//! 4. **Listeners**: from here on the runtime has an address, and others may connect; what they
//!    say waits in the kernel.
//! 5. **Table of processes**, known under that address or the advertised one.
//! 6. **Lookout** for workers that are all stuck.
//! 7. **Wire**: peers and links, and the server that takes connections from the listener.
//! 8. **Services**.
//!
//! A step that fails undoes those before it, in reverse.
//!
//! # Stop
//!
//! 1. **Nobody inside**: a process cannot wait for its own end.
//! 2. **Servers of their own** close their listeners and connections.
//! 3. **Processes**: no more are spawned; all are ended, each after what is queued for it. All at
//!    once, since one may be blocked until another has ended. What they send still leaves.
//! 4. **Wire**: the listener closes, what is queued for peers is written out as far as they take
//!    it at once, then the connections close; by that the peers learn that their links broke.
//! 5. **Children** are watched no more; they go on.
//! 6. **Workers**: running turns end, threads are joined, what is left queued is dropped.
//! 7. **Timers** of a clock of our own are dropped; a clock that was handed in only forgets us.
//!
//! After that nothing of the runtime is left but what the user holds: handles to processes that
//! have ended.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::driver::Driver;
use super::error::StartError;
use super::stalls;
use super::wire::{self, Wire};
use crate::address::Address;
use crate::clock::{self, Clock, Watch};
use crate::codec::Limits;
use crate::codec::message::Credentials;
use crate::net::tcp::{self, Tcp};
use crate::net::{Listener, Network, unix};
use crate::os::Reaper;
use crate::primitive::sync::Arc;
use crate::process::ProcessManager;
use crate::reactor::Reactor;
use crate::scheduler::{Budget, Idle, Park, Pool, Scheduler, Slice};
use crate::services::{Realms, Services};
use crate::socket_manager;
use crate::web::Firewall;
use crate::web::client::Client;

/// What is started: a builder's settings, complete and checked.
pub(super) struct Plan {
    pub(super) ip: IpAddr,
    pub(super) port: u16,
    pub(super) advertised_ip: Option<IpAddr>,
    pub(super) advertised_port: Option<u16>,
    pub(super) workers: usize,
    pub(super) stall_limit: Duration,
    pub(super) idle: Idle,
    pub(super) clock: Option<Clock>,
    pub(super) scheduler: Option<Scheduler>,
    pub(super) network: Option<Arc<dyn Network>>,
    pub(super) seed: u64,
    pub(super) delegate: Option<String>,
    pub(super) limits: Limits,
    pub(super) services: Services,
    pub(super) realms: Realms,
    pub(super) messages: socket_manager::Options,
    pub(super) dead_letters: Option<socket_manager::Observer>,
    pub(super) message_realm: Option<Arc<str>>,
    pub(super) credentials: Credentials,
    pub(super) tcp: tcp::Options,
    pub(super) paths: Vec<PathBuf>,
}

/// Takes the steps; what a step made is undone by dropping it.
pub(super) fn start(plan: Plan) -> Result<Running, StartError> {
    let own_clock = plan.clock.is_none();
    let clock = plan.clock.unwrap_or_else(Clock::real);
    let engine = match plan.scheduler {
        Some(scheduler) => Engine::borrowed(scheduler),
        None => Engine::start(plan.workers, plan.idle, &clock)?,
    };
    let network = match (plan.network, &engine.own) {
        (Some(network), _) => network,
        (None, Some(own)) => {
            Arc::new(Tcp::new(own.reactor.clone(), clock.clone()).with_options(plan.tcp))
        }
        (None, None) => return Err(StartError::NoNetwork),
    };
    let address = Address::new(plan.ip, plan.port);
    let listened = network.listen(address);
    let listener = listened.map_err(|error| StartError::Listen(address, error))?;
    let paths = engine.listen(plan.paths, &clock)?;
    let advertised = Address::new(
        plan.advertised_ip.unwrap_or(plan.ip),
        plan.advertised_port.unwrap_or(listener.address().port()),
    );
    let scheduler = engine.scheduler.clone();
    let manager = ProcessManager::new(advertised, clock, scheduler, plan.seed);
    engine.look_out(&manager, plan.stall_limit)?;
    // Behind this nothing fails: the wire has tasks that end only when it is stopped.
    let wire = Wire::start(
        &manager,
        Arc::clone(&network),
        listener,
        wire::Settings {
            delegate: plan.delegate.clone(),
            limits: plan.limits,
            messages: plan.messages,
            dead_letters: plan.dead_letters,
            realm: plan.message_realm,
            credentials: plan.credentials,
        },
    );
    paths.into_iter().for_each(|path| wire.listen(path));
    plan.services
        .spawn(&manager, plan.delegate.as_deref(), &plan.realms);
    Ok(Running {
        manager,
        network,
        limits: plan.limits,
        wire,
        engine,
        own_clock,
    })
}

/// Everything that runs, in the order in which it is dropped.
pub(super) struct Running {
    pub(super) manager: Arc<ProcessManager>,
    pub(super) network: Arc<dyn Network>,
    pub(super) limits: Limits,
    wire: Wire,
    engine: Engine,
    own_clock: bool,
}

impl Running {
    pub(super) fn client(&self) -> &Client {
        self.wire.client()
    }

    pub(super) fn firewall(&self) -> &Arc<Firewall> {
        self.wire.firewall()
    }

    pub(super) fn reaper(&self) -> Option<&Reaper> {
        self.engine.own.as_ref().map(|own| &own.reaper)
    }

    /// Takes the steps of a stop, from a thread that is none of ours.
    pub(super) fn stop(self) {
        let Self {
            manager,
            wire,
            engine,
            own_clock,
            ..
        } = self;
        let ended = manager.stop();
        ended.expect("a runtime is not stopped from inside");
        wire.stop();
        drop(engine);
        if own_clock {
            manager.clock().clear();
        }
    }
}

/// What runs processes: handed in, or of our own, which then ends with us.
struct Engine {
    scheduler: Scheduler,
    own: Option<Own>,
}

/// What a runtime has that was handed no scheduler.
struct Own {
    pool: Arc<Pool>,
    reactor: Reactor,
    reaper: Reaper,
    /// Wakes the workers for timers that are set sooner than they sleep, until it is dropped.
    _watch: Watch,
}

impl Engine {
    fn borrowed(scheduler: Scheduler) -> Self {
        Self {
            scheduler,
            own: None,
        }
    }

    fn start(workers: usize, idle: Idle, clock: &Clock) -> Result<Self, StartError> {
        let reactor = Reactor::new().map_err(StartError::EventLoop)?;
        let driver = Arc::new(Driver::new(reactor.clone(), clock.clone()));
        let waker = reactor.clone();
        let watch = clock.watch(move || waker.unpark());
        let pool = Pool::start_with(workers, driver, TURN, idle).map_err(StartError::Threads)?;
        let scheduler = Scheduler::new(pool.clone());
        let own = Own {
            pool,
            reaper: Reaper::new(reactor.clone(), scheduler.clone()),
            reactor,
            _watch: watch,
        };
        Ok(Self {
            scheduler,
            own: Some(own),
        })
    }

    /// Listens at paths; what polls their sockets is of our own.
    fn listen(
        &self,
        paths: Vec<PathBuf>,
        clock: &Clock,
    ) -> Result<Vec<Box<dyn Listener>>, StartError> {
        let own = self.own.iter();
        let paths = own.flat_map(|own| paths.iter().map(|path| (&own.reactor, path)));
        paths
            .map(|(reactor, path)| {
                let listened = unix::listen(reactor, clock, path);
                listened.map_err(|error| StartError::ListenAtPath(path.clone(), error))
            })
            .collect()
    }

    /// Has it told if all workers are stuck. A scheduler that was handed in sees to itself.
    fn look_out(&self, manager: &Arc<ProcessManager>, limit: Duration) -> Result<(), StartError> {
        match &self.own {
            Some(own) if !limit.is_zero() => {
                let report = stalls::report(manager, limit);
                own.pool
                    .on_stall(limit, report)
                    .map_err(StartError::Threads)
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(own) = &self.own {
            own.reaper.stop();
            self.scheduler.stop();
        }
    }
}

/// How long a process may keep a worker: enough events that the way between two turns costs
/// nothing, and so little time that a flood of one process delays the others by less than a
/// millisecond.
const TURN: Budget = Budget {
    events: 128,
    slice: Some(Slice {
        length: Duration::from_micros(20),
        now: clock::reading,
    }),
};
