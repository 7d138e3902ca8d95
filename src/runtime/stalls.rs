//! Telling of stalls: which processes keep all workers.

use std::time::Duration;

use crate::primitive::sync::{Arc, Weak};
use crate::process::ProcessManager;
use crate::scheduler::Stall;
use crate::time::format_duration;

/// What is done about a stall: it is counted, and logged with the names of the processes.
pub(super) fn report(
    manager: &Arc<ProcessManager>,
    limit: Duration,
) -> impl Fn(&Stall<'_>) + Send + 'static {
    // Weak: the workers that are watched end before the manager does.
    let manager: Weak<ProcessManager> = Arc::downgrade(manager);
    move |stall| {
        let Some(manager) = manager.upgrade() else {
            return;
        };
        let turns: Vec<_> = stall.turns().collect();
        let names = manager.names_at(&turns);
        if !stall.persists() {
            return;
        }
        manager.counters().stalls.increment();
        log::warn!(
            "no worker has ended its turn for {}, and nothing else runs: busy or blocked are {}; \
             what blocks for long belongs into a `blocking::section`",
            format_duration(limit),
            names.join(", ")
        );
    }
}

/// How long a stall lasts before it is told, unless said otherwise.
pub(super) const LIMIT: Duration = Duration::from_secs(1);
