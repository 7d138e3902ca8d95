//! The framework's side: a driver that speaks to the master, and the callbacks it makes.
//!
//! # Registration
//!
//! The driver's process waits for its [`Detector`](crate::detector::Detector) to name a leader,
//! links to it and sends `SUBSCRIBE`, again and again with a random, growing delay, until the
//! master answers. The first answer brings the framework's id; from then on every `SUBSCRIBE`
//! carries it. `force` tells the master that this is a new incarnation of the framework that takes
//! over from whoever had the id before; a driver forces only until it was registered once.
//!
//! The original driver learns of a lost master from its detector alone, which for a fixed address
//! never reports anything. Ours takes the end of the link for a lost master as well: it calls
//! `disconnected` and subscribes again.
//!
//! # What gets through
//!
//! Every message of a master that is not the leader, or that arrives while the driver is not
//! registered, is dropped; only framework messages (which agents send directly) and errors are not.
//! Calls that are made while disconnected are dropped, since the scheduler is told and the master
//! forgets offers as well; tasks that would be launched so are reported lost at once. What a
//! scheduler said of its roles (`revive`, `suppress`) is remembered and told to the next master.
//!
//! # Acknowledgements
//!
//! An update that carries a uuid is sent again by its agent until it is acknowledged. By default
//! that happens after [`Scheduler::status_update`] returned, unless the driver was stopped or
//! aborted in it: then the next incarnation of the scheduler sees the update again.

mod callbacks;
mod calls;
mod driver;
mod events;
mod process;

pub use callbacks::Scheduler;
pub use driver::{Builder, SchedulerDriver};
