//! Events: what is queued in a mailbox, one allocation each.
//!
//! An [`Event`] is a thin pointer to a node: the link to the next event, one function that knows
//! the payload's type, and the payload. The function does everything that depends on the type, so
//! a mailbox knows nothing but its actor.
//!
//! A node outlives its payload: once served it stays in the queue as the place where the next
//! sender attaches its own node, and is freed when the queue has moved past it. Hence serving and
//! freeing are two steps, and the first tells the [`Source`] that the second needs.

#![expect(unsafe_code, reason = "payloads of many types behind one thin pointer")]

use std::alloc::Layout;
use std::fmt;
use std::mem::{forget, offset_of};
use std::ptr::{self, NonNull};

use crate::primitive::memory::Source;
use crate::primitive::sync::atomic::{AtomicPtr, Ordering};

/// What events are served by, and how they show themselves to others.
pub trait Actor: Send + Sized + 'static {
    /// A view of an event: what filters and listings of a queue may know.
    type Look<'a>;
}

/// Something that an actor of type `A` does once.
pub trait Serve<A: Actor>: Send + 'static {
    /// Does it.
    fn serve(self, actor: &mut A);

    /// Shows what it is.
    fn look(&self) -> A::Look<'_>;
}

/// A [`Serve`] on its way to an actor. Dropping it drops the payload unserved.
pub struct Event<A: Actor>(NonNull<Node<A>>);

// SAFETY: the payload is `Send`, as `Serve` demands, and an event is its only owner.
unsafe impl<A: Actor> Send for Event<A> {}

impl<A: Actor> Event<A> {
    /// Allocates an event.
    #[inline]
    pub fn new<S: Serve<A>>(payload: S) -> Self {
        let whole = Whole::<A, S>::SOURCE.take(Whole::<A, S>::LAYOUT);
        let node = whole.cast::<Node<A>>();
        // SAFETY: it was just taken for a layout that begins with a node.
        unsafe {
            node.write(Node {
                next: AtomicPtr::new(ptr::null_mut()),
                operate: operate::<A, S>,
            });
        }
        // SAFETY: as above, and this is where the payload lies. (Written as one, the whole would
        // first be put together elsewhere.)
        let place = unsafe { whole.add(offset_of!(Whole<A, S>, payload)) };
        // SAFETY: as above.
        unsafe { place.cast().write(payload) };
        Self(node)
    }

    /// Shows the payload.
    pub fn look(&self) -> A::Look<'_> {
        // SAFETY: an event holds its payload, and holds it longer than this borrow.
        unsafe { Node::look(self.0) }
    }

    /// Gives up the node, to be linked into a queue.
    pub(super) fn into_node(self) -> NonNull<Node<A>> {
        let node = self.0;
        forget(self);
        node
    }
}

impl<A: Actor> Drop for Event<A> {
    fn drop(&mut self) {
        /// Frees the node also when the payload's own drop panics.
        struct Free<A: Actor>(NonNull<Node<A>>);
        impl<A: Actor> Drop for Free<A> {
            fn drop(&mut self) {
                // SAFETY: the event owned the node alone.
                let source = unsafe { Node::source(self.0) };
                // SAFETY: as above, and the payload is gone.
                unsafe { Node::free(self.0, source) };
            }
        }
        let node = Free(self.0);
        // SAFETY: an event holds its payload, and this is the event's end.
        unsafe { Node::drop_payload(node.0) };
    }
}

impl<A: Actor> fmt::Debug for Event<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Event")
    }
}

/// Events in a row on their way to an actor, which gets them all at once and with nothing of others
/// between them. Dropping it drops their payloads unserved.
pub struct Chain<A: Actor> {
    first: NonNull<Node<A>>,
    last: NonNull<Node<A>>,
    length: usize,
}

// SAFETY: as for `Event`, many times.
unsafe impl<A: Actor> Send for Chain<A> {}

impl<A: Actor> Chain<A> {
    /// One event.
    pub fn new(event: Event<A>) -> Self {
        let node = event.into_node();
        Self {
            first: node,
            last: node,
            length: 1,
        }
    }

    /// Adds an event at the end.
    pub fn push(&mut self, event: Event<A>) {
        let node = event.into_node();
        // SAFETY: the chain owns its nodes.
        let link = unsafe { &self.last.as_ref().next };
        // Relaxed: whoever queues the chain publishes all of it.
        link.store(node.as_ptr(), Ordering::Relaxed);
        self.last = node;
        self.length += 1;
    }

    /// How many events there are; at least one.
    #[expect(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Gives up the nodes, the first and the last of those that are linked.
    pub(super) fn into_nodes(self) -> (NonNull<Node<A>>, NonNull<Node<A>>) {
        let nodes = (self.first, self.last);
        forget(self);
        nodes
    }
}

impl<A: Actor> Drop for Chain<A> {
    fn drop(&mut self) {
        let mut next = self.first.as_ptr();
        while let Some(node) = NonNull::new(next) {
            // SAFETY: the chain owns its nodes, and this one was not dropped yet.
            let link = unsafe { &node.as_ref().next };
            // Relaxed: `&mut` orders everything before this.
            next = link.load(Ordering::Relaxed);
            drop(Event(node));
        }
    }
}

