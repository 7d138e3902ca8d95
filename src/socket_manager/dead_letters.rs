//! Messages to other addresses that did not arrive, as far as that is known.

use std::fmt;

use super::Counters;
use crate::address::Address;
use crate::codec::message::Message;
use crate::metrics::Counter;
use crate::primitive::sync::{Arc, assert_none_held};

/// Why messages are dead letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The id or the name would break the wire.
    Unencodable,
    /// Too much waits for the connection already.
    QueueFull,
    /// The runtime is stopping.
    Stopping,
    /// The connection failed to open or broke before they were written.
    ConnectionBroke,
    /// The peer answered that it does not take them: mostly since it has no such process.
    Refused,
}

/// Messages to one address that are dead for one reason.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DeadLetters<'a> {
    /// For where they were.
    pub to: Address,
    /// What became of them.
    pub reason: Reason,
    /// How many there are.
    pub count: usize,
    /// The message, if it is one that was never queued. Those that were are bytes.
    pub message: Option<&'a Message>,
}

/// Hears of dead letters. Called on whatever thread meets them; it must be quick, and must not
/// wait.
pub type Observer = Arc<dyn Fn(&DeadLetters<'_>) + Send + Sync>;

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unencodable => "the message cannot be written down",
            Self::QueueFull => "too much is queued for its address",
            Self::Stopping => "the connections are being closed",
            Self::ConnectionBroke => "the connection broke",
            Self::Refused => "the peer did not take it",
        })
    }
}

/// Counts dead letters and tells the observer.
pub(super) struct DeadLetterOffice {
    observer: Option<Observer>,
    counters: Arc<Counters>,
}

impl DeadLetterOffice {
    pub(super) fn new(observer: Option<Observer>, counters: Arc<Counters>) -> Self {
        Self { observer, counters }
    }

    /// Counts them by their reason, and tells.
    pub(super) fn take(&self, letters: &DeadLetters<'_>) {
        if letters.count == 0 {
            return;
        }
        self.counter(letters.reason).add(letters.count as i64);
        if let Some(observer) = &self.observer {
            assert_none_held();
            observer(letters);
        }
    }

    fn counter(&self, reason: Reason) -> &Counter {
        match reason {
            Reason::Unencodable => &self.counters.dead_letters_unencodable,
            Reason::QueueFull => &self.counters.dead_letters_queue_full,
            Reason::Stopping => &self.counters.dead_letters_stopping,
            Reason::ConnectionBroke => &self.counters.dead_letters_connection_broke,
            Reason::Refused => &self.counters.dead_letters_refused,
        }
    }
}
