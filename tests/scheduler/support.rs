//! An actor whose events are closures over its state.

use std::sync::Arc;

use libprocess::scheduler::{
    Actor, Budget, Event, Events, Host, Hosted, Life, Pool, Scheduler, Sent, Serve, ThreadPark,
    Turn,
};

/// A hosted state of any type.
pub(super) struct Body<S> {
    pub(super) state: S,
    ended: bool,
}

impl<S: Send + 'static> Actor for Body<S> {
    type Look<'a> = ();
}

impl<S: Send + 'static> Hosted for Body<S> {
    type Shared = Scheduler;

    fn turn(
        &mut self,
        _host: &Arc<Host<Self>>,
        events: &mut Events<'_, Self>,
        turn: &mut Turn,
    ) -> Life {
        while let Some(letter) = events.next() {
            letter.serve(self);
            if self.ended {
                return Life::Dead;
            }
            if !turn.spend() {
                break;
            }
        }
        Life::Alive
    }

    fn name(_scheduler: &Scheduler) -> String {
        "body".to_owned()
    }
}

struct Act<F>(F);

impl<S: Send + 'static, F: FnOnce(&mut Body<S>) + Send + 'static> Serve<Body<S>> for Act<F> {
    fn serve(self, body: &mut Body<S>) {
        (self.0)(body);
    }

    fn look(&self) {}
}

/// Sends closures to a hosted state.
pub(super) struct Address<S: Send + 'static>(Arc<Host<Body<S>>>);

impl<S: Send + 'static> Clone for Address<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Send + 'static> Address<S> {
    pub(super) fn new(scheduler: &Scheduler, state: S) -> Self {
        Self(Host::new(
            Body {
                state,
                ended: false,
            },
            scheduler.clone(),
        ))
    }

    /// Says whether the actor was alive.
    pub(super) fn tell(&self, act: impl FnOnce(&mut S) + Send + 'static) -> bool {
        self.send(Act(|body: &mut Body<S>| act(&mut body.state)))
    }

    /// Ends the actor once it gets there.
    pub(super) fn end(&self) -> bool {
        self.send(Act(|body: &mut Body<S>| body.ended = true))
    }

    fn send(&self, act: impl Serve<Body<S>>) -> bool {
        match self.0.send(Event::new(act)) {
            Sent::Queued => true,
            Sent::Wake(runnable) => {
                self.0.shared().schedule(runnable);
                true
            }
            Sent::Dead => false,
        }
    }
}

/// A pool without network.
pub(super) fn pool(workers: usize) -> Scheduler {
    let park = Arc::new(ThreadPark::default());
    Scheduler::new(Pool::start(workers, park, Budget::default()).unwrap())
}
