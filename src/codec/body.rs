//! Bodies: how they are framed, taken apart and chunked.

use super::headers::{is_token, is_value};
use super::{Error, Limits, Progress};

/// How the end of a body is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// There is none.
    Empty,
    /// It has this many bytes.
    Length(u64),
    /// It comes in chunks, each with its size before it.
    Chunked,
    /// It ends with the connection. Responses only.
    UntilClose,
}

/// A part of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// The next bytes; never empty.
    Data(&'a [u8]),
    /// There are no more. What is left of the input belongs to the next message.
    End,
}

/// Takes a body apart as its bytes arrive, without copying them.
///
/// Extensions of chunks are skipped. Trailers are checked to be header lines and dropped.
///
/// ```
/// use libprocess::codec::body::{Decoder, Framing, Piece};
/// use libprocess::codec::{Limits, Progress};
///
/// let mut decoder = Decoder::new(Framing::Chunked, &Limits::default());
/// let mut input: &[u8] = b"5\r\nhello\r\n0\r\n\r\nGET";
/// assert_eq!(decoder.next(&mut input), Progress::Done(Piece::Data(b"hello")));
/// assert_eq!(decoder.next(&mut input), Progress::Done(Piece::End));
/// assert_eq!(input, b"GET");
/// ```
#[derive(Debug, Clone)]
pub struct Decoder {
    state: State,
    /// Bytes that the body may still have.
    allowance: u64,
    /// Bytes that the line, or the trailers, that are being read may still have.
    line_allowance: usize,
    limits: Limits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Bytes of a body whose length is known.
    Length(u64),
    /// Bytes of a body that ends with the connection.
    UntilClose,
    /// The size of a chunk; whether there was a digit yet.
    Size { size: u64, digits: bool },
    /// White space between a size and its extension.
    BeforeExtension(u64),
    /// The extension of a size.
    Extension(u64),
    /// The line feed behind a size.
    SizeEnd(u64),
    /// Bytes of a chunk.
    Chunk(u64),
    /// The carriage return behind a chunk.
    ChunkEnd,
    /// The line feed behind a chunk.
    ChunkLineFeed,
    /// The beginning of a trailer, or of the blank line that ends them.
    TrailerStart,
    /// The name of a trailer.
    TrailerName,
    /// The value of a trailer.
    TrailerValue,
    /// The line feed behind a trailer.
    TrailerEnd,
    /// The line feed of the blank line.
    LastLineFeed,
    /// All of it was seen.
    Ended,
    /// It was wrong, and stays so.
    Failed(Error),
}

impl Decoder {
    /// A decoder at the beginning of a body.
    pub fn new(framing: Framing, limits: &Limits) -> Self {
        let state = match framing {
            Framing::Empty | Framing::Length(0) => State::Ended,
            Framing::Length(length) => State::Length(length),
            Framing::Chunked => NEW_SIZE,
            Framing::UntilClose => State::UntilClose,
        };
        Self {
            state,
            allowance: limits.body_bytes as u64,
            line_allowance: limits.chunk_line_bytes,
            limits: *limits,
        }
    }

