//! One remote address as a value: its connections, what is queued for them, who is linked.
//!
//! Nothing here knows a socket. What happened is told by `handle_*`; what follows from it is
//! fetched with [`Peer::poll_action`]; a connection that can write asks [`Peer::poll_batch`] for
//! bytes. The parent's essay says what this promises to processes.

use std::collections::VecDeque;

use bytes::Bytes;
use smallvec::SmallVec;

use super::dead_letters::Reason;
use super::notices::{Links, WATCH};
use crate::address::{Address, Upid};
use crate::codec::message::{Credentials, Head, Message, encode_after_body};
use crate::primitive::sync::Arc;
use crate::process::Connection;
use crate::web::outbox::{Outbox, Pool};

/// What is known about one remote address.
pub(super) struct Peer {
    /// The connection that breaks links when it breaks.
    link: Option<Box<Outgoing>>,
    /// The connection of who sends without a link.
    temporary: Option<Box<Outgoing>>,
    /// About whom who hears when the link breaks, in order.
    watchers: SmallVec<[(Upid, Upid); 1]>,
    kind: Kind,
    /// How many connections there have been.
    opened: u64,
    actions: VecDeque<Action>,
    policy: Arc<Policy>,
    /// Every connection ends once it has nothing left to write.
    closing: bool,
    /// Nobody finds it any more: another is made for its address.
    forgotten: bool,
}

/// Whether a peer tells of the end of processes.
enum Kind {
    /// The first message of the link asked. When that is answered, these are to be watched too.
    Asked(Vec<Upid>),
    /// It does.
    Tells,
    /// It does not, or is not to be asked.
    Silent,
}

/// What a peer may hold.
pub(super) struct Policy {
    /// Our own address.
    pub(super) address: Address,
    /// How many bytes may wait for one connection.
    pub(super) bytes: usize,
    /// How many frames may.
    pub(super) frames: usize,
    /// Whether a temporary connection rests when it has nothing left to write; else it ends.
    pub(super) rests: bool,
    /// Whether a link asks to hear of the end of processes.
    pub(super) watches: bool,
    /// What our messages bring to be let in.
    pub(super) credentials: Credentials,
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
    /// How many more frames are our own.
    notices: usize,
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
    /// Write the bytes, this many frames and some more that are our own, and ask again.
    Write { frames: usize, notices: usize },
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

impl SendError {
    /// What the message is a dead letter for.
    pub(super) fn reason(&self) -> Reason {
        match self {
            Self::Full => Reason::QueueFull,
            Self::Closing | Self::Forgotten => Reason::Stopping,
        }
    }
}

impl Peer {
    pub(super) fn new(policy: Arc<Policy>) -> Self {
        Self {
            link: None,
            temporary: None,
            watchers: SmallVec::new(),
            kind: Kind::Silent,
            opened: 0,
            actions: VecDeque::new(),
            policy,
            closing: false,
            forgotten: false,
        }
    }

    /// Queues a message, of which all but the body is in its `head`: on the link if there is one,
    /// else on a temporary connection.
    pub(super) fn handle_send(&mut self, head: &Head, body: &Bytes) -> Result<(), SendError> {
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
        } else if let Some(wake) = outgoing.wake() {
            self.actions.push_back(wake);
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
        let is_new = self.linkers_of(&linkee).next().is_none();
        let pair = (linkee.clone(), linker);
        if let Err(place) = self.watchers.binary_search(&pair) {
            self.watchers.insert(place, pair);
        }
        match (self.link.take(), connection) {
            (Some(link), Connection::Reuse) => {
                self.link = Some(link);
                if is_new {
                    self.watch(linkee);
                }
            }
            (old, _) => {
                // One that rests is needed no more.
                let rests = self.temporary.as_mut().and_then(|one| one.wake());
                self.actions.extend(rests);
                let mut link = self.open();
                self.actions.push_back(Action::Connect(link.id));
                self.ask(&mut link);
                if let Some(old) = old {
                    self.actions.push_back(Action::Wake(old.id));
                    link.queue.extend(old.queue);
                    link.frames += old.frames;
                    link.notices += old.notices;
                }
                self.link = Some(link);
            }
        }
    }

    /// The first message of a connection was answered: whether there was somebody to take it.
    /// Says whether that was our question.
    pub(super) fn handle_answered(&mut self, id: ConnectionId, taken: bool) -> bool {
        if self.link.as_ref().is_none_or(|link| link.id != id) {
            return false;
        }
        let kind = if taken { Kind::Tells } else { Kind::Silent };
        match std::mem::replace(&mut self.kind, kind) {
            Kind::Asked(linkees) => {
                linkees.into_iter().for_each(|linkee| self.watch(linkee));
                true
            }
            before => {
                self.kind = before;
                false
            }
        }
    }

