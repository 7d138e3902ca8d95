//! The mailbox: a queue of events whose head word also says whether the actor is scheduled.
//!
//! # The queue
//!
//! `head` is the event sent last, or null while the actor is idle. `first` is the consumer's: the
//! event to serve next. Events are linked from `first` to `head`, oldest first.
//!
//! - **Send** swaps its node into `head`. If null was there, the actor was idle and now belongs
//!   to this sender, who writes `first` and must schedule the actor. Otherwise the sender links
//!   its node behind the one it found. That is one atomic exchange a message, and since "empty"
//!   and "idle" are one word, no wake-up falls between them.
//!   Events in a row are linked before, and take their places by the same one exchange.
//! - **Serve** moves the payload out and runs it. The node stays: it may be `head`, and then the
//!   next sender will write its `next`.
//! - **Advance** reads `next`. If there is one, the served node is freed and `first` moves on.
//! - **Rest**: at the end of a turn the consumer tries to swap `head` from the served node back to
//!   null. If that succeeds the actor is idle, the node is freed, and the mailbox may not be
//!   touched again: it may belong to somebody else, or to nobody, already. If it fails, another
//!   event is there, or its sender is between its swap and its link, and the consumer looks again,
//!   now or in its next turn.
//!
//! An idle mailbox holds no node at all, and only one consumer exists at any time: who finds null
//! in `head`, or whoever that sender hands the consumer's part to.
//!
//! # The token
//!
//! The right to consume travels as a token of type `T`. While the actor is idle the token lies in
//! the mailbox, and the sender who finds null takes it out; so scheduling an actor moves a token
//! and counts nothing. The consumer puts it back *before* the exchange that makes the actor idle,
//! and takes it out again if that fails.
//!
//! # Death
//!
//! An actor dies by going idle without its token ([`Mailbox::close`]). A later sender finds null,
//! hence owns the queue, finds no token, and closes it again: it drops its own event and those of
//! senders who came after it. So `head` needs no mark for "closed" (a swap would overwrite it)
//! and sends to the living pay nothing for the dead. What such a drop sends to the same mailbox
//! is linked and dropped by the same loop, not by recursion.
//!
//! # What pairs with what
//!
//! - The swap of `head` in send is AcqRel. It acquires what rest and close released, that is
//!   `first` and the token; and what the sender before released, that is its node's own `next`.
//! - The store of `next` in send is a Release for the Acquire load in advance: the event.
//! - The exchange of `head` to null in rest and close is a Release for the next sender's swap.
//!
//! A half-linked queue (a sender is stopped between swap and link) makes the consumer wait, but
//! never in the kernel's time: it looks a few times, then leaves the served node as the anchor and
//! goes to the back of the run queue. There is no ABA problem: a node stays allocated until its
//! successor is known or the exchange to null has succeeded.

#![expect(unsafe_code, reason = "an intrusive queue of raw nodes")]

use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};

use super::contain::contain;
use super::event::{Actor, Chain, Event, Node};
use crate::primitive::cell::UnsafeCell;
use crate::primitive::memory::Source;
use crate::primitive::sync::atomic::{AtomicPtr, Ordering, spin_loop};
use crate::primitive::thread;

/// A queue of events with room for the right to consume it; the module says how it works.
pub(super) struct Mailbox<A: Actor, T> {
    head: AtomicPtr<Node<A>>,
    first: UnsafeCell<First<A>>,
    token: UnsafeCell<Option<T>>,
}

/// Where the consumer stands.
struct First<A: Actor> {
    node: *mut Node<A>,
    state: State,
}

impl<A: Actor> Clone for First<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: Actor> Copy for First<A> {}

/// What became of the first node's payload.
#[derive(Clone, Copy)]
enum State {
    /// It is in place.
    Fresh,
    /// It is being served, or its service has panicked; either way it is moved out.
    Serving,
    /// It is gone, and this is what to free the node with.
    Spent(Source),
}

/// What became of an event that was sent.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an actor that was idle must be scheduled"]
pub(super) enum Pushed<T> {
    /// It is in the queue of an actor that is scheduled already.
    Queued,
    /// The actor was idle: its token is the sender's, who must schedule it.
    Woken(T),
    /// The actor is dead; the event was dropped.
    Dead,
}

// SAFETY: events are `Send`; all else is handed from one consumer to the next through `head`.
unsafe impl<A: Actor, T: Send> Send for Mailbox<A, T> {}
// SAFETY: as above; what senders share is atomic.
unsafe impl<A: Actor, T: Send> Sync for Mailbox<A, T> {}

impl<A: Actor, T> Mailbox<A, T> {
    /// An empty mailbox of an idle actor.
    pub(super) fn new(token: T) -> Self {
        Self {
            head: AtomicPtr::new(ptr::null_mut()),
            first: UnsafeCell::new(First {
                node: ptr::null_mut(),
                state: State::Fresh,
            }),
            token: UnsafeCell::new(Some(token)),
        }
    }

