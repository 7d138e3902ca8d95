//! The two signals that ask a program to stop: the one place that knows of signals.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;

use libprocess::future::{Promise, Shared};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::pipe;

/// SIGINT and SIGTERM, from when this was made: neither ends this OS process any more.
#[derive(Debug)]
pub struct Signals {
    /// Signals come through here, a byte each.
    inbox: UnixStream,
    outbox: UnixStream,
}

impl Signals {
    /// Begins to catch them.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn catch() -> io::Result<Self> {
        let (inbox, outbox) = UnixStream::pair()?;
        for signal in [SIGINT, SIGTERM] {
            pipe::register(signal, outbox.try_clone()?)?;
        }
        Ok(Self { inbox, outbox })
    }

    /// Blocks until a signal comes.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn wait(&mut self) -> io::Result<()> {
        let (_endless, over) = Promise::new();
        self.wait_unless(&over.shared()).map(drop)
    }

    /// Blocks until a signal comes, which is true, or `over` is completed, which is false.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn wait_unless(&mut self, over: &Shared<()>) -> io::Result<bool> {
        let mut waker = self.outbox.try_clone()?;
        // Nobody waits any more if this fails.
        over.future().finally(move |_| drop(waker.write(&[OVER])));
        let mut byte = [OVER];
        self.inbox.read_exact(&mut byte)?;
        Ok(byte != [OVER])
    }
}

/// What no signal writes.
const OVER: u8 = 0;
