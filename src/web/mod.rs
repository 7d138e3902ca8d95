//! HTTP on any stream: a server for what arrives, a small client for what is asked.
//!
//! A [`Server`] runs one task of the scheduler for each accepted connection, so that a simulation's
//! seed and `settle` see them. There are no sockets here: a connection is a
//! [`Stream`](crate::net::Stream), of TCP or in memory.
//!
//! # One connection
//!
//! ```text
//!            intake ──► Service (messages)
//!  bytes ──► (codec)                                ──► answers ──► outbox ──► bytes
//!            ──► route ──► process (requests)           in order
//! ```
//!
//! - A connection carries messages and requests side by side. Heads that are messages are offered
//!   to the [`Service`]; the rest is routed to a process by the first segment of its path, or to
//!   the delegate.
//! - Whatever a read brought is taken apart and handed on at once, unless that takes more than a
//!   tenth of a millisecond: then others have their turns before the rest, and so they have while
//!   a compressed body comes out in parts. Deliveries never wait for the answers before them;
//!   **answers leave strictly in the order of what they answer**, all that are due in one write.
//! - Nothing waits for a writer before it reads on: if both ends did, they would wait for each
//!   other once the buffers between them are full. Only a connection whose own answers pile up is
//!   left unread, by the limits `unanswered_requests`, `unanswered_bytes` and
//!   `unwritten_bytes`.
//! - A client that shuts down its writing half gets all of its answers. One that breaks its
//!   connection off by a reset, as [our own](client) does when it gives up, has the futures of the
//!   answers discarded, and the readers of streamed ones close. One that closes its end while it
//!   waits looks like the former until something is written, or until a probe of
//!   [`keepalive`](crate::net::tcp::Options::keepalive) finds nobody there.
//! - What makes no sense is answered with the status that says why, and the connection is closed.
//!   A process that gives no answer, or fails, costs its client a 500, and the connection goes on.
//! - An answer that breaks off while it is streamed ends the connection: nothing else can tell the
//!   client.
//!
//! A [`Handler`] has a server of its own, beside that of the processes. A [`Guard`] decides which
//! messages are let in; without one, all are.
//!
//! Unlike C++ libprocess, `HEAD` gets no body, an abandoned answer does not block what follows
//! it, and a connection that will be closed says so.

mod server;
mod service;

pub mod authentication;
pub mod client;

mod answers;
mod batch;
mod bodies;
mod connection;
mod firewall;
mod front;
mod gathered;
mod gathering;
mod guard;
mod handler;
mod hold;
mod intake;
mod memo;
pub(crate) mod outbox;
mod passing;
mod patience;
mod phase;
mod route;
mod sizes;
mod streaming;
mod turn;

pub use firewall::{DisabledEndpoints, Firewall, Knock, Rule};
pub use guard::Guard;
pub use handler::Handler;
pub use server::{Counters, Parts, Server};
pub use service::Service;
