//! `compare wire`: messages between two OS processes on loopback.
//!
//! Each run is two OS processes, each this program started again. All systems speak the same
//! bytes, those of C++ libprocess: a connection each way, a `POST` with one chunk for each
//! message, and a `202` for each. What a measure counts of both sides (processor time, system
//! calls) is counted from outside and is the same for all.

mod actors;
mod bytes;
mod channels;
mod child;
mod load;
mod meet;
mod one_task;
mod ours;
mod recorder;
mod report;
mod run;
mod spec;
mod system;
mod systems;

pub use run::{main, side};
pub use system::processor_time;
