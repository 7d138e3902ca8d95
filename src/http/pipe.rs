//! A stream of bytes with a reading and a writing end.
//!
//! ```text
//!  Writer ── write ──► chunks ──► read ── Reader
//!         ── close ──► the end           (dropping the last writer: a failure)
//!         ── fail ───► a failure
//!         ◄─ reader_closed ────── close  (or dropping the last reader)
//! ```
//!
//! Chunks come out as they went in, none of them empty; a reader that is early is given a future.
//! The pipe takes whatever is written, and a writer that may run ahead of its reader waits for
//! [`Writer::ready`] between its chunks. A server's and a client's connections do so with the
//! bodies that they receive, and read a pipe only as fast as its bytes leave: so a slow reader at
//! one end of the way slows the writer at the other end.
//!
//! No promise is completed under the lock, since that runs whatever waits for it.

use std::collections::VecDeque;
use std::fmt;

use bytes::{Bytes, BytesMut};

use crate::future::{Failure, Future, Promise, Shared};
use crate::primitive::sync::{Arc, Mutex};

/// A new pipe: what is written to the second comes out of the first.
///
/// ```
/// use libprocess::http::pipe;
///
/// let (reader, writer) = pipe();
/// let early = reader.read();
/// assert!(writer.write("hello"));
/// assert!(writer.close());
/// assert_eq!(early.wait()?, "hello");
/// assert_eq!(reader.read().wait()?, "");
/// # Ok::<(), libprocess::future::Error>(())
/// ```
#[doc(alias = "process::http::Pipe")]
pub fn pipe() -> (Reader, Writer) {
    new(None)
}

/// A new pipe for a body whose length is known before its bytes are: it is sent with a
/// `Content-Length`. A body that then has another length is broken off.
pub fn pipe_of(length: u64) -> (Reader, Writer) {
    new(Some(length))
}

fn new(length: Option<u64>) -> (Reader, Writer) {
    let (closed, reader_closed) = Promise::new();
    let pipe = Arc::new(Pipe {
        reader_closed: reader_closed.shared(),
        length,
        state: Mutex::new(State {
            chunks: VecDeque::new(),
            unread: 0,
            pacing: Vec::new(),
            reads: VecDeque::new(),
            read_count: 0,
            writing: Writing::Open,
            closed: Some(closed),
        }),
    });
    (
        Reader(Arc::new(ReaderEnd(Arc::clone(&pipe)))),
        Writer(Arc::new(WriterEnd(pipe))),
    )
}

/// The end of a pipe that bytes come out of. Clones are the same end; two ends are equal if they
/// are the same. Dropping the last clone closes it.
#[derive(Clone)]
#[doc(alias = "process::http::Pipe::Reader")]
pub struct Reader(Arc<ReaderEnd>);

struct ReaderEnd(Arc<Pipe>);

impl Reader {
    /// The next chunk; an empty one at the end, however often it is asked for.
    ///
    /// It fails once the writer failed and all that it had written was read, and with `closed`
    /// once the reader was closed. A read that is discarded is taken back and takes no chunk.
    pub fn read(&self) -> Future<Bytes> {
        let pipe = &self.0.0;
        let mut state = pipe.state.lock();
        if state.closed.is_none() {
            return Future::failed(CLOSED);
        }
        if let Some(chunk) = state.chunks.pop_front() {
            state.unread -= chunk.len();
            let ready = state.take_ready();
            drop(state);
            ready.into_iter().for_each(|promise| promise.set(()));
            return Future::ready(chunk);
        }
        match &state.writing {
            Writing::Closed => Future::ready(Bytes::new()),
            Writing::Failed(failure) => Future::failed(failure.clone()),
            Writing::Open => {
                let (promise, future) = Promise::new();
                let number = state.read_count;
                state.read_count += 1;
                state.reads.push_back((number, promise));
                drop(state);
                let pipe = Arc::downgrade(pipe);
                future.on_discard(move || {
                    let pipe = pipe.upgrade();
                    if let Some(promise) = pipe.and_then(|pipe| pipe.take_back(number)) {
                        promise.discard();
                    }
                })
            }
        }
    }

    /// All that is yet to come, joined. It fails as [`read`](Self::read) does.
    #[doc(alias = "readAll")]
    pub fn read_all(&self) -> Future<Bytes> {
        gather(self.clone(), BytesMut::new())
    }

    /// How long all of it is, if that is known before.
    pub fn length(&self) -> Option<u64> {
        self.0.0.length
    }

    /// Drops what was not read and fails whoever waits for more; whether this was the first time.
    pub fn close(&self) -> bool {
        self.0.0.close_reader()
    }
}

fn gather(reader: Reader, mut gathered: BytesMut) -> Future<Bytes> {
    loop {
        match reader.read().try_wait() {
            Ok(Ok(chunk)) if chunk.is_empty() => return Future::ready(gathered.freeze()),
            Ok(Ok(chunk)) => gathered.extend_from_slice(&chunk),
            Ok(Err(error)) => {
                let (promise, future) = Promise::new();
                promise.complete(Err(error));
                return future;
            }
            Err(pending) => {
                return pending.then(move |chunk| {
                    if chunk.is_empty() {
                        return Future::ready(gathered.freeze());
                    }
                    gathered.extend_from_slice(&chunk);
                    gather(reader, gathered)
                });
            }
        }
    }
}

/// The end of a pipe that bytes go into. Clones are the same end; two ends are equal if they are
/// the same. Dropping the last clone without closing it fails the pipe.
#[derive(Clone)]
#[doc(alias = "process::http::Pipe::Writer")]
pub struct Writer(Arc<WriterEnd>);

