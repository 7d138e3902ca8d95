//! What may be asked of the cluster: frameworks and tasks that make sense.
//!
//! Each check gives the first thing that is wrong as a sentence for whoever asked; it ends up in a
//! `FrameworkErrorMessage` or in the message of a `TASK_ERROR`.

mod framework;
mod task;

pub use framework::{check_framework, failover_timeout, roles_of};
pub use task::{Launch, Needs};
