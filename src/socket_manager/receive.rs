//! Taking the messages that arrive among the requests of the web server.

use bytes::Bytes;

use super::{Shared, SocketManager};
use crate::address::{Address, Upid};
use crate::codec::message::{Message, MessageHead, Name};
use crate::http::{Response, Status};
use crate::process::Row;
use crate::web::Service;

/// As libprocess receives: a sender that cannot be parsed is the empty UPID, and the `Host` is
/// ignored. Firewall and guard were asked before.
impl Service for SocketManager {
    fn open(&self, head: &MessageHead<'_>, peer: Address) -> Result<Message, Response> {
        let shared = &self.shared;
        let id = head.id().map_err(|error| {
            let text = format!("Failed to decode URL path: {error}");
            Response::text(Status::INTERNAL_SERVER_ERROR, text)
        })?;
        let from = head.sender().unwrap_or_else(|| {
            shared.counters.unparsable_senders.increment();
            Upid::default()
        });
        shared.check_ip(&from, peer)?;
        Ok(Message {
            name: Name::copied(head.name),
            from,
            to: Upid::new(id, shared.address),
            body: Bytes::new(),
        })
    }

    fn deliver(&self, to: &Upid, messages: Row<'_>) -> Result<(), Response> {
        let found = self.shared.inbound.deliver(to, messages);
        found.then_some(()).ok_or_else(Response::not_found)
    }
}

impl Shared {
    fn check_ip(&self, from: &Upid, peer: Address) -> Result<(), Response> {
        // Who comes over a socket at a path has no ip, as has who is nobody: that is no match.
        let is_match = from.address().ip() == peer.ip() && !peer.ip().is_unspecified();
        if is_match || !self.options.require_peer_ip_match {
            return Ok(());
        }
        self.counters.mismatched_senders.increment();
        Err(Response::bad_request(format!(
            "UPID IP address validation failed: Message from {from} was sent from IP {peer}"
        )))
    }
}
