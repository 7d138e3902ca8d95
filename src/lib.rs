//! Actors with addresses, after Apache Mesos' libprocess.

pub mod address;
pub mod clock;
pub mod codec;
pub mod default;
pub mod future;
pub mod http;
pub mod metrics;
pub mod net;
pub mod os;
pub mod prelude;
pub mod primitive;
pub mod process;
#[cfg(feature = "protobuf")]
pub mod protobuf;
pub mod reactor;
pub mod runtime;
pub mod scheduler;
pub mod services;
pub mod socket_manager;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;
pub mod web;
