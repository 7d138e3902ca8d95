//! Bodies that are sent as they are written.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::outbox::Outbox;
use crate::codec::body;
use crate::future::{Error, Future};
use crate::http::{Reader, Sending};

/// The body of a message whose head was written, on its way from a pipe to the outbox.
pub(super) struct Streaming {
    reader: Reader,
    read: Option<Future<Bytes>>,
    is_chunked: bool,
}

/// What was passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    /// One chunk; there may be more.
    Chunk,
    /// The end.
    End,
}

impl Streaming {
    pub(super) fn new(reader: Reader, sending: Sending) -> Self {
        Self {
            reader,
            read: None,
            is_chunked: sending == Sending::Chunks,
        }
    }

    /// Passes one chunk, or the end, on to `outbox`.
    ///
    /// # Errors
    ///
    /// The writer failed: the body can only be broken off.
    pub(super) fn poll(
        &mut self,
        ctx: &mut Context<'_>,
        outbox: &mut Outbox,
    ) -> Poll<Result<Passed, Error>> {
        let read = self.read.get_or_insert_with(|| self.reader.read());
        let outcome = ready!(Pin::new(read).poll(ctx));
        self.read = None;
        let chunk = outcome?;
        if chunk.is_empty() {
            if self.is_chunked {
                outbox.append(body::encode_last_chunk);
            }
            return Poll::Ready(Ok(Passed::End));
        }
        if self.is_chunked {
            outbox.append(|out| body::encode_chunk_size(chunk.len(), out));
            outbox.push(chunk);
            outbox.append(body::encode_chunk_end);
        } else {
            outbox.push(chunk);
        }
        Poll::Ready(Ok(Passed::Chunk))
    }
}
