//! The systems that are measured.

use std::any::Any;
use std::net::SocketAddr;
use std::sync::Arc;

use super::recorder::Recorder;
use super::spec::Spec;
use super::{channels, one_task, ours};

/// A system: how each side of a run is started.
pub struct System {
    pub name: &'static str,
    pub about: &'static str,
    pub pong: fn(&Spec) -> (SocketAddr, Running),
    pub ping: fn(&Spec, SocketAddr, &Arc<Recorder>) -> Pinging,
}

/// What has to be kept for a side to go on.
pub type Running = Box<dyn Any>;

/// Sends a body.
pub type Send = Box<dyn FnMut(&[u8])>;

/// A side that pings.
pub struct Pinging {
    /// Sends one ping more; for open loads.
    pub send: Send,
    pub _running: Running,
}

pub const ALL: &[System] = &[
    System {
        name: "libprocess",
        about: "this library",
        pong: ours::pong,
        ping: ours::ping,
    },
    System {
        name: "tokio-one-task",
        about: "by hand, one task on one thread, batched: the ceiling",
        pong: one_task::pong_batched,
        ping: one_task::ping_batched,
    },
    System {
        name: "tokio-channels",
        about: "by hand, tasks and channels on two threads, batched",
        pong: channels::pong,
        ping: channels::ping,
    },
    System {
        name: "tokio-unbatched",
        about: "by hand, one task, one write a message, as C++ libprocess does",
        pong: one_task::pong_unbatched,
        ping: one_task::ping_unbatched,
    },
];

pub fn find(name: &str) -> Option<&'static System> {
    ALL.iter().find(|system| system.name == name)
}