    /// Sends an event.
    #[inline]
    pub(super) fn push(&self, event: Event<A>) -> Pushed<T> {
        let node = event.into_node();
        self.append(node, node)
    }

    /// Sends events in a row, as one.
    pub(super) fn push_all(&self, chain: Chain<A>) -> Pushed<T> {
        let (first, last) = chain.into_nodes();
        self.append(first, last)
    }

    /// Queues the nodes from `first` to `last`, which are linked.
    #[inline]
    fn append(&self, first: NonNull<Node<A>>, last: NonNull<Node<A>>) -> Pushed<T> {
        // AcqRel: see the table above.
        let previous = self.head.swap(last.as_ptr(), Ordering::AcqRel);
        if previous.is_null() {
            return self.wake(first.as_ptr());
        }
        // SAFETY: the node before ours is freed only after the consumer has seen this link, or
        // has swapped it out of `head`, where it no longer is.
        let link = unsafe { &(*previous).next };
        // Release pairs with the Acquire in `Events::advance`.
        link.store(first.as_ptr(), Ordering::Release);
        Pushed::Queued
    }

    /// The send that found the actor idle: the mailbox is this thread's now.
    #[inline]
    fn wake(&self, node: *mut Node<A>) -> Pushed<T> {
        // SAFETY: who swapped null out of `head` is the only consumer.
        self.first.with_mut(|first| unsafe {
            *first = First {
                node,
                state: State::Fresh,
            }
        });
        // SAFETY: as above.
        match self.token.with_mut(|token| unsafe { (*token).take() }) {
            Some(token) => Pushed::Woken(token),
            None => {
                // SAFETY: as above.
                unsafe { self.close() };
                Pushed::Dead
            }
        }
    }

    /// The events, for a turn.
    ///
    /// # Safety
    ///
    /// The caller holds the token, and has no other `Events` of this mailbox.
    pub(super) unsafe fn events(&self) -> Events<'_, A> {
        Events {
            first: &self.first,
            _turn: PhantomData,
        }
    }

    /// Shows the events that wait behind the one being served.
    ///
    /// # Safety
    ///
    /// The caller is the only consumer, and `visit` does not touch this mailbox' `Events`.
    pub(super) unsafe fn queued(&self, mut visit: impl FnMut(A::Look<'_>)) {
        // SAFETY: the caller is the only consumer.
        let first = self.first.with(|first| unsafe { *first });
        let mut node = first.node;
        let mut skip = !first.is_fresh();
        while let Some(at) = NonNull::new(node) {
            if !std::mem::take(&mut skip) {
                // SAFETY: the consumer, who would take the payload, is here.
                visit(unsafe { Node::look(at) });
            }
            // SAFETY: nodes from the consumer's place on are allocated.
            let link = unsafe { &(*at.as_ptr()).next };
            // Acquire pairs with the Release in `push`.
            node = link.load(Ordering::Acquire);
        }
    }

    /// Goes idle: puts the token back and gives the consumer's part up.
    ///
    /// On success the mailbox may be gone when this returns. On failure more events are there or
    /// about to be linked, and the token comes back.
    ///
    /// # Safety
    ///
    /// The caller holds the token, and no `Events` are in use.
    #[inline]
    pub(super) unsafe fn rest(&self, token: T) -> Result<(), T> {
        // SAFETY: the caller is the only consumer.
        let first = self.first.with(|first| unsafe { *first });
        if first.is_fresh() {
            return Err(token);
        }
        let (node, source) = first.spent();
        // SAFETY: as above.
        self.token.with_mut(|place| unsafe { *place = Some(token) });
        // Release pairs with the swap in `push`. Nothing of `self` is touched after it.
        let idle = self.head.compare_exchange(
            node.as_ptr(),
            ptr::null_mut(),
            Ordering::Release,
            Ordering::Relaxed,
        );
        if idle.is_ok() {
            // SAFETY: the payload is gone, and no sender can find the node any more.
            unsafe { Node::free(node, source) };
            return Ok(());
        }
        // SAFETY: `head` is not null, so this is still the only consumer.
        let token = self.token.with_mut(|place| unsafe { (*place).take() });
        Err(token.expect("only the consumer takes it while there are events"))
    }

    /// Drops all events and leaves the mailbox without its token: later sends drop theirs too.
    ///
    /// # Safety
    ///
    /// The caller is the only consumer and no `Events` are in use. A token it holds is void.
    pub(super) unsafe fn close(&self) -> usize {
        // SAFETY: the caller vouches for it.
        let mut events = unsafe { self.events() };
        let mut dropped = 0;
        loop {
            while let Some(letter) = events.next() {
                dropped += 1;
                // Whoever closes has to come to the end: nobody else can.
                contain(|| drop(letter));
            }
            // SAFETY: the caller is the only consumer.
            let (node, source) = self.first.with(|first| unsafe { (*first).spent() });
            // Release pairs with the swap in `push`.
            let closed = self.head.compare_exchange(
                node.as_ptr(),
                ptr::null_mut(),
                Ordering::Release,
                Ordering::Relaxed,
            );
            if closed.is_ok() {
                // SAFETY: the payload is gone, and no sender can find the node any more.
                unsafe { Node::free(node, source) };
                return dropped;
            }
            if !events.await_link() {
                thread::yield_now();
            }
        }
    }
}

