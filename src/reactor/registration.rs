//! A descriptor that the event loop watches.

use std::fmt;
use std::io;
use std::task::{Context, Poll};

use crate::primitive::sync::Arc;

use super::Shared;
use super::readiness::{Level, Readiness};

/// Which way a descriptor is used. Each way has room for one waiting task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Reading, peeking, accepting.
    Read,
    /// Writing, connecting.
    Write,
}

/// A source that the event loop watches until this is dropped, and then closes with it.
pub struct Registration<S: mio::event::Source> {
    source: S,
    token: mio::Token,
    readiness: Arc<Readiness>,
    shared: Arc<Shared>,
}

impl<S: mio::event::Source> Registration<S> {
    pub(super) fn new(
        source: S,
        token: mio::Token,
        readiness: Arc<Readiness>,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            source,
            token,
            readiness,
            shared,
        }
    }

    /// What is watched.
    pub fn source(&self) -> &S {
        &self.source
    }

    #[cfg(test)]
    pub(super) fn token(&self) -> mio::Token {
        self.token
    }

    /// Tries a non-blocking `operation` once it is worth while, again and again until it does
    /// something other than block. One task at a time may wait for each direction.
    ///
    /// `drained` is asked about a success: may the next try be spared until the kernel reports
    /// a change? So it is after a read that filled only a part of its buffer. Where the answer
    /// is not known, say no.
    ///
    /// # Errors
    ///
    /// Those of `operation`.
    pub fn poll_io<T>(
        &self,
        direction: Direction,
        ctx: &mut Context<'_>,
        mut operation: impl FnMut(&S) -> io::Result<T>,
        drained: impl FnOnce(&T) -> bool,
    ) -> Poll<io::Result<T>> {
        loop {
            let Some(level) = self.readiness.take(direction, ctx.waker()) else {
                return Poll::Pending;
            };
            let result = operation(&self.source);
            let kind = result.as_ref().err().map(io::Error::kind);
            if kind == Some(io::ErrorKind::WouldBlock) {
                continue;
            }
            if kind == Some(io::ErrorKind::Interrupted) {
                self.readiness.put_back(direction, level);
                continue;
            }
            let spare = level == Level::Ready && result.as_ref().is_ok_and(drained);
            if !spare {
                self.readiness.put_back(direction, level);
            }
            return Poll::Ready(result);
        }
    }

    /// Ends once nothing in a direction will ever block again: it ended, or broke. Until then who
    /// waits may be woken now and then for nothing.
    pub fn poll_ended(&self, direction: Direction, ctx: &mut Context<'_>) -> Poll<()> {
        match self.readiness.has_ended(direction, ctx.waker()) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}

impl<S: mio::event::Source> Drop for Registration<S> {
    fn drop(&mut self) {
        self.shared.deregister(&mut self.source, self.token);
    }
}

impl<S: mio::event::Source + fmt::Debug> fmt::Debug for Registration<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}
