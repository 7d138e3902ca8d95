//! An Apache-Mesos-compatible cluster manager on libprocess.

pub mod messages;
