//! The executor's side: a driver that speaks to the agent, and the callbacks it makes.
//!
//! # Life
//!
//! The agent starts the executor's OS process and tells it by [`Environment`] where the agent is
//! and whose executor this is. The driver's process links to the agent and says so, once; the agent
//! answers with what the executor may know, and the tasks follow.
//!
//! # What is kept
//!
//! Every update is kept until the agent acknowledges it, and so is every task until one of its
//! updates is acknowledged. The driver sends nothing again on its own: an agent that came back
//! after a restart asks (`ReconnectExecutorMessage`), and gets all that it may have missed in one
//! message.
//!
//! # The end
//!
//! An executor whose agent is gone has nobody to run tasks for. Where the framework checkpoints,
//! the agent may come back within the recovery timeout; otherwise, or after it, the driver shuts
//! down as if the agent had asked for it: the executor gets one last callback, and who is still
//! there after the grace period is killed.

mod callbacks;
mod driver;
mod environment;
mod process;

pub use callbacks::Executor;
pub use driver::{Builder, ExecutorDriver};
pub use environment::{Environment, EnvironmentError};
