//! Who sends what to whom, remembered: the head of such a message, and where it is queued.
//!
//! The head does not depend on the body, so a sender that repeats itself has it copied instead of
//! formatted, and the peer needs not be looked up. There is room for a few hundred; those that
//! meet in one place replace each other.

use std::hash::Hasher;

use crate::address::Upid;
use crate::codec::message::{self, Credentials, EncodeError, Message, Name};
use crate::primitive::hash::Folding;
use crate::primitive::sync::{Arc, Mutex};

use super::table::Slot;

/// Routes that were taken before.
pub(super) struct Routes(Box<[Mutex<Option<Box<Route>>>]>);

/// What was found out about messages of one name, from one process to another.
pub(super) struct Route {
    from: Upid,
    to: Upid,
    name: Name,
    /// All bytes that do not depend on the body.
    pub(super) head: Box<[u8]>,
    /// The peer; it may have been forgotten since.
    pub(super) slot: Arc<Slot>,
}

impl Routes {
    pub(super) fn new() -> Self {
        Self((0..PLACES).map(|_| Mutex::default()).collect())
    }

    /// Calls `act` with the route of a message, which is made if it is not known: `credentials`
    /// end its head, and `find` finds the peer.
    pub(super) fn with<R>(
        &self,
        message: &Message,
        credentials: &Credentials,
        find: impl FnOnce() -> Arc<Slot>,
        act: impl FnOnce(&mut Route) -> R,
    ) -> Result<R, EncodeError> {
        let mut place = self.0[place(message)].lock();
        let known = place.as_mut().filter(|route| route.is_of(message));
        if let Some(route) = known {
            return Ok(act(route));
        }
        let mut head = Vec::with_capacity(HEAD_BYTES);
        message::encode_head(message, &mut head)?;
        credentials.encode(&mut head);
        let route = Route {
            from: message.from.clone(),
            to: message.to.clone(),
            name: message.name.clone(),
            head: head.into(),
            slot: find(),
        };
        let replaced = place.replace(Box::new(route));
        let result = act(place.as_mut().expect("it was just put there"));
        drop(place);
        drop(replaced);
        Ok(result)
    }
}

impl Route {
    fn is_of(&self, message: &Message) -> bool {
        self.to == message.to && self.from == message.from && self.name == message.name
    }
}

fn place(message: &Message) -> usize {
    let mut hasher = Folding::default();
    hasher.write(message.to.id().as_bytes());
    hasher.write(message.from.id().as_bytes());
    hasher.write_u16(message.to.address().port());
    hasher.write_usize(message.name.len());
    (hasher.finish() >> (u64::BITS - PLACE_BITS)) as usize
}

const PLACE_BITS: u32 = 8;
const PLACES: usize = 1 << PLACE_BITS;

/// Most heads are shorter.
const HEAD_BYTES: usize = 256;
