//! Where processes meet the network: two traits, one down and one up.

use bytes::Bytes;

use super::Row;
use crate::address::Upid;
use crate::codec::message::{Message, Name};
use crate::future::Promise;
use crate::http::{Request, Response};
use crate::primitive::sync::Arc;

/// Whether a link may use the connection that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[doc(alias = "RemoteConnection")]
pub enum Connection {
    /// Share the connection that other links and messages to that address use.
    #[default]
    #[doc(alias = "REUSE")]
    Reuse,
    /// Open a new one in its place, since the old one may be dead without our knowing.
    #[doc(alias = "RECONNECT")]
    Reconnect,
}

/// Down: how messages leave for other addresses and how links to them are kept.
///
/// Implemented by the socket manager; none of its methods blocks.
pub trait Transport: Send + Sync + 'static {
    /// Sends a message to `message.to`, which is at another address.
    fn send(&self, message: Message);

    /// Remembers that `linker` wants to hear when the connection to `to` breaks, once.
    fn link(&self, linker: &Upid, to: &Upid, connection: Connection);

    /// Forgets every link of `linker`, which has ended.
    fn forget(&self, linker: &Upid);

    /// A shorter way for more messages of this name between these two, of which one was just sent;
    /// none if there is no shorter one.
    fn lane(&self, from: &Upid, to: &Upid, name: &Name) -> Option<Arc<dyn Lane>> {
        let _ = (from, to, name);
        None
    }
}

/// The way of all messages of one name from one process to another, for a sender to keep.
pub trait Lane: Send + Sync + 'static {
    /// Sends a message, as [`Transport::send`] does.
    ///
    /// # Errors
    ///
    /// Gives the body back if the way leads nowhere any more: the transport knows another.
    fn send(&self, body: Bytes) -> Result<(), Bytes>;
}

/// Up: what arrives from other addresses.
///
/// Implemented by [`ProcessManager`](super::ProcessManager).
pub trait Inbound: Send + Sync + 'static {
    /// Queues messages for a process at once, in their order. Says whether there is such a process.
    fn deliver(&self, to: &Upid, messages: Row<'_>) -> bool;

    /// Queues a request at the process `id`, which sets the promise; should the process end
    /// first, the promise is set to `500 Internal Server Error`, and if no process has that id, to
    /// `404 Not Found`.
    fn request(&self, id: &str, request: Request, response: Promise<Response>);

    /// Tells `linker` that the connection to `pid` broke; whether `linker` is there.
    fn exited(&self, linker: &Upid, pid: &Upid) -> bool;

    /// Whether a process has this id.
    fn exists(&self, id: &str) -> bool;

    /// The process of this id, to be asked.
    fn endpoint(&self, id: &str) -> Option<Arc<dyn Endpoint>>;
}

/// Somebody who answers requests.
pub trait Endpoint: Send + Sync + 'static {
    /// Whether a request for this path is to be handed over before its body is there.
    fn is_streaming(&self, path: &str) -> bool;

    /// Which endpoint answers requests for this path, as `/<id>/<route>`, if it has endpoints.
    fn route(&self, path: &str) -> Option<String> {
        let _ = path;
        None
    }

    /// Hands a request over. A promise that is dropped is answered `500 Internal Server Error`.
    fn ask(self: Arc<Self>, request: Request, response: Promise<Response>);

    /// Hands over all of these in their order, and leaves none.
    fn ask_all(self: Arc<Self>, requests: &mut Vec<(Request, Promise<Response>)>) {
        for (request, response) in requests.drain(..) {
            Arc::clone(&self).ask(request, response);
        }
    }
}
