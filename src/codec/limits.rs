//! Every bound on what a peer may send, in one place.

/// Every bound on what a peer may send.
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
    /// Requests of one connection that may wait for their answers before its bytes are left
    /// unread.
    ///
    /// 1,024: deep enough for every pipelining client, and a bound on the memory that a client
    /// can claim by asking without reading. Messages do not count: their answers do not wait.
    pub unanswered_requests: usize,
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
            unanswered_requests: 1024,
            unwritten_bytes: 64 * 1024,
        }
    }
}
