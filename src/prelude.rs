//! What most programs import: `use libprocess::prelude::*;`.
//!
//! It leaves out [`Future`](crate::future::Future), which would shadow the trait that the standard
//! prelude has.

pub use crate::address::{Address, Upid};
pub use crate::codec::message::Message;
pub use crate::http::{Request, Response};
pub use crate::process::{Context, Pid, Process, This};
pub use crate::runtime::Runtime;
pub use crate::time::{Time, days, hours, micros, millis, mins, secs};
