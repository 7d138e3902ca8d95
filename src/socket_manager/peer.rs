//! One remote address as a value: its connections, what is queued for them, who is linked.
//!
//! Nothing here knows a socket. What happened is told by `handle_*`; what follows from it is
//! fetched with [`Peer::poll_action`]; a connection that can write asks [`Peer::poll_batch`] for
//! bytes. The parent's essay says what this promises to processes.

use std::collections::{BTreeSet, VecDeque};

use bytes::Bytes;

use crate::address::Upid;
use crate::codec::message::{encode_after_body, encode_before_body, encode_body};
use crate::primitive::sync::Arc;
use crate::process::Connection;
use crate::web::outbox::{Outbox, Pool};

/// What is known about one remote address.
pub(super) struct Peer {
    /// The connection that breaks links when it breaks.
    link: Option<Outgoing>,
    /// The connection of who sends without a link.
    temporary: Option<Outgoing>,
    /// Who hears when the link breaks, and about whom.
    watchers: BTreeSet<(Upid, Upid)>,
    /// How many connections there have been.
    opened: u64,
    actions: VecDeque<Action>,
    policy: Policy,
    /// Every connection ends once it has nothing left to write.
    closing: bool,
    /// Nobody finds it any more: another is made for its address.
    forgotten: bool,
}

/// What a peer may hold.
#[derive(Clone)]
pub(super) struct Policy {
    /// How many bytes may wait for one connection.
    pub(super) bytes: usize,
    /// How many frames may.
    pub(super) frames: usize,
    /// Whether a temporary connection rests when it has nothing left to write; else it ends.
    pub(super) rests: bool,
    /// Where queues have their memory from.
    pub(super) pool: Arc<Pool>,
}

/// Tells the connections to one address apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ConnectionId(u64);

/// A connection with what waits to be written to it.
struct Outgoing {
    id: ConnectionId,
    /// Whole frames, one after the other.
    queue: Outbox,
    frames: usize,
    /// It found nothing to write and has to be woken.
    waits: bool,
}

/// What is to be done for a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Open this connection; it asks for batches once it stands.
    Connect(ConnectionId),
    /// This connection has to ask for a batch.
    Wake(ConnectionId),
    /// Tell `linker` that the connection to `linkee` is gone.
    Exited { linker: Upid, linkee: Upid },
}

/// What a connection that can write is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Batch {
    /// Write the bytes, this many frames, and ask again.
    Write { frames: usize },
    /// Ask again when woken.
    Wait,
    /// The same, and it may be told to end meanwhile, to make room for others.
    Rest,
    /// End: nothing will ever be written to it again.
    Finish,
}

/// Why a message was not queued.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SendError {
    /// Too much waits for the connection already.
    Full,
    /// The runtime is stopping.
    Closing,
    /// This is not the peer of that address any more.
    Forgotten,
}

impl Peer {
    pub(super) fn new(policy: Policy) -> Self {
        Self {
            link: None,
            temporary: None,
            watchers: BTreeSet::new(),
            opened: 0,
            actions: VecDeque::new(),
            policy,
            closing: false,
            forgotten: false,
        }
    }

    /// Queues a message, of which all but the body is in its `head`: on the link if there is one,
    /// else on a temporary connection.
    pub(super) fn handle_send(&mut self, head: &[u8], body: &Bytes) -> Result<(), SendError> {
        if self.forgotten {
            return Err(SendError::Forgotten);
        }
        if self.closing {
            return Err(SendError::Closing);
        }
        let is_new = self.link.is_none() && self.temporary.is_none();
        if is_new {
            self.temporary = Some(self.open());
        }
        let outgoing = self
            .link
            .as_mut()
            .or(self.temporary.as_mut())
            .expect("one was just opened");
        let policy = &self.policy;
        if outgoing.queue.len() > policy.bytes || outgoing.frames >= policy.frames {
            return Err(SendError::Full);
        }
        outgoing.push(head, body);
        if is_new {
            self.actions.push_back(Action::Connect(outgoing.id));
        } else {
            self.actions.extend(outgoing.wake());
        }
        Ok(())
    }

    /// Notes that `linker` wants to hear once when the link breaks, and opens a link if there is
    /// none. To reconnect, another takes the place of the one that is there, and takes its queue
    /// over; nobody hears of that.
    pub(super) fn handle_link(&mut self, linker: &Upid, linkee: &Upid, connection: Connection) {
        let (linker, linkee) = (linker.clone(), linkee.clone());
        if self.closing {
            return self.actions.push_back(Action::Exited { linker, linkee });
        }
        self.watchers.insert((linker, linkee));
        match (self.link.take(), connection) {
            (Some(link), Connection::Reuse) => self.link = Some(link),
            (old, _) => {
                // One that rests is needed no more.
                let rests = self.temporary.as_mut().and_then(Outgoing::wake);
                self.actions.extend(rests);
                let mut link = self.open();
                self.actions.push_back(Action::Connect(link.id));
                if let Some(old) = old {
                    self.actions.push_back(Action::Wake(old.id));
                    link.queue = old.queue;
                    link.frames = old.frames;
                }
                self.link = Some(link);
            }
        }
    }

