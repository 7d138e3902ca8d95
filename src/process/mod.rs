//! Processes: what they are, their table, and everything that may happen inside one.
//!
//! A process is a value with a mailbox. Whatever it does is an event: a [message](Context::install)
//! by name, a [function](Pid::dispatch) sent to it, a [request](Context::route), the
//! [end](Context::link) of another process. Events are served one at a time, so a process needs no
//! locks, and in the order in which they were queued, so that what one sender sends to one process
//! is served in order, across all kinds.
//!
//! # The life of a process
//!
//! 1. [`spawn`](ProcessManager::spawn) puts it into the process table under its id. From here on it
//!    can be sent to.
//! 2. Its first turn calls [`Process::initialize`], before every event, and always: even if it was
//!    told to end meanwhile.
//! 3. In each turn it serves events until there are none or its share of time is spent, then lets
//!    others run. Before an event is served, an injected [terminate](Pid::terminate) may overtake
//!    it, and then a [filter](Filter) may drop it.
//! 4. The terminate event calls [`Process::finalize`] and is the last one served. A panic, anywhere
//!    in the process, ends it as well, without `finalize`: it is logged and counted, and nobody
//!    else is harmed.
//! 5. Then, in this order: its state is dropped, with its `async` blocks; its links to others and
//!    its routes are forgotten; its mailbox is closed and what is in it dropped, which abandons
//!    futures and answers requests with a 500; it leaves the table; those linked to it get
//!    [`Process::exited`]; and those who [wait](Pid::wait) for it go on. [`ending`] says why that
//!    is safe against links and waits that arrive meanwhile.
//!
//! What is sent to a process that has ended is dropped, like what is in its mailbox. There is no
//! error: a sender could not act on it that did not also have to act on the loss of the message
//! one moment later.
//!
//! # Which runtime?
//!
//! Code that runs in a process uses that process' runtime: [`Context::manager`], or
//! [`current`](current()) where no context is at hand. Only a bare thread has none.
//!
//! This module knows no sockets. What is for other addresses goes through [`Transport`], what comes
//! from there through [`Inbound`].

mod after;
mod cell;
mod context;
mod correspondence;
mod counters;
mod defer;
pub mod ending;
mod event;
mod handlers;
mod hooks;
mod look;
mod manager;
mod messages;
mod names;
mod once;
mod pid;
mod repeat;
mod route;
mod security;
mod slot;
mod spawn;
mod survey;
mod table;
mod task;
mod wait;
mod wakeup;
mod wire;

use cell::AnyProcess;

pub use after::{after, within};
pub use context::Context;
pub use counters::Counters;
pub use hooks::{Filter, Observer};
pub use look::{Delivery, EventCounts, Kind, Look, Row};
pub use manager::ProcessManager;
pub use messages::{ByMessage, BySenderAndBody, MessageHandler};
pub use names::IdProblem;
pub use pid::{LabelledPid, Pid};
pub use repeat::repeat;
pub use route::{Answer, ByAwait, ByReturn, Reply, RequestHandler, RouteHelp, RouteOptions};
pub use security::{Callback, Security};
pub use spawn::{SpawnError, SpawnProblem};
pub use task::{AnyError, This};
pub use wait::WaitError;
pub use wire::{Connection, Endpoint, Inbound, Lane, Transport};

use crate::address::Upid;
use crate::primitive::sync::Arc;

/// An actor: a value with a mailbox, a name that is known elsewhere, and events that it serves one
/// at a time.
///
/// ```
/// use libprocess::codec::message::Message;
/// use libprocess::process::{Context, Process};
///
/// /// Counts pings.
/// struct Counter {
///     count: u64,
/// }
///
/// impl Process for Counter {
///     fn initialize(&mut self, ctx: &mut Context<Self>) {
///         ctx.install("ping", Self::ping);
///     }
/// }
///
/// impl Counter {
///     fn ping(&mut self, ctx: &mut Context<Self>, message: Message) {
///         self.count += 1;
///         ctx.reply("pong", message.body);
///     }
/// }
/// ```
#[doc(alias = "ProcessBase")]
pub trait Process: Send + Sized + 'static {
    /// What a generated id begins with: `prefix(1)`.
    fn prefix(&self) -> &str {
        ""
    }

    /// The first event: installs handlers, adds routes, links.
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        let _ = ctx;
    }

    /// The last event. What it sends is still sent; what is sent to this process is dropped.
    fn finalize(&mut self, ctx: &mut Context<Self>) {
        let _ = ctx;
    }

    /// A process to which this one is [linked](Context::link) has ended; for one at another
    /// address, the connection to there broke.
    fn exited(&mut self, ctx: &mut Context<Self>, pid: &Upid) {
        let _ = (ctx, pid);
    }
}

/// The process that runs on this thread, if one does.
#[doc(alias = "__process__")]
pub fn current() -> Option<Upid> {
    slot::current(|process| Some(process?.core().upid().clone()))
}

/// The runtime of the process that runs on this thread, if one does.
pub fn current_manager() -> Option<Arc<ProcessManager>> {
    slot::current(|process| Some(Arc::clone(process?.core().manager())))
}
