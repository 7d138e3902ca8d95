//! An Apache-Mesos-compatible cluster manager on libprocess.

pub mod messages;

pub mod attributes;
pub mod backoff;
pub mod commands;
pub mod detector;
mod driver;
pub mod durations;
pub mod flags;
pub mod ids;
pub mod json;
pub mod master;
pub mod metrics;
pub mod resources;
pub mod roles;
pub mod states;
pub mod uuid;
pub mod validation;
pub mod version;

pub mod logging;
pub mod machine;
pub mod signals;

pub mod agent;
pub mod executor;
pub mod scheduler;

pub mod cluster;
pub mod command_executor;
pub mod demonstration;
pub mod execute;
