//! Bodies out of their frame, and out of their compression.

use std::borrow::Cow;

use bytes::Bytes;

use super::body::{self, Framing, Piece};
use super::{Error, Limits, Progress, gzip};

/// Takes a body out of its frame and, if it is compressed, out of that too.
///
/// A few compressed bytes stand for very many plain ones, and to make those takes its time. So
/// they come in parts, between which somebody else may have a turn.
pub(crate) struct Content {
    frame: body::Decoder,
    gzip: Option<Box<gzip::Decoder>>,
}

/// A part of a plain body.
#[derive(Debug)]
pub(crate) enum Part<'a> {
    /// The next bytes; never empty, and for a compressed body not many more than `PART_BYTES`.
    Data(Cow<'a, [u8]>),
    /// There are no more. What is left of the input belongs to the next message.
    End,
}

/// The bytes of a part, to be kept.
pub(crate) fn kept(data: Cow<'_, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::copy_from_slice(data),
        Cow::Owned(data) => data.into(),
    }
}

impl Part<'_> {
    /// Whether it took a while to make this one.
    pub(crate) fn is_much_work(&self) -> bool {
        matches!(self, Self::Data(Cow::Owned(plain)) if plain.len() >= PART_BYTES)
    }
}

impl Content {
    pub(crate) fn new(framing: Framing, is_gzip: bool, limits: &Limits) -> Self {
        Self {
            frame: body::Decoder::new(framing, limits),
            gzip: is_gzip.then(|| Box::new(gzip::Decoder::new(limits))),
        }
    }

    /// The next part at the front of `input`, which is advanced. With `NeedMore` all of the input
    /// was taken.
    pub(crate) fn next<'a>(&mut self, input: &mut &'a [u8]) -> Progress<Part<'a>> {
        if self.gzip.is_some() {
            return self.inflate(input).unwrap_or_else(Progress::Wrong);
        }
        self.frame.next(input).map(|piece| match piece {
            Piece::Data(data) => Part::Data(data.into()),
            Piece::End => Part::End,
        })
    }

    /// The connection ended; nothing comes any more but what [`next`](Self::next) still has.
    ///
    /// # Errors
    ///
    /// The body is not complete.
    pub(crate) fn end_of_input(&mut self) -> Result<(), Error> {
        self.frame.end_of_input()
    }

    fn inflate<'a>(&mut self, input: &mut &[u8]) -> Result<Progress<Part<'a>>, Error> {
        let mut plain = Vec::new();
        while let Some(gzip) = &mut self.gzip
            && plain.len() < PART_BYTES
        {
            let (mut near, far) = input.split_at(input.len().min(STEP_BYTES));
            let progress = self.frame.next(&mut near);
            *input = &input[input.len() - far.len() - near.len()..];
            match progress {
                Progress::Done(Piece::Data(data)) => plain.append(&mut gzip.feed(data)?),
                Progress::Done(Piece::End) => {
                    plain.append(&mut gzip.finish()?);
                    self.gzip = None;
                }
                Progress::NeedMore if input.is_empty() => break,
                Progress::NeedMore => {}
                Progress::Wrong(error) => return Err(error),
            }
        }
        Ok(match self.gzip {
            _ if !plain.is_empty() => Progress::Done(Part::Data(plain.into())),
            Some(_) => Progress::NeedMore,
            None => Progress::Done(Part::End),
        })
    }
}

/// Plain bytes of a part, when there are as many: a fraction of a millisecond's work.
const PART_BYTES: usize = 128 * 1024;

/// Compressed bytes that are taken at once; no more than a thousand times as many come out.
const STEP_BYTES: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    /// All parts of a body that arrives in pieces of this size, until its end.
    fn parts(body: &[u8], framing: Framing, piece: usize) -> Result<Vec<Vec<u8>>, Error> {
        let mut content = Content::new(framing, true, &Limits::default());
        let mut parts = Vec::new();
        for mut input in body.chunks(piece) {
            loop {
                match content.next(&mut input) {
                    Progress::Done(Part::Data(part)) => parts.push(part.into_owned()),
                    Progress::Done(Part::End) => return Ok(parts),
                    Progress::NeedMore => break,
                    Progress::Wrong(error) => return Err(error),
                }
            }
            assert!(input.is_empty());
        }
        Err(Error::Truncated)
    }

    #[test]
    fn much_comes_out_in_parts() {
        let plain = vec![7; 10 << 20];
        let body = gzip::compress(&plain);
        let framing = Framing::Length(body.len() as u64);
        let parts = parts(&body, framing, usize::MAX).unwrap();
        let most = PART_BYTES + 1032 * STEP_BYTES;
        assert!(parts.iter().all(|part| part.len() <= most));
        assert!(parts.len() > 30, "{}", parts.len());
        assert!(parts.concat() == plain);
    }

    #[test]
    fn it_does_not_matter_how_it_arrives() {
        let plain: Vec<u8> = (0..50_000_u32).flat_map(u32::to_le_bytes).collect();
        let body = gzip::compress(&plain);
        let mut chunked = Vec::new();
        for chunk in body.chunks(999) {
            body::encode_chunk(chunk, &mut chunked);
        }
        body::encode_last_chunk(&mut chunked);
        for piece in [1, 7, STEP_BYTES, 1000, usize::MAX] {
            let length = Framing::Length(body.len() as u64);
            assert!(parts(&body, length, piece).unwrap().concat() == plain);
            let found = parts(&chunked, Framing::Chunked, piece).unwrap();
            assert!(found.concat() == plain);
        }
    }

    #[test]
    fn the_end_of_the_input_may_be_that_of_the_body() {
        let body = gzip::compress(b"hello");
        let mut content = Content::new(Framing::UntilClose, true, &Limits::default());
        let mut input = &body[..];
        let mut found = Vec::new();
        let mut next = |content: &mut Content| match content.next(&mut input) {
            Progress::Done(Part::Data(part)) => found.extend_from_slice(&part),
            progress => assert!(!matches!(progress, Progress::Wrong(_))),
        };
        next(&mut content);
        content.end_of_input().unwrap();
        next(&mut content);
        next(&mut content);
        assert_eq!(found, b"hello");
    }

    #[test]
    fn what_is_no_gzip_is_wrong() {
        let found = parts(b"plain", Framing::Length(5), 5);
        assert_eq!(found, Err(Error::Compression));
        assert_eq!(parts(b"", Framing::Empty, 1), Err(Error::Truncated));
    }
}
