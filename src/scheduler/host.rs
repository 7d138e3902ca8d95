//! Hosts: an actor, its mailbox, and what others may see of it, as one thing that is scheduled.

#![expect(unsafe_code, reason = "who runs the turn has the actor to itself")]

use std::fmt;
use std::mem::{ManuallyDrop, forget};
use std::ptr;

use super::contain::contain;
use super::event::{Actor, Chain, Event};
use super::mailbox::{Events, Mailbox, Pushed};
use super::runnable::{Run, Runnable};
use super::turn::Turn;
use crate::primitive::cell::UnsafeCell;
use crate::primitive::sync::Arc;

/// An [`Actor`] that can be hosted.
pub trait Hosted: Actor {
    /// What others may see of the actor while it runs, through [`Host::shared`].
    type Shared: Send + Sync + 'static;

    /// Serves events while there are any and [`Turn::spend`] allows.
    ///
    /// A panic that leaves this is the end of the actor.
    fn turn(
        &mut self,
        host: &Arc<Host<Self>>,
        events: &mut Events<'_, Self>,
        turn: &mut Turn,
    ) -> Life;

    /// Is told that the actor is over: it was dropped, and then the events that were left, this
    /// many.
    fn ended(shared: &Self::Shared, events: usize) {
        let _ = (shared, events);
    }

    /// What logs call the actor.
    fn name(shared: &Self::Shared) -> String;
}

/// Whether an actor goes on after its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It does.
    Alive,
    /// It is over: the actor is dropped, then the events left, and those still sent to it.
    Dead,
}

/// What became of an event that was sent to a [`Host`].
#[derive(Debug)]
#[must_use = "an actor that was idle must be scheduled"]
pub enum Sent {
    /// It is in the queue of an actor that is scheduled already.
    Queued,
    /// The actor was idle, and whoever sent the event must schedule it. (Dropping the runnable
    /// ends the actor.)
    Wake(Runnable),
    /// The actor is dead; the event was dropped.
    Dead,
}

/// An actor with its mailbox.
///
/// An idle host keeps itself alive: the reference that is its right to run lies in its own
/// mailbox. So a host lives until its actor's turn says [`Life::Dead`], whoever else has let go of
/// it.
///
/// ```
/// use libprocess::primitive::sync::Arc;
/// use libprocess::scheduler::{Actor, Event, Events, Host, Hosted, Life, Sent, Serve, Turn};
///
/// struct Sum(u64);
///
/// impl Actor for Sum {
///     type Look<'a> = u64;
/// }
///
/// impl Hosted for Sum {
///     type Shared = ();
///
///     fn turn(
///         &mut self,
///         _host: &Arc<Host<Self>>,
///         events: &mut Events<'_, Self>,
///         _turn: &mut Turn,
///     ) -> Life {
///         while let Some(letter) = events.next() {
///             letter.serve(self);
///         }
///         if self.0 < 5 { Life::Alive } else { Life::Dead }
///     }
///
///     fn name((): &()) -> String {
///         "sum".to_owned()
///     }
/// }
///
/// struct Add(u64);
///
/// impl Serve<Sum> for Add {
///     fn serve(self, sum: &mut Sum) {
///         sum.0 += self.0;
///     }
///     fn look(&self) -> u64 {
///         self.0
///     }
/// }
///
/// let host = Host::new(Sum(0), ());
/// let Sent::Wake(runnable) = host.send(Event::new(Add(2))) else { panic!("was it idle?") };
/// assert!(matches!(host.send(Event::new(Add(3))), Sent::Queued));
/// assert!(runnable.run(&mut Turn::unlimited()).is_none());
/// assert!(matches!(host.send(Event::new(Add(4))), Sent::Dead));
/// ```
pub struct Host<A: Hosted> {
    mailbox: Mailbox<A, Reference>,
    actor: UnsafeCell<Option<A>>,
    shared: A::Shared,
}

/// The token of a host's mailbox: one reference to the host that no [`Arc`] stands for.
struct Reference;

// SAFETY: the actor is `Send`, and only the holder of the token touches it.
unsafe impl<A: Hosted> Sync for Host<A> {}

impl<A: Hosted> Host<A> {
    /// Hosts an actor. It is idle until the first event.
    pub fn new(actor: A, shared: A::Shared) -> Arc<Self> {
        let host = Arc::new(Self {
            mailbox: Mailbox::new(Reference),
            actor: UnsafeCell::new(Some(actor)),
            shared,
        });
        forget(Arc::clone(&host));
        host
    }

    /// What others may see of the actor.
    #[inline]
    pub fn shared(&self) -> &A::Shared {
        &self.shared
    }

    /// Sends an event.
    #[inline]
    pub fn send(self: &Arc<Self>, event: Event<A>) -> Sent {
        self.sent(self.mailbox.push(event))
    }

