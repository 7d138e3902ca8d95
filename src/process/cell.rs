//! A process as the scheduler sees it: its state behind its mailbox, and its turn.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::ending::Ending;
use super::event::{Ask, Deliver, Exited, Initialize, Tell, Terminate};
use super::names::Numbered;
use super::route::Reply;
use super::survey::Surveyor;
use super::wire::Endpoint;
use super::{Context, Delivery, Look, Process, ProcessManager, Row, slot};
use crate::address::{Local, Upid};
use crate::future::Promise;
use crate::http::{Request, Response};
use crate::primitive::panics::text_of;
use crate::primitive::sync::atomic::{AtomicBool, Ordering};
use crate::primitive::sync::{Arc, OnceLock};
use crate::scheduler::{Actor, Chain, Event, Events, Host, Hosted, Life, Sent, Serve, Turn};

/// A process, its mailbox, and what others may see of it.
pub(super) type Cell<P> = Host<Body<P>>;

/// The state of a process: the user's, and ours. It is dropped in this order.
pub(crate) struct Body<P: Process> {
    pub(super) process: P,
    pub(super) ctx: Context<P>,
    /// Whether the terminate event was served.
    pub(super) ended: bool,
}

/// What others may see of a process, whatever its type.
pub(crate) struct Core {
    manager: Arc<ProcessManager>,
    name: CoreName,
    /// How many processes the runtime had spawned before.
    serial: u64,
    /// Whether everything up to the next terminate event is to be dropped.
    purging: AtomicBool,
    /// Whether it is over: what is sent here is dropped.
    ended: AtomicBool,
    ending: Ending,
}

/// The name of a process: as it was given, or made when it is first asked for.
pub(super) enum CoreName {
    Given(Upid),
    Generated(Numbered, OnceLock<Upid>),
}

impl fmt::Display for CoreName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(upid) => f.write_str(upid.id()),
            Self::Generated(id, _) => id.fmt(f),
        }
    }
}

/// A process of any type.
pub(crate) trait AnyProcess: Local + Endpoint {
    /// What others may see of it.
    fn core(&self) -> &Core;

    /// Queues a message, and gives itself back, so that who keeps it needs no other count of it.
    fn deliver(self: Arc<Self>, message: Delivery) -> Arc<dyn AnyProcess>;

    /// Queues messages at once, in their order.
    fn deliver_all(self: Arc<Self>, messages: Row<'_>);

    /// Queues a request.
    fn request(self: Arc<Self>, request: Request, reply: Reply);

    /// Queues the end of a link; for one within the runtime, with the ended process' number.
    fn exited(self: Arc<Self>, pid: Upid, serial: Option<u64>);

    /// Queues its end; see [`Pid::terminate`](super::Pid::terminate).
    fn terminate(self: Arc<Self>, inject: bool);

    /// Has somebody see what waits for it, at its next turn.
    fn survey(self: Arc<Self>, surveyor: Surveyor);

    /// For a cast to what it is.
    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
}

/// Makes a process and its first event. It runs once it is scheduled.
pub(super) fn create<P: Process>(core: Core, process: P) -> (Arc<Cell<P>>, Sent) {
    let body = Body {
        process,
        ctx: Context::new(),
        ended: false,
    };
    let cell = Host::new(body, core);
    let first = cell.send(Event::new(Initialize));
    (cell, first)
}

/// Sends an event and schedules the process if it was idle.
pub(super) fn send<P: Process>(cell: &Arc<Cell<P>>, event: impl Serve<Body<P>>) {
    cell.shared()
        .manager
        .schedule(cell.send(Event::new(event)), 1);
}

/// Sends events in a row, and schedules the process if it was idle.
fn send_all<P: Process>(cell: &Arc<Cell<P>>, mut events: impl Iterator<Item = Event<Body<P>>>) {
    let Some(first) = events.next() else { return };
    let mut chain = Chain::new(first);
    events.for_each(|event| chain.push(event));
    let count = chain.len();
    cell.shared().manager.schedule(cell.send_all(chain), count);
}

impl<P: Process> Actor for Body<P> {
    type Look<'a> = Look<'a>;
}

impl<P: Process> Hosted for Body<P> {
    type Shared = Core;

    fn turn(
        &mut self,
        host: &Arc<Host<Self>>,
        events: &mut Events<'_, Self>,
        turn: &mut Turn,
    ) -> Life {
        self.ctx.settle(host);
        let core = host.shared();
        let serve = AssertUnwindSafe(|| self.serve(core, events, turn));
        let outcome = slot::enter(&**host, || catch_unwind(serve));
        outcome.unwrap_or_else(|panic| {
            core.manager.counters().panics.increment();
            log::error!("{} panicked and ends: {}", core.upid(), text_of(&*panic));
            Life::Dead
        })
    }