    /// The next piece at the front of `input`, which is advanced. With `NeedMore` all of the
    /// input was taken.
    pub fn next<'a>(&mut self, input: &mut &'a [u8]) -> Progress<Piece<'a>> {
        loop {
            match self.state {
                State::Ended => return Progress::Done(Piece::End),
                State::Failed(error) => return Progress::Wrong(error),
                _ if input.is_empty() => return Progress::NeedMore,
                State::Length(left) => return self.data(input, left, State::Length, State::Ended),
                State::Chunk(left) => {
                    return self.data(input, left, State::Chunk, State::ChunkEnd);
                }
                State::UntilClose => {
                    return self.data(input, u64::MAX, |_| State::UntilClose, State::Ended);
                }
                _ => {
                    let byte = input[0];
                    *input = &input[1..];
                    self.state = self.step(byte).unwrap_or_else(State::Failed);
                }
            }
        }
    }

    /// The connection ended; nothing comes any more.
    ///
    /// # Errors
    ///
    /// The body is not complete.
    pub fn end_of_input(&mut self) -> Result<(), Error> {
        match self.state {
            State::Ended => Ok(()),
            State::UntilClose => {
                self.state = State::Ended;
                Ok(())
            }
            State::Failed(error) => Err(error),
            _ => {
                self.state = State::Failed(Error::Truncated);
                Err(Error::Truncated)
            }
        }
    }

    /// Whether all of the body was seen.
    pub fn is_ended(&self) -> bool {
        self.state == State::Ended
    }

    fn data<'a>(
        &mut self,
        input: &mut &'a [u8],
        left: u64,
        more: impl FnOnce(u64) -> State,
        ended: State,
    ) -> Progress<Piece<'a>> {
        let length = input.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let (data, rest) = input.split_at(length);
        *input = rest;
        let length = length as u64;
        let Some(allowance) = self.allowance.checked_sub(length) else {
            self.state = State::Failed(Error::BodyTooLarge);
            return Progress::Wrong(Error::BodyTooLarge);
        };
        self.allowance = allowance;
        self.state = if length < left {
            more(left - length)
        } else {
            ended
        };
        Progress::Done(Piece::Data(data))
    }

    /// One byte of what stands between the data of chunks.
    fn step(&mut self, byte: u8) -> Result<State, Error> {
        match (self.state, byte) {
            (State::Size { size, .. }, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                self.spend_line(Error::ChunkSize)?;
                let digit = char::from(byte).to_digit(16).expect("it was just matched");
                let size = size.checked_mul(16).ok_or(Error::ChunkSize)? + u64::from(digit);
                if size > self.allowance {
                    return Err(Error::BodyTooLarge);
                }
                Ok(State::Size { size, digits: true })
            }
            (State::Size { size, digits: true } | State::Extension(size), b'\r') => {
                Ok(State::SizeEnd(size))
            }
            (State::Size { size, digits: true } | State::BeforeExtension(size), b';') => {
                Ok(State::Extension(size))
            }
            (State::Size { size, digits: true } | State::BeforeExtension(size), b' ' | b'\t') => {
                self.spend_line(Error::ChunkSize)?;
                Ok(State::BeforeExtension(size))
            }
            (State::Extension(size), byte) if is_value(byte) => {
                self.spend_line(Error::ChunkSize)?;
                Ok(State::Extension(size))
            }
            (State::SizeEnd(0), b'\n') => {
                self.line_allowance = self.limits.trailer_bytes;
                Ok(State::TrailerStart)
            }
            (State::SizeEnd(size), b'\n') => Ok(State::Chunk(size)),
            (State::ChunkEnd, b'\r') => Ok(State::ChunkLineFeed),
            (State::ChunkLineFeed, b'\n') => {
                self.line_allowance = self.limits.chunk_line_bytes;
                Ok(NEW_SIZE)
            }
            (State::ChunkEnd | State::ChunkLineFeed, _) => Err(Error::ChunkEnd),
            (State::TrailerStart, b'\r') => Ok(State::LastLineFeed),
            (State::LastLineFeed, b'\n') => Ok(State::Ended),
            (State::TrailerStart | State::TrailerName, byte) if is_token(byte) => {
                self.spend_line(Error::TrailersTooLarge)?;
                Ok(State::TrailerName)
            }
            (State::TrailerName, b':') => Ok(State::TrailerValue),
            (State::TrailerValue, b'\r') => Ok(State::TrailerEnd),
            (State::TrailerValue, byte) if is_value(byte) => {
                self.spend_line(Error::TrailersTooLarge)?;
                Ok(State::TrailerValue)
            }
            (State::TrailerEnd, b'\n') => Ok(State::TrailerStart),
            (State::Size { .. } | State::BeforeExtension(_) | State::Extension(_), _)
            | (State::SizeEnd(_), _) => Err(Error::ChunkSize),
            _ => Err(Error::Trailer),
        }
    }

    fn spend_line(&mut self, error: Error) -> Result<(), Error> {
        self.line_allowance = self.line_allowance.checked_sub(1).ok_or(error)?;
        Ok(())
    }
}

const NEW_SIZE: State = State::Size {
    size: 0,
    digits: false,
};

/// Appends `data` as a chunk. An empty chunk would end the body, so it adds nothing.
///
/// ```
/// use libprocess::codec::body::{encode_chunk, encode_last_chunk};
///
/// let mut out = Vec::new();
/// encode_chunk(b"hello, worlds", &mut out);
/// encode_chunk(b"", &mut out);
/// encode_last_chunk(&mut out);
/// assert_eq!(out, b"d\r\nhello, worlds\r\n0\r\n\r\n");
/// ```
pub fn encode_chunk(data: &[u8], out: &mut Vec<u8>) {
    if data.is_empty() {
        return;
    }
    out.reserve(data.len() + CHUNK_OVERHEAD);
    encode_chunk_size(data.len(), out);
    out.extend_from_slice(data);
    encode_chunk_end(out);
}

/// Appends the size line of a chunk whose data is sent apart from it, and is not empty.
pub fn encode_chunk_size(size: usize, out: &mut Vec<u8>) {
    // By hand, since the formatting machinery takes longer than the rest of a small message.
    let digits = (usize::BITS - size.leading_zeros()).div_ceil(4).max(1) as usize;
    let mut line = *b"................\r\n";
    let line = &mut line[LONGEST_SIZE - digits..];
    for (place, digit) in line[..digits].iter_mut().rev().enumerate() {
        *digit = b"0123456789abcdef"[size >> (4 * place) & 0xF];
    }
    out.extend_from_slice(line);
}

/// Appends what follows the data of a chunk.
pub fn encode_chunk_end(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n");
}

/// Appends the empty chunk that ends a body.
pub fn encode_last_chunk(out: &mut Vec<u8>) {
    out.extend_from_slice(b"0\r\n\r\n");
}

/// Digits of the largest size.
const LONGEST_SIZE: usize = 16;

/// As many digits and two ends of line.
const CHUNK_OVERHEAD: usize = LONGEST_SIZE + 4;