    /// Sends events in a row.
    pub fn send_all(self: &Arc<Self>, chain: Chain<A>) -> Sent {
        self.sent(self.mailbox.push_all(chain))
    }

    #[inline]
    fn sent(self: &Arc<Self>, pushed: Pushed<Reference>) -> Sent {
        match pushed {
            Pushed::Queued => Sent::Queued,
            Pushed::Woken(Reference) => {
                let held = Arc::as_ptr(self).cast::<Held<A>>();
                // SAFETY: the pointer is that of an `Arc` of the same layout, and the token
                // stands for one of its counts.
                Sent::Wake(Runnable::new(unsafe { Arc::from_raw(held) }))
            }
            Pushed::Dead => Sent::Dead,
        }
    }

    /// Shows the events that wait behind the one being served.
    ///
    /// # Safety
    ///
    /// The caller is inside of this host's turn, on its thread, and `visit` serves no event.
    pub unsafe fn queued(&self, visit: impl FnMut(A::Look<'_>)) {
        // SAFETY: the turn is the consumer.
        unsafe { self.mailbox.queued(visit) }
    }
}

impl<A: Hosted> fmt::Debug for Host<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Host({})", A::name(&self.shared))
    }
}

/// A host in the hands of who holds its token: the only way to its turns.
#[repr(transparent)]
struct Held<A: Hosted>(Host<A>);

impl<A: Hosted> Run for Held<A> {
    fn run(self: Arc<Self>, turn: &mut Turn) -> Option<Runnable> {
        let mut token = Token::new(self);
        loop {
            if token.turn(turn) == Life::Dead {
                return None;
            }
            token = match token.rest() {
                Ok(()) => return None,
                Err(token) if turn.is_over() => return Some(token.into_runnable()),
                Err(token) => token,
            };
            if !token.events().await_link() {
                return Some(token.into_runnable());
            }
        }
    }

    fn abandon(self: Arc<Self>) {
        drop(Token::new(self));
    }

    fn name(&self) -> String {
        A::name(&self.0.shared)
    }
}

/// The token of a host, in use. Dropping it, also by panic, ends the actor.
struct Token<A: Hosted>(Arc<Host<A>>);

impl<A: Hosted> Token<A> {
    #[inline]
    fn new(held: Arc<Held<A>>) -> Self {
        // SAFETY: `Held` has the layout of `Host`.
        Self(unsafe { Arc::from_raw(Arc::into_raw(held).cast()) })
    }

    /// Gives the token up unused.
    #[inline]
    fn into_host(self) -> Arc<Host<A>> {
        let token = ManuallyDrop::new(self);
        // SAFETY: the token is not dropped, so this is a move.
        unsafe { ptr::read(&raw const token.0) }
    }

    fn into_runnable(self) -> Runnable {
        let held = Arc::into_raw(self.into_host()).cast::<Held<A>>();
        // SAFETY: `Held` has the layout of `Host`.
        Runnable::new(unsafe { Arc::from_raw(held) })
    }

    #[inline]
    fn events(&mut self) -> Events<'_, A> {
        // SAFETY: this is the token, and it is borrowed while the events are.
        unsafe { self.0.mailbox.events() }
    }

    #[inline]
    fn turn(&mut self, turn: &mut Turn) -> Life {
        let host = &self.0;
        // SAFETY: this is the token, and it is borrowed while the events are.
        let mut events = unsafe { host.mailbox.events() };
        host.actor.with_mut(|actor| {
            // SAFETY: the holder of the token has the actor to itself.
            let actor = unsafe { &mut *actor };
            actor
                .as_mut()
                .expect("it is there until the end")
                .turn(host, &mut events, turn)
        })
    }

    /// Goes idle, unless there are more events.
    #[inline]
    fn rest(self) -> Result<(), Self> {
        // The mailbox keeps the reference from here on.
        let host = ManuallyDrop::new(self.into_host());
        // SAFETY: this was the token.
        match unsafe { host.mailbox.rest(Reference) } {
            Ok(()) => Ok(()),
            Err(Reference) => Err(Self(ManuallyDrop::into_inner(host))),
        }
    }
}

impl<A: Hosted> Drop for Token<A> {
    fn drop(&mut self) {
        let host = &self.0;
        // SAFETY: the holder of the token has the actor to itself. It is moved out first: what
        // its drop sends here is queued, and dropped below.
        let actor = host.actor.with_mut(|actor| unsafe { (*actor).take() });
        contain(|| drop(actor));
        // SAFETY: this was the token.
        let dropped = unsafe { host.mailbox.close() };
        A::ended(&host.shared, dropped);
    }
}

#[cfg(all(test, loom))]
mod model;