impl<A: Actor, T> Drop for Mailbox<A, T> {
    fn drop(&mut self) {
        // Relaxed: `&mut` orders everything before this.
        if !self.head.load(Ordering::Relaxed).is_null() {
            // SAFETY: nobody else has the mailbox.
            unsafe { self.close() };
        }
    }
}

impl<A: Actor> First<A> {
    fn is_fresh(&self) -> bool {
        matches!(self.state, State::Fresh)
    }

    /// The served node and what to free it with.
    fn spent(&self) -> (NonNull<Node<A>>, Source) {
        let node = NonNull::new(self.node).expect("a consumer stands at a node");
        let source = match self.state {
            State::Spent(source) => source,
            // SAFETY: the node is allocated while the consumer stands at it.
            State::Serving => unsafe { Node::source(node) },
            State::Fresh => unreachable!("an event was left unserved"),
        };
        (node, source)
    }
}

/// The consumer's end of a mailbox during a turn.
pub struct Events<'t, A: Actor> {
    first: &'t UnsafeCell<First<A>>,
    /// Stays on the thread that runs the turn.
    _turn: PhantomData<*mut ()>,
}

impl<A: Actor> Events<'_, A> {
    /// The next event, if there is one.
    ///
    /// An event stays the next one until it is served or dropped.
    #[inline]
    #[expect(clippy::should_implement_trait, reason = "a letter borrows the events")]
    pub fn next(&mut self) -> Option<Letter<'_, A>> {
        self.advance().then(|| Letter { first: self.first })
    }

    /// Moves past a node that is spent. Says whether there is an event to serve.
    #[inline]
    pub(super) fn advance(&mut self) -> bool {
        // SAFETY: `Events` exist for the only consumer.
        let first = self.first.with(|first| unsafe { *first });
        if first.is_fresh() {
            return true;
        }
        let (node, source) = first.spent();
        // SAFETY: the node is allocated while the consumer stands at it.
        let link = unsafe { &(*node.as_ptr()).next };
        // Acquire pairs with the Release in `push`: the content of the next event.
        let next = link.load(Ordering::Acquire);
        if next.is_null() {
            return false;
        }
        let next = First {
            node: next,
            state: State::Fresh,
        };
        // SAFETY: as above.
        self.first.with_mut(|first| unsafe { *first = next });
        // SAFETY: the payload is gone; the sender who had the node has linked and let go of it.
        unsafe { Node::free(node, source) };
        true
    }

    /// Looks a few times for the link of a sender who is about to make it.
    pub(super) fn await_link(&mut self) -> bool {
        for _ in 0..LINK_LOOKS {
            if self.advance() {
                return true;
            }
            spin_loop();
        }
        false
    }
}

impl<A: Actor> fmt::Debug for Events<'_, A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Events")
    }
}

/// An event about to be served. Dropping it drops its payload unserved.
pub struct Letter<'e, A: Actor> {
    first: &'e UnsafeCell<First<A>>,
}

impl<A: Actor> Letter<'_, A> {
    /// Shows what it is.
    pub fn look(&self) -> A::Look<'_> {
        // SAFETY: the payload is in place until the letter is served or dropped.
        unsafe { Node::look(self.node()) }
    }

    /// Has the actor serve it.
    #[inline]
    pub fn serve(self, actor: &mut A) {
        let letter = ManuallyDrop::new(self);
        // SAFETY: the payload is in place, and marked as taken.
        letter.spend(|node| unsafe { Node::serve(node, actor) });
    }

    /// Takes the payload's end down before it comes, since it may come by panic.
    #[inline]
    fn spend(&self, end: impl FnOnce(NonNull<Node<A>>) -> Source) {
        let node = self.node();
        self.set(State::Serving);
        self.set(State::Spent(end(node)));
    }

    #[inline]
    fn set(&self, state: State) {
        // SAFETY: letters exist for the only consumer.
        self.first
            .with_mut(|first| unsafe { (*first).state = state });
    }

    #[inline]
    fn node(&self) -> NonNull<Node<A>> {
        // SAFETY: as in `set`.
        let node = self.first.with(|first| unsafe { (*first).node });
        NonNull::new(node).expect("a consumer stands at a node")
    }
}

impl<A: Actor> Drop for Letter<'_, A> {
    fn drop(&mut self) {
        // SAFETY: the payload is in place, and marked as taken.
        self.spend(|node| unsafe { Node::drop_payload(node) });
    }
}

impl<A: Actor> fmt::Debug for Letter<'_, A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Letter")
    }
}

/// How often a consumer looks for a link before it goes to the back of the run queue.
const LINK_LOOKS: u32 = if cfg!(any(loom, shuttle)) { 1 } else { 100 };
