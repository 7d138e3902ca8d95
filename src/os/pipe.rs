//! Our ends of the pipes to a child.

use std::fmt;
use std::future::poll_fn;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;

use bytes::Bytes;
use mio::unix::pipe::{Receiver, Sender};

use super::reaper::Reaper;
use crate::future::{Failure, Future, Promise};
use crate::reactor::{Direction, Registration};

/// What a child writes; dropping it closes the pipe.
pub struct PipeReader {
    pipe: Registration<Receiver>,
    reaper: Reaper,
}

/// What a child reads; dropping it closes the pipe, which the child sees as the end.
pub struct PipeWriter {
    pipe: Registration<Sender>,
    reaper: Reaper,
}

impl PipeReader {
    pub(super) fn new(descriptor: OwnedFd, reaper: &Reaper) -> io::Result<Self> {
        let pipe = Receiver::from(descriptor);
        pipe.set_nonblocking(true)?;
        Ok(Self {
            pipe: reaper.reactor().register(pipe)?,
            reaper: reaper.clone(),
        })
    }

    /// Reads what there is, at least a byte; zero bytes are the end.
    ///
    /// # Errors
    ///
    /// The pipe broke.
    pub async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = buffer.len();
        poll_fn(|ctx| {
            let read = |mut pipe: &Receiver| pipe.read(buffer);
            self.pipe.poll_io(Direction::Read, ctx, read, |count| {
                (1..size).contains(count)
            })
        })
        .await
    }

    /// Everything until the end.
    pub fn read_to_end(mut self) -> Future<Vec<u8>> {
        let reaper = self.reaper.clone();
        let work = async move {
            let mut all = Vec::new();
            loop {
                let filled = all.len();
                all.resize(filled + CHUNK, 0);
                let count = self.read(&mut all[filled..]).await?;
                all.truncate(filled + count);
                if count == 0 {
                    return Ok(all);
                }
            }
        };
        start(&reaper, work)
    }
}

impl PipeWriter {
    pub(super) fn new(descriptor: OwnedFd, reaper: &Reaper) -> io::Result<Self> {
        let pipe = Sender::from(descriptor);
        pipe.set_nonblocking(true)?;
        Ok(Self {
            pipe: reaper.reactor().register(pipe)?,
            reaper: reaper.clone(),
        })
    }

    /// Writes as much as the pipe takes, at least a byte.
    ///
    /// # Errors
    ///
    /// The child closed its end.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        poll_fn(|ctx| {
            let write = |mut pipe: &Sender| pipe.write(bytes);
            self.pipe
                .poll_io(Direction::Write, ctx, write, |count| *count < bytes.len())
        })
        .await
    }

    /// Writes everything, then closes the pipe.
    pub fn write_all(mut self, bytes: impl Into<Bytes>) -> Future<()> {
        let mut bytes = bytes.into();
        let reaper = self.reaper.clone();
        let work = async move {
            while !bytes.is_empty() {
                let count = self.write(&bytes).await?;
                drop(bytes.split_to(count));
            }
            Ok(())
        };
        start(&reaper, work)
    }
}

impl fmt::Debug for PipeReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipeReader").finish_non_exhaustive()
    }
}

impl fmt::Debug for PipeWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipeWriter").finish_non_exhaustive()
    }
}

fn start<T: Send + 'static>(
    reaper: &Reaper,
    work: impl std::future::Future<Output = io::Result<T>> + Send + 'static,
) -> Future<T> {
    let (promise, future) = Promise::new();
    reaper.start(async move {
        match work.await {
            Ok(value) => promise.set(value),
            Err(error) => promise.fail(Failure::from(error)),
        };
    });
    future
}

/// How much is read at once.
const CHUNK: usize = 64 * 1024;
