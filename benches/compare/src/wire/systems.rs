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
    /// Whether it can take part in a measure.
    pub takes: fn(&Spec) -> bool,
    /// None if they are not in this program, but in the one with ractor_cluster.
    pub sides: Option<Sides>,
}

/// The two sides of a run.
pub struct Sides {
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
        takes: |_| true,
        sides: Some(Sides {
            pong: ours::pong_adaptive,
            ping: ours::ping_adaptive,
        }),
    },
    System {
        name: "libprocess-no-spin",
        about: "this library, with workers that never wait awake",
        takes: is_alone,
        sides: Some(Sides {
            pong: ours::pong_asleep,
            ping: ours::ping_asleep,
        }),
    },
    System {
        name: "tokio-one-task",
        about: "by hand, one task on one thread, batched: the ceiling",
        takes: is_alone,
        sides: Some(Sides {
            pong: one_task::pong_batched,
            ping: one_task::ping_batched,
        }),
    },
    System {
        name: "tokio-channels",
        about: "by hand, tasks and channels on two threads, batched",
        takes: is_alone,
        sides: Some(Sides {
            pong: channels::pong,
            ping: channels::ping,
        }),
    },
    System {
        name: "tokio-unbatched",
        about: "by hand, one task, one write a message, as C++ libprocess does",
        takes: is_alone,
        sides: Some(Sides {
            pong: one_task::pong_unbatched,
            ping: one_task::ping_unbatched,
        }),
    },
    System {
        name: "ractor_cluster",
        about: "actors of ractor on two nodes; its own form, not that of C++ libprocess",
        takes: |spec| is_alone(spec) && spec.linked,
        sides: None,
    },
];

/// Only this library is measured with links to others.
fn is_alone(spec: &Spec) -> bool {
    spec.crowd == 0
}

pub fn find(name: &str) -> Option<&'static System> {
    ALL.iter().find(|system| system.name == name)
}
