//! Behaviour tests of the cluster manager: one binary, one behaviour a file.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong ends by panic")]

mod agent;
mod executor;
mod master;
mod native;
mod program;
mod programs;
mod scheduler;
mod simulation;
mod support;