    /// Forgets what `linker` watches here.
    pub(super) fn handle_forget(&mut self, linker: &Upid) {
        self.watchers.retain(|(watcher, _)| watcher != linker);
    }

    /// Lets the temporary connection end if it still rests.
    pub(super) fn handle_retire(&mut self, id: ConnectionId) {
        let rests = |one: &mut Outgoing| one.id == id && one.waits && one.queue.is_empty();
        if self.temporary.take_if(rests).is_some() {
            self.actions.push_back(Action::Wake(id));
        }
    }

    /// Forgets it for good if there is no connection. Says whether it is.
    pub(super) fn handle_forgotten(&mut self) -> bool {
        self.forgotten = self.is_idle();
        self.forgotten
    }

    /// Notes that a connection failed to open, ended or broke. Says how many queued frames are
    /// lost with it.
    pub(super) fn handle_broken(&mut self, id: ConnectionId) -> usize {
        if let Some(link) = self.link.take_if(|link| link.id == id) {
            let watchers = std::mem::take(&mut self.watchers);
            let exits = watchers
                .into_iter()
                .map(|(linker, linkee)| Action::Exited { linker, linkee });
            self.actions.extend(exits);
            return link.frames;
        }
        let temporary = self.temporary.take_if(|temporary| temporary.id == id);
        temporary.map_or(0, |temporary| temporary.frames)
    }

    /// Lets every connection end once what is queued for it was written, and takes no more.
    /// Nobody hears of that.
    pub(super) fn handle_close(&mut self) {
        self.closing = true;
        self.watchers.clear();
        let connections = self.link.iter().chain(&self.temporary);
        let wakes = connections.map(|one| Action::Wake(one.id));
        self.actions.extend(wakes);
    }

    /// Hands the connection `id` what waits for it, in exchange for an empty buffer.
    ///
    /// A temporary connection for which nothing waits rests or is over, and one whose place another
    /// has taken is over.
    pub(super) fn poll_batch(&mut self, id: ConnectionId, buffer: &mut Outbox) -> Batch {
        debug_assert!(buffer.is_empty(), "the last batch was written");
        let is_temporary = self.temporary.as_ref().is_some_and(|one| one.id == id);
        let Some(outgoing) = self.stay(id) else {
            return Batch::Finish;
        };
        outgoing.waits = outgoing.queue.is_empty();
        if outgoing.waits {
            return if is_temporary {
                Batch::Rest
            } else {
                Batch::Wait
            };
        }
        std::mem::swap(&mut outgoing.queue, buffer);
        Batch::Write {
            frames: std::mem::take(&mut outgoing.frames),
        }
    }

    /// Whether a connection that is being opened is still needed.
    pub(super) fn is_needed(&mut self, id: ConnectionId) -> bool {
        self.stay(id).is_some()
    }

    /// Whether a connection that is writing may get more to write.
    pub(super) fn is_current(&self, id: ConnectionId) -> bool {
        let mut connections = self.link.iter().chain(&self.temporary);
        !self.closing && connections.any(|one| one.id == id)
    }

    /// What is to be done next.
    pub(super) fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// Whether it may be forgotten: without a connection nobody watches.
    pub(super) fn is_idle(&self) -> bool {
        self.link.is_none() && self.temporary.is_none()
    }

    fn open(&mut self) -> Outgoing {
        self.opened += 1;
        Outgoing {
            id: ConnectionId(self.opened),
            queue: Outbox::pooled(&self.policy.pool),
            frames: 0,
            waits: false,
        }
    }

    fn stay(&mut self, id: ConnectionId) -> Option<&mut Outgoing> {
        let is_over = |one: &mut Outgoing| one.id == id && one.queue.is_empty();
        let rests = self.policy.rests && !self.closing && self.link.is_none();
        self.temporary.take_if(|one| !rests && is_over(one));
        self.link.take_if(|link| self.closing && is_over(link));
        let connections = [self.link.as_mut(), self.temporary.as_mut()];
        connections.into_iter().flatten().find(|one| one.id == id)
    }
}

impl Outgoing {
    fn push(&mut self, head: &[u8], body: &Bytes) {
        self.frames += 1;
        if body.len() < ALONE_BYTES {
            self.queue.append(|out| {
                out.extend_from_slice(head);
                encode_body(body, out);
            });
        } else {
            let queue = &mut self.queue;
            queue.append(|out| {
                out.extend_from_slice(head);
                encode_before_body(body.len(), out);
            });
            queue.push(body.clone());
            queue.append(encode_after_body);
        }
    }

    fn wake(&mut self) -> Option<Action> {
        std::mem::take(&mut self.waits).then_some(Action::Wake(self.id))
    }
}

/// From here on a body is not copied.
const ALONE_BYTES: usize = 16 * 1024;

#[cfg(test)]
mod tests;