struct WriterEnd(Arc<Pipe>);

impl Writer {
    /// Writes a chunk; whether both ends are open. An empty chunk is accepted and never read.
    pub fn write(&self, chunk: impl Into<Bytes>) -> bool {
        let chunk = chunk.into();
        let mut state = self.0.0.state.lock();
        if state.closed.is_none() || !matches!(state.writing, Writing::Open) {
            return false;
        }
        if chunk.is_empty() {
            return true;
        }
        match state.reads.pop_front() {
            Some((_, promise)) => {
                drop(state);
                promise.set(chunk);
            }
            None => {
                state.unread += chunk.len();
                state.chunks.push_back(chunk);
            }
        }
        true
    }

    /// Ready once the reader is not far behind, or is closed: the time to write the next chunk.
    ///
    /// ```
    /// use libprocess::http::pipe;
    ///
    /// let (reader, writer) = pipe();
    /// assert!(writer.ready().is_ready());
    /// assert!(writer.write(vec![0; 1_000_000]));
    /// let ready = writer.ready();
    /// assert!(ready.is_pending());
    /// assert!(reader.read().is_ready());
    /// assert!(ready.is_ready());
    /// ```
    pub fn ready(&self) -> Future<()> {
        let mut state = self.0.0.state.lock();
        if state.has_room() {
            return Future::ready(());
        }
        let (promise, future) = Promise::new();
        state.pacing.push(promise);
        future
    }

    /// Whether the reader is not far behind, or is closed.
    pub fn is_ready(&self) -> bool {
        self.0.0.state.lock().has_room()
    }

    /// Ends the stream; whether it was open.
    pub fn close(&self) -> bool {
        self.0.0.end_writing(Writing::Closed)
    }

    /// Ends the stream with a failure, which the reader meets behind all that was written;
    /// whether it was open.
    pub fn fail(&self, failure: impl Into<Failure>) -> bool {
        self.0.0.end_writing(Writing::Failed(failure.into()))
    }

    /// Ready once the reader is closed while the stream is open: nobody needs any more of it.
    /// Discarded if the reader is closed after the end.
    #[doc(alias = "readerClosed")]
    pub fn reader_closed(&self) -> Future<()> {
        self.0.0.reader_closed.future()
    }
}

struct Pipe {
    reader_closed: Shared<()>,
    length: Option<u64>,
    state: Mutex<State>,
}

struct State {
    /// Written and not read.
    chunks: VecDeque<Bytes>,
    /// The bytes of these.
    unread: usize,
    /// Who waits until there are few.
    pacing: Vec<Promise<()>>,
    /// Asked for and not written, oldest first, each with its number.
    reads: VecDeque<(u64, Promise<Bytes>)>,
    /// How many reads had to wait: numbers the next.
    read_count: u64,
    writing: Writing,
    /// Completed when the reader closes, and gone then.
    closed: Option<Promise<()>>,
}

enum Writing {
    Open,
    Closed,
    Failed(Failure),
}

impl State {
    fn has_room(&self) -> bool {
        self.unread < UNREAD_BYTES || self.closed.is_none()
    }

    /// Who may write again.
    fn take_ready(&mut self) -> Vec<Promise<()>> {
        match self.has_room() {
            true => std::mem::take(&mut self.pacing),
            false => Vec::new(),
        }
    }
}

impl Pipe {
    fn close_reader(&self) -> bool {
        let mut state = self.state.lock();
        let Some(closed) = state.closed.take() else {
            return false;
        };
        let chunks = std::mem::take(&mut state.chunks);
        let reads = std::mem::take(&mut state.reads);
        let was_open = matches!(state.writing, Writing::Open);
        state.unread = 0;
        let ready = state.take_ready();
        drop(state);
        drop(chunks);
        ready.into_iter().for_each(|promise| promise.set(()));
        reads
            .into_iter()
            .for_each(|(_, promise)| promise.fail(CLOSED));
        match was_open {
            true => closed.set(()),
            false => closed.discard(),
        }
        true
    }

    fn end_writing(&self, ended: Writing) -> bool {
        let mut state = self.state.lock();
        if !matches!(state.writing, Writing::Open) {
            return false;
        }
        let reads = std::mem::take(&mut state.reads);
        let failure = match &ended {
            Writing::Failed(failure) => Some(failure.clone()),
            Writing::Open | Writing::Closed => None,
        };
        state.writing = ended;
        drop(state);
        for (_, promise) in reads {
            match &failure {
                Some(failure) => promise.fail(failure.clone()),
                None => promise.set(Bytes::new()),
            }
        }
        true
    }

    fn take_back(&self, number: u64) -> Option<Promise<Bytes>> {
        let mut state = self.state.lock();
        let index = state.reads.iter().position(|read| read.0 == number)?;
        state.reads.remove(index).map(|(_, promise)| promise)
    }
}

impl Drop for ReaderEnd {
    fn drop(&mut self) {
        self.0.close_reader();
    }
}

impl Drop for WriterEnd {
    fn drop(&mut self) {
        self.0.end_writing(Writing::Failed(Failure::new(ABANDONED)));
    }
}

impl PartialEq for Reader {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Reader {}

impl PartialEq for Writer {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Writer {}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writer")
    }
}

/// From here on a reader is far behind: as much as one read of a connection brings.
const UNREAD_BYTES: usize = 64 * 1024;

/// What a read of a closed reader fails with, as in libprocess.
const CLOSED: &str = "closed";

/// What a read fails with when the writer was dropped in the middle.
const ABANDONED: &str = "the writer of the pipe was dropped";
