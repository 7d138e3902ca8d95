//! Threads: the only place that starts one.

use std::io;

#[cfg(loom)]
use loom::thread as model;
#[cfg(shuttle)]
use shuttle::thread as model;
#[cfg(not(any(loom, shuttle)))]
use std::thread as model;

pub use model::{JoinHandle, Thread, current, park, yield_now};
#[cfg(not(any(loom, shuttle)))]
pub use std::thread::panicking;

/// Starts a thread.
///
/// # Errors
///
/// When the OS has no thread left to give.
pub fn spawn<T: Send + 'static>(
    name: &str,
    body: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    model::Builder::new().name(name.to_owned()).spawn(body)
}

/// How many threads the machine runs at once.
pub fn available_parallelism() -> usize {
    num_cpus::get()
}

/// Declares a thread-local; in production without a check for its first use.
///
/// ```ignore
/// thread::local! { static DEPTH: Cell<u32> = Cell::new(0) }
/// ```
macro_rules! local {
    ($($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $initial:expr;)+) => {
        $(
            #[cfg(loom)]
            loom::thread_local! { $(#[$attribute])* $visibility static $name: $type = $initial; }
            #[cfg(shuttle)]
            shuttle::thread_local! { $(#[$attribute])* $visibility static $name: $type = $initial; }
            #[cfg(not(any(loom, shuttle)))]
            std::thread_local! {
                $(#[$attribute])* $visibility static $name: $type = const { $initial };
            }
        )+
    };
}
pub(crate) use local;
