//! Messages by name: handlers, delegates, sending and replying.

use bytes::Bytes;

use super::cell::{AnyProcess, Body};
use super::handlers::Handle;
use super::{Connection, Context, Delivery, Process, slot};
use crate::address::Upid;
use crate::codec::message::{Message, Name};
use crate::primitive::sync::Arc;

/// A function that takes messages; the marker tells its signatures apart and is always inferred.
///
/// It captures nothing, so that it can be kept as a plain function pointer: a method, or a closure
/// that uses only its arguments and constants. What else it needs belongs into the process:
///
/// ```compile_fail
/// # use libprocess::prelude::*;
/// # struct Echo;
/// impl Process for Echo {
///     fn initialize(&mut self, ctx: &mut Context<Self>) {
///         let answer = ctx.upid().id().len();
///         ctx.install("ping", move |_: &mut Self, ctx: &mut Context<Self>, _: Message| {
///             ctx.reply("pong", answer.to_string());
///         });
///     }
/// }
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// #     Runtime::builder().workers(1).start()?.spawn(Echo)?;
/// #     Ok(())
/// # }
/// ```
pub trait MessageHandler<P: Process, Marker>: Copy + Send + 'static {
    /// Handles one message.
    fn handle(self, process: &mut P, ctx: &mut Context<P>, message: Delivery);
}

/// Marks handlers that take the whole message.
#[derive(Debug)]
pub enum ByMessage {}

/// Marks handlers that take the sender and the body, as those of libprocess do.
#[derive(Debug)]
pub enum BySenderAndBody {}

impl<P, F> MessageHandler<P, ByMessage> for F
where
    P: Process,
    F: Fn(&mut P, &mut Context<P>, Message) + Copy + Send + 'static,
{
    fn handle(self, process: &mut P, ctx: &mut Context<P>, message: Delivery) {
        let to = ctx.correspondence().own(ctx.upid());
        self(process, ctx, message.addressed(to));
    }
}

impl<P, F> MessageHandler<P, BySenderAndBody> for F
where
    P: Process,
    F: Fn(&mut P, &mut Context<P>, &Upid, Bytes) + Copy + Send + 'static,
{
    fn handle(self, process: &mut P, ctx: &mut Context<P>, message: Delivery) {
        self(process, ctx, &message.from, message.body);
        ctx.correspondence_mut().put(message.from);
    }
}

impl<P: Process> Context<P> {
    /// Has messages of this name handled by this function; a handler installed before under the
    /// same name is replaced.
    ///
    /// The handler is a method or a closure that captures nothing, and takes the process, its
    /// context, and either the [`Message`] or its sender and body (`&Upid, Bytes`).
    ///
    /// ```
    /// # use bytes::Bytes;
    /// # use libprocess::address::Upid;
    /// # use libprocess::codec::message::Message;
    /// # use libprocess::process::{Context, Process};
    /// struct Echo {
    ///     last: Bytes,
    /// }
    ///
    /// impl Process for Echo {
    ///     fn initialize(&mut self, ctx: &mut Context<Self>) {
    ///         ctx.install("ping", Self::ping);
    ///         ctx.install("keep", Self::keep);
    ///     }
    /// }
    ///
    /// impl Echo {
    ///     fn ping(&mut self, ctx: &mut Context<Self>, message: Message) {
    ///         ctx.send(&message.from, "pong", message.body);
    ///     }
    ///
    ///     fn keep(&mut self, _ctx: &mut Context<Self>, _from: &Upid, body: Bytes) {
    ///         self.last = body;
    ///     }
    /// }
    /// ```
    pub fn install<Marker>(
        &mut self,
        name: impl Into<Name>,
        handler: impl MessageHandler<P, Marker>,
    ) {
        let handle = slot::pointer(move |process: &mut P, ctx: &mut Self, message: Delivery| {
            handler.handle(process, ctx, message);
        });
        self.handlers.install(name.into(), handle);
        // A process that never gets a message has nothing to remember, nor to forget.
        if let Some(correspondence) = self.correspondence.get_mut() {
            correspondence.forget_handler();
        }
    }

    /// Has messages of this name sent on to another process, as from their original sender, unless
    /// a handler is installed for them.
    pub fn delegate(&mut self, name: impl Into<Name>, to: &Upid) {
        self.rare_mut().delegates.insert(name.into(), to.clone());
    }

