//! Who takes the messages that arrive among requests.

use crate::address::{Address, Upid};
use crate::codec::message::{Message, MessageHead};
use crate::http::Response;
use crate::process::Row;

/// Takes the libprocess messages that arrive on the connections of a [`Server`](super::Server).
///
/// One connection carries messages and requests in one order of answers, so the server owns it,
/// reads both, and hands messages to this guest.
pub trait Service: Send + Sync + 'static {
    /// Turns the head of a message from `peer` into the message that it is to be, without its
    /// body.
    ///
    /// # Errors
    ///
    /// The answer to a message that is not taken. Its body is read and dropped.
    fn open(&self, head: &MessageHead<'_>, peer: Address) -> Result<Message, Response>;

    /// Takes messages in their order; the answer to each is `202 Accepted`, which means no more
    /// than that it was queued.
    ///
    /// # Errors
    ///
    /// The answer to each of them, if nobody takes them.
    fn deliver(&self, to: &Upid, messages: Row<'_>) -> Result<(), Response>;
}
