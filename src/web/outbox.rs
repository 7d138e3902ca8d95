//! Bytes that wait to be written.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::task::{Context, Poll};

use bytes::Bytes;

use crate::net::Stream;

/// Bytes that wait to be written, in segments.
///
/// Small things are appended to one buffer, since copying them is cheaper than a slice of their
/// own in a system call; large bodies are queued as they are. Segments are bounded, so that a
/// long queue neither grows by copying nor is freed only as a whole. An empty outbox holds no
/// memory.
#[derive(Default)]
pub(crate) struct Outbox {
    segments: VecDeque<Segment>,
    /// Bytes of the first segment that are written already.
    written: usize,
    /// Bytes of all segments that are not.
    length: usize,
}

enum Segment {
    Joined(Vec<u8>),
    Alone(Bytes),
}

impl Segment {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Joined(bytes) => bytes,
            Self::Alone(bytes) => bytes,
        }
    }
}

impl Outbox {
    /// How many bytes wait.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Whether none wait.
    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Lets `write` append to a buffer, to which it may do nothing else.
    pub(crate) fn append<R>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let has_room = match self.segments.back() {
            Some(Segment::Joined(bytes)) => bytes.len() < SEGMENT_BYTES,
            _ => false,
        };
        if !has_room {
            self.segments.push_back(Segment::Joined(Vec::new()));
        }
        let Some(Segment::Joined(bytes)) = self.segments.back_mut() else {
            unreachable!("the last segment has room")
        };
        let before = bytes.len();
        let result = write(bytes);
        self.length += bytes.len() - before;
        if bytes.is_empty() {
            self.segments.pop_back();
        }
        result
    }

    /// Queues bytes, without copying them if they are many.
    pub(crate) fn push(&mut self, bytes: Bytes) {
        if bytes.len() < ALONE_BYTES {
            self.append(|buffer| buffer.extend_from_slice(&bytes));
        } else {
            self.length += bytes.len();
            self.segments.push_back(Segment::Alone(bytes));
        }
    }

    /// Writes until nothing is left or the stream takes no more.
    ///
    /// # Errors
    ///
    /// As the stream's. What was not written stays.
    pub(crate) fn poll_write(
        &mut self,
        ctx: &mut Context<'_>,
        stream: &dyn Stream,
    ) -> Poll<io::Result<()>> {
        while !self.is_empty() {
            let written = match self.poll_write_once(ctx, stream) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => written,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            };
            self.advance(written);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write_once(
        &self,
        ctx: &mut Context<'_>,
        stream: &dyn Stream,
    ) -> Poll<io::Result<usize>> {
        let first = &self.segments[0].bytes()[self.written..];
        if self.segments.len() == 1 {
            return stream.poll_write(ctx, first);
        }
        let mut slices = [IoSlice::new(&[]); SLICES_MAX];
        slices[0] = IoSlice::new(first);
        let mut count = 1;
        for (slice, segment) in slices[1..].iter_mut().zip(self.segments.iter().skip(1)) {
            *slice = IoSlice::new(segment.bytes());
            count += 1;
        }
        stream.poll_write_vectored(ctx, &slices[..count])
    }

    fn advance(&mut self, mut written: usize) {
        self.length -= written;
        while let Some(first) = self.segments.front() {
            let left = first.bytes().len() - self.written;
            if written < left {
                self.written += written;
                return;
            }
            written -= left;
            self.written = 0;
            self.segments.pop_front();
        }
    }
}

/// From here on a joined segment is full. A page fault for each new page of a growing buffer
/// costs more than the copy into it.
const SEGMENT_BYTES: usize = 64 * 1024;

/// From here on a body is worth a slice of its own.
const ALONE_BYTES: usize = 16 * 1024;

/// Slices of one system call.
const SLICES_MAX: usize = 16;
