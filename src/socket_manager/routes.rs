//! Who sends what to whom, remembered: the head of such a message, and where it is queued.
//!
//! The head does not depend on the body, so a sender that repeats itself has it copied instead of
//! formatted, and the peer needs not be looked up. There is room for a few hundred; those that
//! meet in one place replace each other.

use std::hash::Hasher;

use bytes::Bytes;

use crate::address::Upid;
use crate::codec::message::{Credentials, EncodeError, Head, Message, Name};
use crate::primitive::hash::Folding;
use crate::primitive::sync::{Arc, Mutex};

use super::peer::SendError;
use super::table::{Queued, Slot};

/// Routes that were taken before.
pub(super) struct Routes(Box<[Mutex<Option<Arc<Route>>>]>);

/// What was found out about messages of one name, from one process to another.
pub(super) struct Route {
    from: Upid,
    to: Upid,
    name: Name,
    head: Head,
    /// The peer; it may have been forgotten since.
    slot: Arc<Slot>,
}

impl Routes {
    pub(super) fn new() -> Self {
        Self((0..PLACES).map(|_| Mutex::default()).collect())
    }

    /// Sends a message the way of those before it. If there were none, or their peer was forgotten,
    /// `find` finds the peer; `credentials` end the head.
    pub(super) fn send(
        &self,
        message: &Message,
        credentials: &Credentials,
        find: impl Fn() -> Arc<Slot>,
    ) -> Result<Queued, EncodeError> {
        let Message { name, from, to, .. } = message;
        // Dropped when the place is not locked any more.
        let mut replaced = None;
        let mut place = self.0[place(from, to, name)].lock();
        loop {
            let known = place.as_ref().filter(|route| route.leads(from, to, name));
            let queued = known.map(|route| route.send(&message.body));
            if let Some(queued) = queued
                && queued.0 != Err(SendError::Forgotten)
            {
                drop(replaced);
                return Ok(queued);
            }
            let route = Route {
                from: from.clone(),
                to: to.clone(),
                name: name.clone(),
                head: Head::new(message, credentials)?,
                slot: find(),
            };
            replaced = place.replace(Arc::new(route));
        }
    }

    /// The way that the last of such messages took, if that is known.
    pub(super) fn find(&self, from: &Upid, to: &Upid, name: &Name) -> Option<Arc<Route>> {
        let place = self.0[place(from, to, name)].lock();
        let known = place.as_ref().filter(|route| route.leads(from, to, name));
        known.cloned()
    }
}

impl Route {
    /// Queues a message with this body at the peer.
    pub(super) fn send(&self, body: &Bytes) -> Queued {
        self.slot.send(self.to.address(), &self.head, body)
    }

    /// The whole of such a message.
    pub(super) fn message(&self, body: Bytes) -> Message {
        Message {
            name: self.name.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            body,
        }
    }

    fn leads(&self, from: &Upid, to: &Upid, name: &Name) -> bool {
        self.to == *to && self.from == *from && self.name == *name
    }
}

fn place(from: &Upid, to: &Upid, name: &Name) -> usize {
    let mut hasher = Folding::default();
    hasher.write(to.id().as_bytes());
    hasher.write(from.id().as_bytes());
    hasher.write_u16(to.address().port());
    hasher.write_usize(name.len());
    (hasher.finish() >> (u64::BITS - PLACE_BITS)) as usize
}

const PLACE_BITS: u32 = 8;
const PLACES: usize = 1 << PLACE_BITS;
