//! Behaviour tests, one behaviour a file, one folder an area.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong ends by panic")]

mod clock;
mod codec;
mod corpora;
mod future;
mod http;
mod messages;
mod metrics;
mod net;
mod os;
mod primitive;
mod process;
#[cfg(feature = "protobuf")]
mod protobuf;
mod runtime;
mod scheduler;
mod services;
mod simulation;
mod web;
mod wire;
