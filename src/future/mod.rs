//! Futures and promises, after libprocess.
//!
//! [`Promise::new`] makes a promise and its [`Future`]. The promise completes the future once: with
//! a value, with a failure, or as discarded; dropped without, it leaves the future abandoned.
//!
//! ```text
//!              set ─────► ready
//!   pending ── fail ────► failed
//!              discard ─► discarded
//!              drop ────► abandoned
//! ```
//!
//! Values move. A future has one owner, who awaits it, waits for it, or turns it into another one
//! ([`map`](Future::map), [`then`](Future::then), [`collect`]); callbacks such as
//! [`on_ready`](Future::on_ready) see the value by reference. Where many want the same value,
//! there is [`Future::shared`].
//!
//! # Discard
//!
//! To [discard](Future::discard) a future is to ask its producer to stop. Nothing ends by it: the
//! producer may [listen](Promise::on_discard) and end the future as discarded, or carry on. A
//! request travels from a derived future to those it waits for, however long the chain, and keeps
//! none of them alive.
//!
//! # Who runs what, and where
//!
//! Completing a future runs, in this order: the callbacks for its kind of outcome, those for any
//! outcome, and then either the continuation of the future derived from it, or the waker of the
//! task that awaits it. All this happens on the completing thread, inside of the completing call
//! and under no lock. A chain of derived futures completes in a loop: it takes no stack, however
//! long it is. A callback or a continuation that panics does so in the completing call, and what
//! would have come after it is abandoned.
//!
//! When a future is complete, all of its callbacks are gone, and what they held is released.
//!
//! This module knows neither timers nor processes.

mod cell;
mod chain;
mod counted;
mod derive;
mod discard;
mod error;
mod gather;
mod handle;
mod listeners;
#[cfg(all(test, loom))]
mod models;
mod promise;
mod select;
mod shared;
mod state;
mod wait;

pub use discard::Discarder;
pub use error::{Error, Failure};
pub use gather::{Gather, await_all, collect};
pub use handle::Future;
pub use promise::Promise;
pub use select::select;
pub use shared::Shared;
