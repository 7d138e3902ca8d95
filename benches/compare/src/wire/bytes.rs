//! The bytes of a message, read and written by hand: what the tokio peers speak.
//!
//! As little as the form allows: the reader takes the headers in the order in which libprocess
//! writes them, the writer copies a head that it made once, the answers are all of one length.

use memchr::memchr;

/// The answer to every message, with a date that never changes.
pub const ACCEPTED: &[u8] = b"HTTP/1.1 202 Accepted\r\nDate: Thu, 20 Nov 2025 23:59:59 GMT\r\n\
                              Content-Length: 0\r\n\r\n";

/// Everything of a message before the length of its body.
#[derive(Clone)]
pub struct Head(Vec<u8>);

impl Head {
    pub fn new(to: &str, name: &str, from: &str) -> Self {
        let (id, host) = to.split_once('@').expect("a UPID");
        Self(
            format!(
                "POST /{id}/{name} HTTP/1.1\r\nUser-Agent: libprocess/{from}\r\n\
                 Libprocess-From: {from}\r\nConnection: Keep-Alive\r\nHost: {host}\r\n\
                 Transfer-Encoding: chunked\r\n\r\n"
            )
            .into_bytes(),
        )
    }

    pub fn write(&self, body: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
        let mut digits = [0; 16];
        let mut start = digits.len();
        let mut length = body.len();
        while length > 0 {
            start -= 1;
            digits[start] = b"0123456789abcdef"[length % 16];
            length /= 16;
        }
        out.extend_from_slice(&digits[start..]);
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(body);
        out.extend_from_slice(b"\r\n0\r\n\r\n");
    }
}

/// One message in a buffer.
pub struct Frame<'a> {
    /// The id of the receiver.
    pub to: &'a str,
    pub from: &'a str,
    pub body: &'a [u8],
    /// How many bytes it takes.
    pub size: usize,
}

/// The message at the front of `bytes`, if it is whole.
pub fn read(bytes: &[u8]) -> Option<Frame<'_>> {
    let mut position = 0;
    let target = line(bytes, &mut position)?;
    line(bytes, &mut position)?;
    let from = line(bytes, &mut position)?;
    for _connection_host_framing_blank in 0..4 {
        line(bytes, &mut position)?;
    }
    let digits = line(bytes, &mut position)?;
    let length = digits.iter().fold(0, |sum, digit| {
        16 * sum + (*digit as char).to_digit(16).expect("a length") as usize
    });
    let body = bytes.get(position..position + length)?;
    let size = position + length + b"\r\n0\r\n\r\n".len();
    let target = &target[b"POST /".len()..];
    let to = &target[..memchr(b'/', target)?];
    (bytes.len() >= size).then(|| Frame {
        to: text(to),
        from: text(&from[b"Libprocess-From: ".len()..]),
        body,
        size,
    })
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("ascii")
}

/// The line at `position`, without its end.
fn line<'a>(bytes: &'a [u8], position: &mut usize) -> Option<&'a [u8]> {
    let rest = bytes.get(*position..)?;
    let length = memchr(b'\n', rest)?;
    *position += length + 1;
    Some(&rest[..length - 1])
}

/// Bytes that were read, of which the tail may be half a message.
pub struct Inbox {
    buffer: Vec<u8>,
    end: usize,
}

impl Inbox {
    pub fn new() -> Self {
        Self {
            buffer: vec![0; 256 * 1024],
            end: 0,
        }
    }

    /// Where to read to.
    pub fn room(&mut self) -> &mut [u8] {
        &mut self.buffer[self.end..]
    }

    /// Takes what was read, and calls `take` with each whole message.
    pub fn filled(&mut self, size: usize, mut take: impl FnMut(Frame<'_>)) {
        self.end += size;
        let mut start = 0;
        while let Some(frame) = read(&self.buffer[start..self.end]) {
            start += frame.size;
            take(frame);
        }
        self.buffer.copy_within(start..self.end, 0);
        self.end -= start;
    }
}
