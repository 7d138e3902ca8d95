//! The peers behind their locks.
//!
//! Locks, taken in this order: a place of the routes, the table (for reading, unless a peer comes
//! or goes), one peer, the index of linkers. Values move under them and nothing else happens:
//! what is to be done is handed out as [`Steps`].

use std::collections::{BTreeMap, BTreeSet};
use std::task::Waker;

use bytes::Bytes;
use smallvec::SmallVec;

use super::peer::{Action, Batch, ConnectionId, Peer, Policy, SendError};
use super::routes::{Route, Routes};
use crate::address::{Address, Upid};
use crate::codec::message::{EncodeError, Head, Message, Name};
use crate::primitive::sync::{Arc, Mutex, RwLock};
use crate::process::Connection;
use crate::web::outbox::Outbox;

/// Every remote address that there are connections to.
pub(super) struct Table {
    slots: RwLock<Slots>,
    linkers: Mutex<Linkers>,
    routes: Routes,
    policy: Arc<Policy>,
}

#[derive(Default)]
struct Slots {
    /// No hash map, since peers choose addresses.
    by_address: BTreeMap<Address, Arc<Slot>>,
    closing: bool,
}

/// What is to be done with no lock held. Mostly there is nothing, and rarely more than one.
pub(super) type Steps = SmallVec<[Step; 1]>;

/// Whether a message was queued, and what is to be done then.
pub(super) type Queued = (Result<(), SendError>, Option<Step>);

pub(super) enum Step {
    Connect(Address, Arc<Slot>, ConnectionId),
    Wake(Waker),
    Exited { linker: Upid, linkee: Upid },
}

impl Table {
    /// A table of peers that each hold to `policy`.
    pub(super) fn new(policy: Arc<Policy>) -> Self {
        Self {
            slots: RwLock::default(),
            linkers: Mutex::default(),
            routes: Routes::new(),
            policy,
        }
    }

    /// # Errors
    ///
    /// If the message cannot be written down.
    pub(super) fn send(&self, message: &Message) -> Result<Queued, EncodeError> {
        let find = || self.with(message.to.address(), Arc::clone);
        self.routes.send(message, &self.policy.credentials, find)
    }

    /// As [`Routes::find`].
    pub(super) fn route(&self, from: &Upid, to: &Upid, name: &Name) -> Option<Arc<Route>> {
        self.routes.find(from, to, name)
    }

    /// Lets a temporary connection end if it still rests.
    pub(super) fn retire(&self, slot: &Arc<Slot>, id: ConnectionId) -> Steps {
        self.change(Address::ANY, slot, |peer| peer.handle_retire(id))
            .1
    }

    pub(super) fn link(&self, linker: &Upid, linkee: &Upid, connection: Connection) -> Steps {
        let address = linkee.address();
        let link = |peer: &mut Peer| {
            peer.handle_link(linker, linkee, connection);
            self.linkers.lock().insert(linker, address);
        };
        self.with(address, |slot| self.change(address, slot, link))
            .1
    }

    pub(super) fn forget(&self, linker: &Upid) {
        let addresses = self.linkers.lock().take(linker);
        let slots = self.slots.read();
        for address in addresses {
            if let Some(slot) = slots.by_address.get(&address) {
                self.change(address, slot, |peer| peer.handle_forget(linker));
            }
        }
    }

    /// A process at another address has ended.
    pub(super) fn ended(&self, linkee: &Upid) -> Steps {
        let address = linkee.address();
        let slot = self.slots.read().by_address.get(&address).cloned();
        let ended = |slot: Arc<Slot>| {
            self.change(address, &slot, |peer| peer.handle_ended(linkee))
                .1
        };
        slot.map(ended).unwrap_or_default()
    }

    /// As [`Peer::handle_answered`].
    pub(super) fn answered(
        &self,
        address: Address,
        slot: &Arc<Slot>,
        id: ConnectionId,
        taken: bool,
    ) -> (bool, Steps) {
        self.change(address, slot, |peer| peer.handle_answered(id, taken))
    }

    /// Says how many queued frames were lost. The slot is that of the connection: the table may
    /// have forgotten it and hold another for the address, with numbers of its own.
    pub(super) fn broken(
        &self,
        address: Address,
        slot: &Arc<Slot>,
        id: ConnectionId,
    ) -> (usize, Steps) {
        self.change(address, slot, |peer| peer.handle_broken(id))
    }

    pub(super) fn close(&self) -> Steps {
        let mut slots = self.slots.write();
        slots.closing = true;
        let close =
            |(address, slot): (&Address, _)| self.change(*address, slot, Peer::handle_close).1;
        slots.by_address.iter().flat_map(close).collect()
    }

    /// Forgets a peer to which there is no connection.
    pub(super) fn forget_if_idle(&self, address: Address) {
        let mut slots = self.slots.write();
        let slot = slots.by_address.get(&address);
        if slot.is_some_and(|slot| slot.0.lock().peer.handle_forgotten()) {
            slots.by_address.remove(&address);
        }
    }

    /// Calls `use_slot` with a peer, which is made if it is not there and stays until then.
    fn with<R>(&self, address: Address, use_slot: impl FnOnce(&Arc<Slot>) -> R) -> R {
        let slots = self.slots.read();
        if let Some(slot) = slots.by_address.get(&address) {
            return use_slot(slot);
        }
        drop(slots);
        let mut slots = self.slots.write();
        let closing = slots.closing;
        let slot = slots.by_address.entry(address).or_insert_with(|| {
            let mut peer = Peer::new(self.policy.clone());
            if closing {
                peer.handle_close();
            }
            Arc::new(Slot::new(peer))
        });
        use_slot(slot)
    }

