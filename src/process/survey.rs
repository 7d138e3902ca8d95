//! What waits for each process, as all of them are asked for it at once.

use super::cell::AnyProcess;
use super::{Context, EventCounts, Look, Process, ProcessManager, slot};
use crate::address::Upid;
use crate::future::{Future, Promise};
use crate::primitive::sync::Arc;

/// The events that wait for a process, behind the one that it serves.
pub(crate) trait Waiting {
    /// Shows each of them, in their order.
    fn each(&self, see: &mut dyn FnMut(&Look<'_>));
}

/// What looks at that.
pub(crate) type Surveyor = Box<dyn FnOnce(&dyn Waiting) + Send>;

impl<P: Process> Waiting for Context<P> {
    fn each(&self, see: &mut dyn FnMut(&Look<'_>)) {
        slot::queued(self, |look| see(&look));
    }
}

impl<P: Process> Context<P> {
    /// Counts the events that are queued for this process, without the one being served.
    #[doc(alias = "eventCount")]
    pub fn event_counts(&self) -> EventCounts {
        let mut counts = EventCounts::default();
        self.each(&mut |look| counts.add(look.kind()));
        counts
    }
}

impl ProcessManager {
    /// Counts the queued events of every process, in the order in which they were spawned. Each
    /// counts at its next turn; one that ends before that abandons its future.
    #[doc(alias = "__processes__")]
    pub fn event_counts(&self) -> Vec<(Upid, Future<EventCounts>)> {
        self.survey(|counts: &mut EventCounts, _, look| counts.add(look.kind()))
    }

    /// Has `see` look at each queued event of every process, of the name that it is given, and note
    /// what is to be told of that process. It is called within the process' next turn, so it has to
    /// be quick and not to panic.
    pub(crate) fn survey<R: Default + Send + 'static>(
        &self,
        see: impl Fn(&mut R, &Upid, &Look<'_>) + Clone + Send + 'static,
    ) -> Vec<(Upid, Future<R>)> {
        let ask = |process: Arc<dyn AnyProcess>| {
            let upid = process.core().upid().clone();
            let (see, name) = (see.clone(), upid.clone());
            let (promise, told) = Promise::new();
            process.survey(Box::new(move |waiting| {
                let mut seen = R::default();
                waiting.each(&mut |look| see(&mut seen, &name, look));
                promise.set(seen);
            }));
            (upid, told)
        };
        self.all().into_iter().map(ask).collect()
    }
}
