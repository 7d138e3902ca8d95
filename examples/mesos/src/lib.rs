//! An Apache-Mesos-compatible cluster manager on libprocess.

pub mod messages;

pub mod attributes;
pub mod flags;
pub mod ids;
pub mod resources;
pub mod roles;