    fn change<R>(
        &self,
        address: Address,
        slot: &Arc<Slot>,
        change: impl FnOnce(&mut Peer) -> R,
    ) -> (R, Steps) {
        let mut inner = slot.0.lock();
        let result = change(&mut inner.peer);
        let mut steps = Steps::new();
        while let Some(action) = inner.peer.poll_action() {
            if let Action::Exited { linker, .. } = &action
                && !inner.peer.is_watched()
            {
                self.linkers.lock().remove(linker, address);
            }
            steps.extend(slot.step(&mut inner, address, action));
        }
        (result, steps)
    }
}

/// One peer, and who is to be woken for its connections.
pub(super) struct Slot(Mutex<Inner>);

struct Inner {
    peer: Peer,
    /// Mostly there is one.
    wakers: SmallVec<[(ConnectionId, Waker); 1]>,
}

impl Inner {
    /// Has `waker` woken for a connection; gives back the one before.
    fn keep(&mut self, id: ConnectionId, waker: &Waker) -> Option<Waker> {
        let kept = self.wakers.iter_mut().find(|(other, _)| *other == id);
        match kept {
            Some((_, kept)) => Some(std::mem::replace(kept, waker.clone())),
            None => {
                self.wakers.push((id, waker.clone()));
                None
            }
        }
    }

    fn take(&mut self, id: ConnectionId) -> Option<Waker> {
        let position = self.wakers.iter().position(|(other, _)| *other == id)?;
        Some(self.wakers.swap_remove(position).1)
    }
}

impl Slot {
    fn new(peer: Peer) -> Self {
        let wakers = SmallVec::new();
        Self(Mutex::new(Inner { peer, wakers }))
    }

    /// As [`Peer::handle_send`]; the slot is that of `address`.
    pub(super) fn send(self: &Arc<Self>, address: Address, head: &Head, body: &Bytes) -> Queued {
        let mut inner = self.0.lock();
        let result = inner.peer.handle_send(head, body);
        let action = inner.peer.poll_action();
        let step = action.and_then(|action| self.step(&mut inner, address, action));
        (result, step)
    }

    /// What is to be done for an action of the peer, whose lock is held.
    fn step(self: &Arc<Self>, inner: &mut Inner, address: Address, action: Action) -> Option<Step> {
        match action {
            Action::Connect(id) => Some(Step::Connect(address, Arc::clone(self), id)),
            Action::Wake(id) => inner.take(id).map(Step::Wake),
            Action::Exited { linker, linkee } => Some(Step::Exited { linker, linkee }),
        }
    }

    /// As [`Peer::queued`].
    pub(super) fn queued(&self, id: ConnectionId) -> usize {
        self.0.lock().peer.queued(id)
    }

    /// As [`Peer::poll_batch`]; `waker` is woken after it said to wait.
    pub(super) fn batch(&self, id: ConnectionId, buffer: &mut Outbox, waker: &Waker) -> Batch {
        let mut inner = self.0.lock();
        let batch = inner.peer.poll_batch(id, buffer);
        let replaced = match batch {
            Batch::Wait | Batch::Rest => inner.keep(id, waker),
            Batch::Write { .. } | Batch::Finish => None,
        };
        drop(inner);
        drop(replaced);
        batch
    }

    /// As [`Peer::is_needed`]; `waker` is woken when that may have changed.
    pub(super) fn is_needed(&self, id: ConnectionId, waker: &Waker) -> bool {
        self.ask(id, waker, Peer::is_needed)
    }

    /// As [`Peer::is_current`]; `waker` is woken when that may have changed.
    pub(super) fn is_current(&self, id: ConnectionId, waker: &Waker) -> bool {
        self.ask(id, waker, |peer, id| peer.is_current(id))
    }

    fn ask(
        &self,
        id: ConnectionId,
        waker: &Waker,
        question: impl FnOnce(&mut Peer, ConnectionId) -> bool,
    ) -> bool {
        let mut inner = self.0.lock();
        let answer = question(&mut inner.peer, id);
        let replaced = inner.keep(id, waker);
        drop(inner);
        drop(replaced);
        answer
    }

    /// Drops the waker of a connection that has ended.
    pub(super) fn release(&self, id: ConnectionId) {
        let waker = self.0.lock().take(id);
        drop(waker);
    }
}

/// At which addresses each linker may watch, so that one that ends is forgotten there alone.
#[derive(Default)]
struct Linkers(BTreeMap<Upid, BTreeSet<Address>>);

impl Linkers {
    fn insert(&mut self, linker: &Upid, address: Address) {
        let addresses = match self.0.get_mut(linker) {
            Some(addresses) => addresses,
            None => self.0.entry(linker.clone()).or_default(),
        };
        addresses.insert(address);
    }

    fn remove(&mut self, linker: &Upid, address: Address) {
        if let Some(addresses) = self.0.get_mut(linker) {
            addresses.remove(&address);
            if addresses.is_empty() {
                self.0.remove(linker);
            }
        }
    }

    fn take(&mut self, linker: &Upid) -> BTreeSet<Address> {
        self.0.remove(linker).unwrap_or_default()
    }
}
