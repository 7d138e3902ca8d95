//! What others may see and stop: filters and observers of a runtime's events.

use super::Look;
use crate::address::Upid;
use crate::primitive::sync::atomic::{AtomicBool, Ordering};
use crate::primitive::sync::{Arc, RwLock, assert_none_held};

/// Judges events just before they are served; as libprocess' `Filter`, it exists for tests.
///
/// It is asked on the thread that runs the process, by several threads at once, and may itself
/// send, dispatch or exchange the filter: no lock is held meanwhile.
pub trait Filter: Send + Sync + 'static {
    /// Whether the event that `to` is about to serve is to be dropped.
    fn filter(&self, to: &Upid, look: &Look<'_>) -> bool;
}

/// Sees every event that is served, the first and the last of a process among them: for traces.
pub trait Observer: Send + Sync + 'static {
    /// `process` is about to serve this event.
    fn served(&self, process: &Upid, look: &Look<'_>);
}

/// The filter and the observer of a runtime; while there are none, they cost one relaxed load an
/// event.
#[derive(Default)]
pub(super) struct Hooks {
    any: AtomicBool,
    installed: RwLock<Installed>,
}

#[derive(Clone, Default)]
struct Installed {
    filter: Option<Arc<dyn Filter>>,
    observer: Option<Arc<dyn Observer>>,
}

impl Hooks {
    pub(super) fn set_filter(&self, filter: Option<Arc<dyn Filter>>) {
        self.change(|installed| installed.filter = filter);
    }

    pub(super) fn set_observer(&self, observer: Option<Arc<dyn Observer>>) {
        self.change(|installed| installed.observer = observer);
    }

    /// Whether anybody looks. Relaxed is enough: who installs a filter and then causes an event
    /// is ordered before that event by the mailbox it goes through.
    pub(super) fn any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    /// Shows an event to all who look; whether it may be served.
    pub(super) fn allow(&self, process: &Upid, look: &Look<'_>) -> bool {
        let Installed { filter, observer } = self.installed.read().clone();
        assert_none_held();
        if look.can_be_filtered() && filter.is_some_and(|filter| filter.filter(process, look)) {
            return false;
        }
        if let Some(observer) = observer {
            observer.served(process, look);
        }
        true
    }

    fn change(&self, change: impl FnOnce(&mut Installed)) {
        let mut installed = self.installed.write();
        let old = installed.clone();
        change(&mut installed);
        let any = installed.filter.is_some() || installed.observer.is_some();
        self.any.store(any, Ordering::Relaxed);
        drop(installed);
        drop(old); // What a filter owns is dropped outside of the lock.
    }
}
