//! The two signals that ask a program to stop: the one place that knows of signals.

use std::io;

use libprocess::future::Shared;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator;

/// SIGINT and SIGTERM, from when this was made: neither ends this OS process any more.
pub struct Signals(iterator::Signals);

impl Signals {
    /// Begins to catch them.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn catch() -> io::Result<Self> {
        iterator::Signals::new([SIGINT, SIGTERM]).map(Self)
    }

    /// Blocks until a signal comes, and says which one; none if `over` completes before.
    pub fn wait(&mut self, over: Shared<()>) -> Option<i32> {
        let waker = self.0.handle();
        over.future().finally(move |_| waker.close());
        self.0.forever().next()
    }
}
