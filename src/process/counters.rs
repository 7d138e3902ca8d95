//! What a runtime counts about its processes: rare things only, so that the counting costs nothing
//! where it matters.

use crate::primitive::sync::atomic::{AtomicU64, Ordering};

/// Counts of what was dropped or went wrong, since the runtime started.
#[derive(Debug, Default)]
pub struct Counters {
    /// Messages for an id of this runtime that nobody has.
    pub messages_to_nobody: Count,
    /// Messages for other addresses while there was no wire.
    pub unsendable_messages: Count,
    /// Events sent to ended processes or overtaken by a terminate event.
    pub dropped_events: Count,
    /// Messages that a handler could not make sense of: their body is not of its type.
    pub refused_bodies: Count,
    /// Processes that ended by a panic.
    pub panics: Count,
    /// `async` blocks of processes that ended with an error.
    pub failed_blocks: Count,
}

/// A number that grows.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Adds one.
    pub fn increment(&self) {
        self.add(1);
    }

    /// Adds `count`.
    pub fn add(&self, count: usize) {
        self.0.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// The number.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