impl<A: Actor> fmt::Debug for Chain<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Chain({} events)", self.length)
    }
}

/// The part of an event that does not depend on the payload's type.
#[repr(C)]
pub(super) struct Node<A: Actor> {
    /// The event behind this one; null while there is none, or while its sender is about to
    /// link it.
    pub(super) next: AtomicPtr<Self>,
    operate: for<'o, 'l> unsafe fn(NonNull<Self>, Operation<'o, 'l, A>) -> Source,
}

/// The functions of a node. In all of them the caller vouches that the node is allocated.
impl<A: Actor> Node<A> {
    /// Moves the payload out and serves it.
    ///
    /// # Safety
    ///
    /// The payload is in place and is nobody else's; it is gone afterwards, also by panic.
    #[inline]
    pub(super) unsafe fn serve(node: NonNull<Self>, actor: &mut A) -> Source {
        // SAFETY: the caller vouches for it.
        unsafe { Self::operate(node, Operation::Serve(actor)) }
    }

    /// Drops the payload.
    ///
    /// # Safety
    ///
    /// As for [`Node::serve`].
    pub(super) unsafe fn drop_payload(node: NonNull<Self>) -> Source {
        // SAFETY: the caller vouches for it.
        unsafe { Self::operate(node, Operation::Drop) }
    }

    /// Shows the payload.
    ///
    /// # Safety
    ///
    /// The payload is in place, and stays for as long as the look is used.
    pub(super) unsafe fn look<'l>(node: NonNull<Self>) -> A::Look<'l> {
        let mut look = None;
        // SAFETY: the caller vouches for it.
        unsafe { Self::operate(node, Operation::Look(&mut look)) };
        look.expect("to look fills the answer in")
    }

    /// What to free the node with.
    ///
    /// # Safety
    ///
    /// The node is allocated; its payload may be gone.
    pub(super) unsafe fn source(node: NonNull<Self>) -> Source {
        // SAFETY: the caller vouches for it.
        unsafe { Self::operate(node, Operation::Measure(&mut Layout::new::<()>())) }
    }

    /// The layout of a node.
    ///
    /// # Safety
    ///
    /// As for [`Node::source`].
    #[cold]
    unsafe fn layout(node: NonNull<Self>) -> Layout {
        let mut layout = Layout::new::<()>();
        // SAFETY: the caller vouches for it.
        unsafe { Self::operate(node, Operation::Measure(&mut layout)) };
        layout
    }

    /// Frees the node.
    ///
    /// # Safety
    ///
    /// The payload is gone, nobody uses the node any more, and `source` is the node's own.
    #[inline]
    pub(super) unsafe fn free(node: NonNull<Self>, source: Source) {
        // SAFETY: the node is allocated until it is given back.
        let layout = || unsafe { Self::layout(node) };
        // SAFETY: `Event::new` took it from there.
        unsafe { source.give(node.cast(), layout) };
    }

    #[inline]
    unsafe fn operate<'l>(node: NonNull<Self>, operation: Operation<'_, 'l, A>) -> Source {
        // SAFETY: the node is allocated; this field is never written.
        let operate = unsafe { (*node.as_ptr()).operate };
        // SAFETY: the caller vouches for what the operation asks.
        unsafe { operate(node, operation) }
    }
}

/// What is done to a payload: one word of what and one of with what, so that it travels in
/// registers.
enum Operation<'o, 'l, A: Actor> {
    Serve(&'o mut A),
    Drop,
    Look(&'o mut Option<A::Look<'l>>),
    Measure(&'o mut Layout),
}

#[repr(C)]
struct Whole<A: Actor, S> {
    node: Node<A>,
    payload: S,
}

impl<A: Actor, S> Whole<A, S> {
    const LAYOUT: Layout = Layout::new::<Self>();
    const SOURCE: Source = Source::of(Self::LAYOUT);
}

/// # Safety
///
/// The node is the start of a `Whole<A, S>`; its payload is in place except to measure, and
/// nobody else's to serve and to drop.
unsafe fn operate<A: Actor, S: Serve<A>>(
    node: NonNull<Node<A>>,
    operation: Operation<'_, '_, A>,
) -> Source {
    let whole = node.cast::<Whole<A, S>>().as_ptr();
    // SAFETY: the node is the start of this type; the field stays within it.
    let payload = unsafe { &raw mut (*whole).payload };
    match operation {
        Operation::Serve(actor) => {
            // SAFETY: the payload is in place and is not looked at again.
            unsafe { payload.read() }.serve(actor);
        }
        Operation::Drop => {
            // SAFETY: the payload is in place and is not looked at again.
            unsafe { payload.drop_in_place() };
        }
        Operation::Look(look) => {
            // SAFETY: the payload is in place for as long as the look is used.
            let payload = unsafe { &*payload };
            *look = Some(payload.look());
        }
        Operation::Measure(layout) => *layout = Whole::<A, S>::LAYOUT,
    }
    Whole::<A, S>::SOURCE
}