    fn ended(core: &Core, events: usize) {
        core.manager.counters().dropped_events.add(events as i64);
        core.end();
    }

    fn name(core: &Core) -> String {
        core.upid().to_string()
    }
}

impl<P: Process> Body<P> {
    /// Serves events in order: what is to be purged is dropped, what a filter does not want too.
    fn serve(&mut self, core: &Core, events: &mut Events<'_, Self>, turn: &mut Turn) -> Life {
        let hooks = core.manager.hooks();
        while let Some(letter) = events.next() {
            if core.is_purging() && letter.look().can_be_purged() {
                core.manager.counters().dropped_events.increment();
                drop(letter);
            } else if hooks.any() && !hooks.allow(core.upid(), &letter.look()) {
                drop(letter);
            } else {
                letter.serve(self);
                if self.ended {
                    return Life::Dead;
                }
            }
            if !turn.spend() {
                break;
            }
        }
        Life::Alive
    }
}

impl Core {
    pub(super) fn new(manager: Arc<ProcessManager>, name: CoreName, serial: u64) -> Self {
        Self {
            manager,
            name,
            serial,
            purging: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            ending: Ending::default(),
        }
    }

    pub(super) fn manager(&self) -> &Arc<ProcessManager> {
        &self.manager
    }

    pub(super) fn upid(&self) -> &Upid {
        match &self.name {
            CoreName::Given(upid) => upid,
            CoreName::Generated(id, upid) => {
                upid.get_or_init(|| Upid::new(id.to_string(), self.manager.address()))
            }
        }
    }

    pub(super) fn name(&self) -> &CoreName {
        &self.name
    }

    pub(super) fn serial(&self) -> u64 {
        self.serial
    }

    pub(super) fn ending(&self) -> &Ending {
        &self.ending
    }

    /// Whether what is sent here is dropped. Relaxed: who must know for sure asks `ending`.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    fn is_purging(&self) -> bool {
        // Acquire pairs with the Release of `terminate`: the terminate event is in the queue.
        self.purging.load(Ordering::Acquire)
    }

    /// The end, after the state and the queue were dropped; see [`super::ending`].
    fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
        self.manager.remove(self);
        if let Some(mut watchers) = self.ending.come() {
            watchers.tell_linkers(self);
            watchers.open_latches();
        }
    }
}

impl<P: Process> AnyProcess for Cell<P> {
    fn core(&self) -> &Core {
        self.shared()
    }

    fn deliver(self: Arc<Self>, message: Delivery) -> Arc<dyn AnyProcess> {
        send(&self, Deliver(message));
        self
    }

    fn deliver_all(self: Arc<Self>, messages: Row<'_>) {
        send_all(&self, messages.map(Deliver).map(Event::new));
    }

    fn request(self: Arc<Self>, request: Request, reply: Reply) {
        send(&self, Ask(request, reply));
    }

    fn exited(self: Arc<Self>, pid: Upid, serial: Option<u64>) {
        send(&self, Exited { pid, serial });
    }

    fn terminate(self: Arc<Self>, inject: bool) {
        send(&self, Terminate);
        if inject {
            // Release pairs with the Acquire of `is_purging`.
            self.shared().purging.store(true, Ordering::Release);
        }
    }

    fn survey(self: Arc<Self>, surveyor: Surveyor) {
        send(
            &self,
            Tell(move |_: &mut P, ctx: &mut Context<P>| surveyor(ctx)),
        );
    }

    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }
}

impl<P: Process> Endpoint for Cell<P> {
    fn is_streaming(&self, path: &str) -> bool {
        let core = self.shared();
        core.manager.routes().is_streaming(core.upid().id(), path)
    }

    fn route(&self, path: &str) -> Option<String> {
        let core = self.shared();
        core.manager.routes().find(core.upid().id(), path)
    }

    fn ask(self: Arc<Self>, request: Request, response: Promise<Response>) {
        send(&self, Ask(request, Reply::new(response)));
    }

    fn ask_all(self: Arc<Self>, requests: &mut Vec<(Request, Promise<Response>)>) {
        let events = requests
            .drain(..)
            .map(|(request, response)| Event::new(Ask(request, Reply::new(response))));
        send_all(&self, events);
    }
}

impl<P: Process> Local for Cell<P> {
    fn resolve(self: Arc<Self>, place: &mut dyn Any) {
        if let Some(place) = place.downcast_mut::<Option<Arc<dyn AnyProcess>>>() {
            *place = Some(self);
        }
    }
}
