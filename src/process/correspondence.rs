//! What a process remembers of the messages it sent and took last, so that the next one costs less.
//!
//! A message between two processes names its sender, finds its receiver and selects a handler. Done
//! from scratch, that is a map or two and half a dozen reference counts, and the counts are the
//! worst of it: those of a process' name and of the process travel to whichever core sends or
//! handles a message, with every message. But who writes mostly writes again, to the same process,
//! which handles it as the last one. So a process keeps
//!
//! - a [stock](crate::primitive::shared) of its own name, to give away as the sender;
//! - whom it sent to last, and, of those at other addresses, the way to there;
//! - who sent to it last, which is also who sent what is being handled, and a stock to which the
//!   name goes back from a message that was handled;
//! - how it handled the last message.
//!
//! None of this is more than a memory: what does not fit is found in the usual way. It is made when
//! the first message is sent or comes in, and goes with the state of the process; until then it
//! keeps alive the name of the last sender and the shell, not the state, of the last receiver.

use std::cell::{Cell, OnceCell, RefCell};

use bytes::Bytes;

use super::cell::AnyProcess;
use super::handlers::Handle;
use super::{Lane, Process};
use crate::address::{Upid, UpidStock};
use crate::codec::message::Name;
use crate::primitive::sync::Arc;

/// See the [module](self).
pub(super) struct Correspondence<P: Process> {
    /// The name of this process.
    own: OnceCell<UpidStock>,
    /// To whom it sent last.
    receiver: Cell<Option<Arc<dyn AnyProcess>>>,
    /// How the last message to another address went.
    way: RefCell<Option<Way>>,
    /// Who sent the message that is being handled, or the last one.
    sender: Option<Upid>,
    /// The same name, as it came with messages that were handled.
    returned: Option<UpidStock>,
    /// Whether one is being handled.
    handling: bool,
    /// The name of the last message, and who handles such.
    handled: Option<(Name, Handle<P>)>,
}

/// How messages of one name go to one process at another address.
struct Way {
    to: Upid,
    name: Name,
    /// Known if two in a row went there.
    lane: Option<Arc<dyn Lane>>,
}

impl Way {
    fn leads(&self, to: &Upid, name: &Name) -> bool {
        self.to == *to && self.name == *name
    }
}

impl<P: Process> Correspondence<P> {
    /// A copy of the name of this process, which is `upid`.
    pub(super) fn own(&self, upid: &Upid) -> Upid {
        let own = self.own.get_or_init(|| UpidStock::new(upid.clone()));
        own.take()
    }

    /// The process that was sent to last, if it is this one and runs.
    pub(super) fn receiver(&self, upid: &Upid) -> Option<Arc<dyn AnyProcess>> {
        let receiver = self.receiver.take()?;
        let core = receiver.core();
        (core.upid() == upid && !core.has_ended()).then_some(receiver)
    }

    /// Remembers who was sent to.
    pub(super) fn sent(&self, receiver: Arc<dyn AnyProcess>) {
        self.receiver.set(Some(receiver));
    }

    /// Sends a message the way of the last one to another address, if that was one of this name to
    /// this process. Gives the body back if it has to be sent otherwise.
    pub(super) fn send_on(&self, to: &Upid, name: &Name, body: Bytes) -> Result<(), Bytes> {
        let way = self.way.borrow();
        let way = way.as_ref().filter(|way| way.leads(to, name));
        match way.and_then(|way| way.lane.as_ref()) {
            Some(lane) => lane.send(body),
            None => Err(body),
        }
    }

    /// Remembers how a message went. Only who repeats himself needs a shorter way, which `find`
    /// finds.
    pub(super) fn went(
        &self,
        to: &Upid,
        name: Name,
        find: impl FnOnce(&Name) -> Option<Arc<dyn Lane>>,
    ) {
        let mut way = self.way.borrow_mut();
        let repeats = way.as_ref().is_some_and(|way| way.leads(to, &name));
        *way = Some(Way {
            to: to.clone(),
            lane: repeats.then(|| find(&name)).flatten(),
            name,
        });
    }

    /// Who sent the message that is being handled.
    pub(super) fn sender(&self) -> Option<&Upid> {
        self.sender.as_ref().filter(|_| self.handling)
    }

    /// A message of this sender is going to be handled.
    pub(super) fn begin(&mut self, from: &Upid) {
        if !self.sender.as_ref().is_some_and(|sender| sender.is(from)) {
            self.sender = Some(from.clone());
            self.returned = None;
        }
        self.handling = true;
    }

    /// The message was handled.
    pub(super) fn end(&mut self) {
        self.handling = false;
    }

    /// Takes back the name of the sender of the message that is being handled.
    pub(super) fn put(&mut self, from: Upid) {
        match &self.returned {
            Some(stock) => stock.put(from),
            None => self.returned = Some(UpidStock::new(from)),
        }
    }

    /// Who handled the last message, if it was of this name.
    pub(super) fn handle(&self, name: &Name) -> Option<Handle<P>> {
        let (last, handle) = self.handled.as_ref()?;
        last.is(name).then_some(*handle)
    }

    /// Remembers who handles messages of this name.
    pub(super) fn handled(&mut self, name: &Name, handle: Handle<P>) {
        self.handled = Some((name.clone(), handle));
    }

    /// The handlers have changed.
    pub(super) fn forget_handler(&mut self) {
        self.handled = None;
    }
}

impl<P: Process> Default for Correspondence<P> {
    fn default() -> Self {
        Self {
            own: OnceCell::new(),
            receiver: Cell::default(),
            way: RefCell::default(),
            sender: None,
            returned: None,
            handling: false,
            handled: None,
        }
    }
}
