//! What an idle worker waits in: the event loop, until the next timer.

use std::time::Duration;

use crate::clock::Clock;
use crate::reactor::Reactor;
use crate::scheduler::Park;

/// The event loop and the clock as one place to wait.
pub(super) struct Driver {
    reactor: Reactor,
    clock: Clock,
}

impl Driver {
    pub(super) fn new(reactor: Reactor, clock: Clock) -> Self {
        Self { reactor, clock }
    }
}

impl Park for Driver {
    /// Waits for sockets and timers and handles what is due.
    ///
    /// A timer that is set meanwhile and is due sooner unparks: the clock was told to.
    fn park(&self, timeout: Option<Duration>) {
        let next = self.clock.until_next();
        let timeout = match (timeout, next) {
            (Some(timeout), Some(next)) => Some(timeout.min(next)),
            (timeout, next) => timeout.or(next),
        };
        self.reactor.park(timeout);
        self.clock.expire();
    }

    fn unpark(&self) {
        self.reactor.unpark();
    }
}
