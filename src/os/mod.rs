//! Child processes of the operating system: started, watched, reaped, killed; and what the
//! machine has.
//!
//! A [`Command`] says what to start, a [`Reaper`] watches what was started, and a [`Subprocess`]
//! is the handle to it. The [`Reaper`] is handed in like the clock and the network: a runtime
//! that runs on real threads has one.
//!
//! ```
//! use libprocess::os::{Command, Redirect};
//! use libprocess::runtime::Runtime;
//!
//! let runtime = Runtime::builder().start()?;
//! let reaper = runtime.reaper().expect("it was handed no scheduler");
//! let child = Command::shell("exit 3").stdout(Redirect::Null).spawn(reaper)?;
//! assert_eq!(child.status().wait()?.code(), Some(3));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # No zombies, no leaks
//!
//! Every child is watched from its first moment through a pidfd, a descriptor that becomes
//! readable when the child ends. The event loop waits for it as it waits for sockets, so nothing
//! polls (C++ libprocess looks at its children up to ten times a second, and never while its
//! clock is paused), no `SIGCHLD` handler is installed, and children of others are left alone.
//! A child inherits its three standard streams and no other descriptor.
//!
//! What is absent: waiting for the end without an event loop, and limits on resources.

mod calls;
mod command;
mod pipe;
mod reaper;
mod subprocess;
mod tree;
pub mod usage;

pub use command::{Command, Environment, Redirect, SpawnError};
pub use pipe::{PipeReader, PipeWriter};
pub use reaper::Reaper;
pub use subprocess::Subprocess;
pub use tree::kill_tree;