    /// Sends a message from this process to another, in this runtime or elsewhere.
    ///
    /// Nobody learns whether it arrives. Messages from one process to another arrive in the order
    /// in which they were sent, together with its dispatches if the other is in the same runtime.
    pub fn send(&self, to: &Upid, name: impl Into<Name>, body: impl Into<Bytes>) {
        let manager = self.manager();
        let correspondence = self.correspondence();
        let (name, body) = (name.into(), body.into());
        if to.address() != manager.address() {
            return self.send_away(to, name, body);
        }
        let message = Delivery {
            name,
            from: correspondence.own(self.upid()),
            body,
        };
        let known = correspondence.receiver(to);
        match known.or_else(|| manager.find_upid(to)) {
            Some(process) => correspondence.sent(process.deliver(message)),
            None => manager.miss(&message.name, to),
        }
    }

    /// Sends a message to another address, the way that the last one took if it is like it.
    fn send_away(&self, to: &Upid, name: Name, body: Bytes) {
        let correspondence = self.correspondence();
        let Err(body) = correspondence.send_on(to, &name, body) else {
            return;
        };
        let manager = self.manager();
        manager.send(Message {
            name: name.clone(),
            from: correspondence.own(self.upid()),
            to: to.clone(),
            body,
        });
        correspondence.went(to, name, |name| manager.lane(self.upid(), to, name));
    }

    /// Who sent the message that is being handled; nothing while something else is.
    #[doc(alias = "from")]
    pub fn sender(&self) -> Option<&Upid> {
        self.correspondence.get()?.sender()
    }

    /// Sends a message to the sender of the message that is being handled; dropped while something
    /// else is.
    pub fn reply(&self, name: impl Into<Name>, body: impl Into<Bytes>) {
        match self.sender() {
            Some(sender) => self.send(sender, name, body),
            None => log::warn!("{} replies to no message", self.upid()),
        }
    }

    /// Asks to be told, through [`Process::exited`], when a process has ended; for a process at
    /// another address, when the connection to there breaks.
    ///
    /// If it has ended already, or never was, that comes at once. Linking twice is linking once,
    /// until it fires. A name that is [empty](Upid::is_empty) is not linked to. There is no way to
    /// take a link back.
    pub fn link(&mut self, to: &Upid) {
        self.link_over(to, Connection::Reuse);
    }

    /// As [`link`](Self::link), over a new connection, which takes the place of the old one.
    #[doc(alias = "RECONNECT")]
    pub fn reconnect(&mut self, to: &Upid) {
        self.link_over(to, Connection::Reconnect);
    }

    fn link_over(&mut self, to: &Upid, connection: Connection) {
        if to.is_empty() {
            return;
        }
        let linker = Arc::clone(self.cell());
        let manager = linker.core().manager();
        if to.address() != manager.address() {
            self.rare_mut().linked_remotely = true;
            return manager.link_remotely(linker.clone(), to, connection);
        }
        let target = manager.find_upid(to);
        match target.filter(|target| target.core().ending().link(linker.clone())) {
            Some(target) => {
                let linked = &mut self.rare_mut().linked;
                linked.insert(target.core().serial(), target);
            }
            None => linker.exited(to.clone(), None),
        }
    }

    /// A link within the runtime has fired.
    pub(super) fn unlinked(&mut self, serial: Option<u64>) {
        if let Some(serial) = serial {
            self.rare_mut().linked.remove(&serial);
        }
    }
}

impl<P: Process> Body<P> {
    /// Serves a message: a handler, else a delegate, else nobody.
    pub(super) fn receive(&mut self, message: Delivery) {
        let Self { process, ctx, .. } = self;
        if let Some(handle) = ctx.handle(&message.name) {
            ctx.correspondence_mut().begin(&message.from);
            handle(process, ctx, message);
            ctx.correspondence_mut().end();
            return;
        }
        let delegates = ctx.rare().map(|rare| &rare.delegates);
        match delegates.and_then(|delegates| delegates.get(&*message.name)) {
            Some(to) => ctx.manager().send(message.addressed(to.clone())),
            None => log::debug!("{} has no handler for {}", ctx.upid(), message.name),
        }
    }
}

impl<P: Process> Context<P> {
    /// Who handles messages of this name.
    fn handle(&mut self, name: &Name) -> Option<Handle<P>> {
        let known = self.correspondence().handle(name);
        if known.is_some() {
            return known;
        }
        let handle = self.handlers.get(name)?;
        self.correspondence_mut().handled(name, handle);
        Some(handle)
    }
}
