//! An Apache-Mesos-compatible cluster manager on libprocess.

pub mod flags;
pub mod messages;
