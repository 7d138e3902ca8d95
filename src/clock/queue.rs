//! The timers of a clock, in the order in which they expire.

use std::collections::BTreeMap;

use crate::time::Time;

/// What a timer does.
pub(super) type Callback = Box<dyn FnOnce() + Send>;

/// Timers by deadline and, among equal ones, by creation; and who is running them.
#[derive(Default)]
pub(super) struct Queue {
    timers: BTreeMap<Key, Callback>,
    /// How many timers were ever made.
    made: u64,
    /// How many callbacks have returned.
    expired: u64,
    running: Running,
}

/// A timer's place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) deadline: Time,
    number: u64,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Running {
    #[default]
    Nobody,
    Somebody {
        /// Whether a callback was taken out and has not returned.
        callback: bool,
        /// Whether somebody else was sent away meanwhile.
        overlooked: bool,
    },
}

/// The right to run timers: those that were made before it was given out.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    made: u64,
}

impl Queue {
    pub(super) fn insert(&mut self, deadline: Time, callback: Callback) -> Key {
        let key = Key {
            deadline,
            number: self.made,
        };
        self.made += 1;
        self.timers.insert(key, callback);
        key
    }

    pub(super) fn remove(&mut self, key: Key) -> Option<Callback> {
        self.timers.remove(&key)
    }

    pub(super) fn clear(&mut self) -> BTreeMap<Key, Callback> {
        std::mem::take(&mut self.timers)
    }

    pub(super) fn earliest(&self) -> Option<Time> {
        self.timers.first_key_value().map(|(key, _)| key.deadline)
    }

    pub(super) fn is_first(&self, key: Key) -> bool {
        self.timers
            .first_key_value()
            .is_some_and(|(first, _)| *first == key)
    }

    /// Whether nobody runs timers. If somebody does, they will wake the asker when done.
    pub(super) fn is_free(&mut self) -> bool {
        match &mut self.running {
            Running::Nobody => true,
            Running::Somebody { overlooked, .. } => {
                *overlooked = true;
                false
            }
        }
    }

    /// Gives out the right to run timers, unless somebody has it.
    pub(super) fn begin(&mut self) -> Option<Turn> {
        if !self.is_free() {
            return None;
        }
        self.running = Running::Somebody {
            callback: false,
            overlooked: false,
        };
        Some(Turn { made: self.made })
    }

    /// Counts the callback that has returned, if there was one, and takes out the next one that is
    /// due. With none left the turn ends: that is an error, which says whether somebody was sent
    /// away meanwhile.
    pub(super) fn next_due(&mut self, turn: Turn, now: Time) -> Result<Callback, bool> {
        let Running::Somebody {
            callback,
            overlooked,
        } = &mut self.running
        else {
            unreachable!("a turn lasts until nothing is due");
        };
        self.expired += u64::from(std::mem::take(callback));
        match self.timers.first_entry() {
            Some(first) if first.key().deadline <= now && first.key().number < turn.made => {
                *callback = true;
                Ok(first.remove())
            }
            _ => {
                let overlooked = *overlooked;
                self.running = Running::Nobody;
                Err(overlooked)
            }
        }
    }

    pub(super) fn has_due(&self, now: Time) -> bool {
        let runs = matches!(self.running, Running::Somebody { callback: true, .. });
        runs || self.earliest().is_some_and(|earliest| earliest <= now)
    }

    pub(super) fn expired(&self) -> u64 {
        self.expired
    }
}
