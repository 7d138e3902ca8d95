//! `compare wire`: messages between two OS processes on loopback.
//!
//! Each run is two OS processes, each this program started again. All systems but one speak the
//! same bytes, those of C++ libprocess: a connection each way, a `POST` with one chunk for each
//! message, and a `202` for each. ractor_cluster has a form and a program of its own,
//! `src/cluster.rs`. What a measure counts of both sides (processor time, system calls) is counted
//! from outside and is the same for all.

mod actors;
mod bytes;
mod channels;
mod child;
pub mod load;
mod meet;
mod one_task;
mod ours;
pub mod recorder;
mod report;
pub mod run;
pub mod spec;
pub mod system;
pub mod systems;
