//! Every bound on what a peer may send, in one place.

use std::time::Duration;

/// Every bound on what a peer may send, and on how long it may take.
///
/// Past a limit the peer is told so, by the status that is named here, and then its connection is
/// closed. The times are those of the runtime's clock.
///
/// ```
/// use libprocess::codec::Limits;
///
/// let limits = Limits { body_bytes: 1024 * 1024, ..Limits::default() };
/// assert_eq!(limits.head_bytes, 80 * 1024);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a head, from its first byte to its blank line. Beyond it: 431.
    ///
    /// 80 KiB, which is where the parser of C++ libprocess stops.
    pub head_bytes: usize,
    /// Header lines of a head. Beyond it: 431.
    ///
    /// 100, as most servers have it; libprocess sends six. More than 256 are never taken.
    pub headers: usize,
    /// Bytes of the target in a request line. Beyond it: 414.
    ///
    /// 16 KiB: twice the 8,000 bytes that RFC 9110 asks of everyone.
    pub target_bytes: usize,
    /// Bytes of a body, after its chunks are joined and it is decompressed. Beyond it: 413.
    ///
    /// 256 MiB: several times the largest snapshot of a cluster's state seen in messages, and
    /// still below what one peer needs to exhaust a machine.
    pub body_bytes: usize,
    /// Bytes of a chunk's size line with its extensions. Beyond it: 400.
    ///
    /// 4 KiB: nobody uses extensions, and an endless one would be read for ever.
    pub chunk_line_bytes: usize,
    /// Bytes of all trailers behind a chunked body. Beyond it: 431.
    ///
    /// 16 KiB: they are dropped, so there is no reason to read many.
    pub trailer_bytes: usize,
    /// Bytes of bodies that all connections together hold while the rest of them is on its way.
    /// Beyond it: 503.
    ///
    /// 1 GiB: four bodies of the largest size, or very many of the usual one.
    pub gathered_bytes: usize,
    /// Connections that may be open at the same time. Beyond it: 503.
    ///
    /// 16,384, which is how many C++ libprocess lets wait to be accepted.
    pub connections: usize,
    /// How long a head may take from its first byte. Beyond it: 408.
    ///
    /// 30 seconds.
    pub head_time: Duration,
    /// How long each MiB of a body may take, the first one included. Beyond it: 408.
    ///
    /// A minute, which is 17 KiB a second. Time in which we do not read does not count.
    pub body_time: Duration,
    /// How long a connection may wait for its next request once it had one.
    ///
    /// Two minutes. A connection that brought a message is kept, since its end means that the
    /// peer has exited; it is for the links to notice peers that are gone.
    pub idle_time: Duration,
    /// How long a connection may say nothing at all from its beginning, if there is a limit.
    ///
    /// None: that is how a C++ peer looks that has linked to one of our processes and has nothing
    /// to say to it.
    pub silent_time: Option<Duration>,
    /// How long a client may take nothing of the answers that it asked for.
    ///
    /// A minute. As with [`idle_time`](Self::idle_time), connections of peers are kept: there is
    /// a bound on what they may leave unread.
    pub write_time: Duration,
    /// Requests of one connection that may wait for their answers before its bytes are left
    /// unread.
    ///
    /// 128: deeper than clients pipeline. Messages do not count: their answers do not wait.
    pub unanswered_requests: usize,
    /// Bytes that one connection's unanswered requests may come to before its bytes are left
    /// unread: those of their bodies, and those of the answers, as far as one can tell by the last
    /// ones of the same route. One request is always taken.
    ///
    /// 4 MiB: a bound on the memory that a client can claim by asking without reading. An answer of
    /// a route that has not answered yet counts for a quarter of it.
    pub unanswered_bytes: usize,
    /// Bytes of answers that may wait to be written before a connection's bytes are left unread.
    ///
    /// 64 KiB: about 800 answers to messages. A peer that reads its answers never gets there.
    pub unwritten_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 80 * 1024,
            headers: 100,
            target_bytes: 16 * 1024,
            body_bytes: 256 * 1024 * 1024,
            chunk_line_bytes: 4 * 1024,
            trailer_bytes: 16 * 1024,
            gathered_bytes: 1024 * 1024 * 1024,
            connections: 16 * 1024,
            head_time: Duration::from_secs(30),
            body_time: Duration::from_secs(60),
            idle_time: Duration::from_secs(120),
            silent_time: None,
            write_time: Duration::from_secs(60),
            unanswered_requests: 128,
            unanswered_bytes: 4 * 1024 * 1024,
            unwritten_bytes: 64 * 1024,
        }
    }
}
