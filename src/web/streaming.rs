//! Bodies that are sent as they are written.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::outbox::Outbox;
use crate::codec::body;
use crate::future::{Error, Failure, Future};
use crate::http::{Reader, Sending};

/// The body of a message whose head was written, on its way from a pipe to the outbox.
pub(super) struct Streaming {
    reader: Reader,
    read: Option<Future<Bytes>>,
    form: Form,
}

enum Form {
    Chunked,
    /// As it is, with so many bytes left to come.
    Sized(u64),
    /// As it is, until the connection ends.
    Open,
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
        let form = match (sending, reader.length()) {
            (Sending::Chunks, _) => Form::Chunked,
            (Sending::Plain, Some(length)) => Form::Sized(length),
            _ => Form::Open,
        };
        Self {
            reader,
            read: None,
            form,
        }
    }

    /// Passes one chunk, or the end, on to `outbox`.
    ///
    /// # Errors
    ///
    /// The writer failed, or wrote more or less than it had said: the body can only be broken
    /// off.
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
            return Poll::Ready(self.end(outbox));
        }
        match &mut self.form {
            Form::Chunked => {
                outbox.append(|out| body::encode_chunk_size(chunk.len(), out));
                outbox.push(chunk);
                outbox.append(body::encode_chunk_end);
            }
            Form::Sized(left) => {
                let rest = left.checked_sub(chunk.len() as u64);
                *left = rest.ok_or_else(|| Failure::new(TOO_LONG))?;
                outbox.push(chunk);
            }
            Form::Open => outbox.push(chunk),
        }
        Poll::Ready(Ok(Passed::Chunk))
    }

    fn end(&self, outbox: &mut Outbox) -> Result<Passed, Error> {
        match self.form {
            Form::Chunked => outbox.append(body::encode_last_chunk),
            Form::Sized(0) | Form::Open => {}
            Form::Sized(_) => return Err(Failure::new(TOO_SHORT).into()),
        }
        Ok(Passed::End)
    }
}

const TOO_LONG: &str = "the body is longer than its length";

const TOO_SHORT: &str = "the body is shorter than its length";
