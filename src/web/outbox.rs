//! Bytes that wait to be written.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::task::{Context, Poll};

use bytes::Bytes;

use crate::net::Stream;
use crate::primitive::sync::{Arc, Mutex};

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
    pool: Option<Arc<Pool>>,
}

/// Empty segments that wait to be used again, by all outboxes that share it: a fresh one costs a
/// fault for each of its pages, and one that grows costs its memory several times over.
#[derive(Default)]
pub(crate) struct Pool(Mutex<Vec<Vec<u8>>>);

impl Pool {
    fn take(&self) -> Option<Vec<u8>> {
        self.0.lock().pop()
    }

    fn give(&self, mut segment: Vec<u8>) {
        segment.clear();
        let mut segments = self.0.lock();
        if segments.len() < POOLED {
            segments.push(segment);
        }
    }
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
    /// An empty one that shares segments with others.
    pub(crate) fn pooled(pool: &Arc<Pool>) -> Self {
        Self {
            pool: Some(Arc::clone(pool)),
            ..Self::default()
        }
    }

    /// How many bytes wait.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Whether none wait.
    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// All that waits, as one.
    #[cfg(test)]
    pub(crate) fn concat(&self) -> Vec<u8> {
        let all: Vec<&[u8]> = self.segments.iter().map(Segment::bytes).collect();
        all.concat().split_off(self.written)
    }

    /// Lets `write` append to a buffer, to which it may do nothing else.
    pub(crate) fn append<R>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let has_room = match self.segments.back() {
            Some(Segment::Joined(bytes)) => bytes.len() < SEGMENT_BYTES,
            _ => false,
        };
        if !has_room {
            let pooled = self.pool.as_ref().and_then(|pool| pool.take());
            let segment = Segment::Joined(pooled.unwrap_or_default());
            self.segments.push_back(segment);
        }
        let Some(Segment::Joined(bytes)) = self.segments.back_mut() else {
            unreachable!("the last segment has room")
        };
        let before = bytes.len();
        let result = write(bytes);
        self.length += bytes.len() - before;
        if bytes.is_empty() {
            self.recycle(VecDeque::pop_back);
        } else if bytes.len() > SMALL_BYTES && bytes.capacity() < SEGMENT_CAPACITY {
            // Most outboxes hold little, and then a small buffer will do.
            let mut segment = Vec::with_capacity(SEGMENT_CAPACITY);
            segment.extend_from_slice(bytes);
            *bytes = segment;
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

    /// Queues what waits in another, of which nothing was written yet.
    pub(crate) fn extend(&mut self, mut other: Self) {
        debug_assert_eq!(other.written, 0, "it was not begun");
        self.length += other.length;
        self.segments.append(&mut other.segments);
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
            self.recycle(VecDeque::pop_front);
        }
    }

    /// Takes a segment out, for others to use.
    fn recycle(&mut self, take: impl FnOnce(&mut VecDeque<Segment>) -> Option<Segment>) {
        let drained = take(&mut self.segments);
        if self.segments.is_empty() {
            self.segments = VecDeque::new();
        }
        if let (Some(pool), Some(Segment::Joined(segment))) = (&self.pool, drained)
            && segment.capacity() == SEGMENT_CAPACITY
        {
            pool.give(segment);
        }
    }
}

/// From here on a joined segment is full. A page fault for each new page of a growing buffer
/// costs more than the copy into it.
const SEGMENT_BYTES: usize = 64 * 1024;

/// From here on a buffer is replaced by a segment of full size.
const SMALL_BYTES: usize = 2 * 1024;

/// What is appended to a segment that is not full fits, if it is not worth one of its own.
const SEGMENT_CAPACITY: usize = SEGMENT_BYTES + ALONE_BYTES + 1024;

/// How many segments a pool keeps: five megabytes.
const POOLED: usize = 64;

/// From here on a body is worth a slice of its own.
const ALONE_BYTES: usize = 16 * 1024;

/// Slices of one system call.
const SLICES_MAX: usize = 16;
