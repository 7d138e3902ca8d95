//! Temporary connections that have nothing to write: which of them ends next.

use std::collections::BTreeMap;

use crate::primitive::sync::Arc;
use crate::time::Time;

use super::peer::ConnectionId;
use super::table::Slot;

/// Temporary connections that rest, in the order in which they began to.
#[derive(Default)]
pub(super) struct Resting {
    entries: BTreeMap<Rest, Entry>,
    next: u64,
    /// Whether a timer will look at the oldest.
    pub(super) is_timed: bool,
}

/// One rest of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rest(u64);

/// A connection that rests.
pub(super) struct Entry {
    pub(super) slot: Arc<Slot>,
    pub(super) id: ConnectionId,
    pub(super) since: Time,
}

impl Resting {
    pub(super) fn begin(&mut self, entry: Entry) -> Rest {
        let rest = Rest(self.next);
        self.next += 1;
        self.entries.insert(rest, entry);
        rest
    }

    pub(super) fn end(&mut self, rest: Rest) -> Option<Entry> {
        self.entries.remove(&rest)
    }

    /// Takes out the one that has rested longest, if there are more than `limit`.
    pub(super) fn beyond(&mut self, limit: usize) -> Option<Entry> {
        if self.entries.len() <= limit {
            return None;
        }
        self.entries.pop_first().map(|(_, entry)| entry)
    }

    /// Takes out one that began to rest at `time` or before.
    pub(super) fn since(&mut self, time: Time) -> Option<Entry> {
        let oldest = self.entries.first_entry()?;
        (oldest.get().since <= time).then(|| oldest.remove())
    }

    /// Since when the oldest rests.
    pub(super) fn oldest(&self) -> Option<Time> {
        self.entries.values().next().map(|entry| entry.since)
    }
}