    /// The peer told that a process there has ended.
    pub(super) fn handle_ended(&mut self, ended: &Upid) {
        let over = self.linkers_of(ended).cloned();
        let over = over.map(|(linkee, linker)| Action::Exited { linker, linkee });
        let over: Vec<_> = over.collect();
        self.actions.extend(over);
        self.watchers.retain(|(linkee, _)| *linkee != *ended);
    }

    /// Whether anybody is to hear of anything here.
    pub(super) fn is_watched(&self) -> bool {
        !self.watchers.is_empty()
    }

    /// Forgets what `linker` watches here.
    pub(super) fn handle_forget(&mut self, linker: &Upid) {
        self.watchers.retain(|(_, watcher)| *watcher != *linker);
    }

    /// Lets the temporary connection end if it still rests.
    pub(super) fn handle_retire(&mut self, id: ConnectionId) {
        let rests = |one: &mut Box<Outgoing>| one.id == id && one.waits && one.queue.is_empty();
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
                .map(|(linkee, linker)| Action::Exited { linker, linkee });
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
            notices: std::mem::take(&mut outgoing.notices),
        }
    }

    /// How many bytes wait for the connection `id`.
    pub(super) fn queued(&self, id: ConnectionId) -> usize {
        let mut connections = self.link.iter().chain(&self.temporary);
        let one = connections.find(|one| one.id == id);
        one.map_or(0, |one| one.queue.len())
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
        let action = self.actions.pop_front()?;
        if self.actions.is_empty() {
            // An idle peer holds no room for actions.
            self.actions = VecDeque::new();
        }
        Some(action)
    }

    /// Whether it may be forgotten: without a connection nobody watches.
    pub(super) fn is_idle(&self) -> bool {
        self.link.is_none() && self.temporary.is_none()
    }

    /// Has a new link begin with the question whether the peer tells of the end of processes.
    fn ask(&mut self, link: &mut Outgoing) {
        let mut linkees: Vec<Upid> = self
            .watchers
            .iter()
            .map(|(linkee, _)| linkee.clone())
            .collect();
        linkees.dedup();
        self.kind = Kind::Silent;
        if self.policy.watches
            && let Some(first) = linkees.pop()
        {
            link.notify(&self.policy, &first);
            self.kind = Kind::Asked(linkees);
        }
    }

    /// Who is linked to `linkee`, beside it.
    fn linkers_of<'a>(&'a self, linkee: &'a Upid) -> impl Iterator<Item = &'a (Upid, Upid)> {
        let start = self.watchers.partition_point(|(other, _)| other < linkee);
        let from_there = self.watchers[start..].iter();
        from_there.take_while(move |(other, _)| other == linkee)
    }

    /// Asks to hear of the end of a process, as soon as it is known that the peer would tell.
    fn watch(&mut self, linkee: Upid) {
        match (&mut self.kind, &mut self.link) {
            (Kind::Asked(linkees), _) => linkees.push(linkee),
            (Kind::Tells, Some(link)) => {
                link.notify(&self.policy, &linkee);
                self.actions.extend(link.wake());
            }
            (Kind::Tells, None) | (Kind::Silent, _) => {}
        }
    }

    fn open(&mut self) -> Box<Outgoing> {
        self.opened += 1;
        Box::new(Outgoing {
            id: ConnectionId(self.opened),
            queue: Outbox::pooled(&self.policy.pool),
            frames: 0,
            notices: 0,
            waits: false,
        })
    }

    fn stay(&mut self, id: ConnectionId) -> Option<&mut Outgoing> {
        let is_over = |one: &mut Box<Outgoing>| one.id == id && one.queue.is_empty();
        let rests = self.policy.rests && !self.closing && self.link.is_none();
        self.temporary.take_if(|one| !rests && is_over(one));
        self.link.take_if(|link| self.closing && is_over(link));
        let connections = [self.link.as_deref_mut(), self.temporary.as_deref_mut()];
        connections.into_iter().flatten().find(|one| one.id == id)
    }
}

impl Outgoing {
    fn push(&mut self, head: &Head, body: &Bytes) {
        self.frames += 1;
        let queue = &mut self.queue;
        if body.len() < ALONE_BYTES {
            queue.append(|out| head.encode(body, out));
        } else {
            queue.append(|out| head.encode_before(body.len(), out));
            queue.push(body.clone());
            queue.append(encode_after_body);
        }
    }

    /// Queues the question to hear of the end of a process. A process whose id cannot be written
    /// down has no end that could be told.
    fn notify(&mut self, policy: &Policy, linkee: &Upid) {
        let question = Message {
            name: WATCH.into(),
            from: Upid::new(Links::ID, policy.address),
            to: Upid::new(Links::ID, linkee.address()),
            body: Bytes::copy_from_slice(linkee.id().as_bytes()),
        };
        if let Ok(head) = Head::new(&question, &policy.credentials) {
            self.queue.append(|out| head.encode(&question.body, out));
            self.notices += 1;
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
