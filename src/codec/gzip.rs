//! Bodies with `Content-Encoding: gzip`.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, MultiGzDecoder};

use super::{Error, Limits};

/// Decompresses a body as its bytes arrive.
///
/// A few bytes can stand for very many, so what comes out is counted as it comes: a little more
/// than [`Limits::body_bytes`] is the most that is ever held.
///
/// ```
/// use libprocess::codec::{Limits, gzip};
///
/// let body = gzip::compress(b"hello");
/// let mut decoder = gzip::Decoder::new(&Limits::default());
/// let mut plain = Vec::new();
/// for byte in body {
///     plain.extend(decoder.feed(&[byte])?);
/// }
/// plain.extend(decoder.finish()?);
/// assert_eq!(plain, b"hello");
/// # Ok::<(), libprocess::codec::Error>(())
/// ```
#[derive(Debug)]
pub struct Decoder {
    inner: MultiGzDecoder<Vec<u8>>,
    /// Bytes that may still come out.
    allowance: usize,
    is_fed: bool,
}

impl Decoder {
    /// A decoder at the beginning of a body.
    pub fn new(limits: &Limits) -> Self {
        Self {
            inner: MultiGzDecoder::new(Vec::new()),
            allowance: limits.body_bytes,
            is_fed: false,
        }
    }

    /// What comes out of the next bytes of the body, which may be nothing yet.
    ///
    /// # Errors
    ///
    /// It is not gzip, or what comes out is larger than [`Limits::body_bytes`].
    pub fn feed(&mut self, body: &[u8]) -> Result<Vec<u8>, Error> {
        self.is_fed |= !body.is_empty();
        let mut plain = Vec::new();
        // In small steps, between which what came out is counted.
        for step in body.chunks(STEP_BYTES) {
            self.inner.write_all(step).map_err(|_| Error::Compression)?;
            self.take(&mut plain)?;
        }
        Ok(plain)
    }

    /// What comes out at the end of the body. A body of no bytes at all is a plain one.
    ///
    /// # Errors
    ///
    /// As [`feed`](Self::feed), and if the body is cut short.
    pub fn finish(&mut self) -> Result<Vec<u8>, Error> {
        let mut plain = Vec::new();
        if self.is_fed {
            self.inner.try_finish().map_err(|_| Error::Compression)?;
            self.take(&mut plain)?;
        }
        Ok(plain)
    }

    fn take(&mut self, plain: &mut Vec<u8>) -> Result<(), Error> {
        let out = self.inner.get_mut();
        self.allowance = self
            .allowance
            .checked_sub(out.len())
            .ok_or(Error::BodyTooLarge)?;
        plain.append(out);
        Ok(())
    }
}

/// Compresses a whole body, for speed rather than for the last byte.
pub fn compress(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 2), Compression::fast());
    let written = encoder.write_all(plain).and_then(|()| encoder.finish());
    written.expect("a vector takes every write")
}

/// Decompresses a whole body.
///
/// # Errors
///
/// It is not gzip, it is cut short, or what comes out is larger than [`Limits::body_bytes`].
///
/// ```
/// use libprocess::codec::{Error, Limits, gzip};
///
/// assert_eq!(gzip::decompress(b"plain", &Limits::default()), Err(Error::Compression));
/// ```
pub fn decompress(body: &[u8], limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut decoder = Decoder::new(limits);
    let mut plain = decoder.feed(body)?;
    plain.append(&mut decoder.finish()?);
    Ok(plain)
}

/// No more than a thousand times as much comes out of a step: 2 MiB.
const STEP_BYTES: usize = 2 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_compressed_comes_out() {
        let plain = b"hello ".repeat(1000);
        let body = compress(&plain);
        assert_eq!(decompress(&body, &Limits::default()), Ok(plain.clone()));
        let twice = [body.clone(), body.clone()].concat();
        assert_eq!(decompress(&twice, &Limits::default()), Ok(plain.repeat(2)));
        for length in 1..body.len() {
            let cut = decompress(&body[..length], &Limits::default());
            assert_eq!(cut, Err(Error::Compression), "{length}");
        }
    }

    #[test]
    fn cuts_change_nothing() {
        let plain: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let body = compress(&plain);
        let mut decoder = Decoder::new(&Limits::default());
        let mut out = Vec::new();
        for piece in body.chunks(7) {
            out.append(&mut decoder.feed(piece).unwrap());
        }
        out.append(&mut decoder.finish().unwrap());
        assert!(out == plain);
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let body = compress(&vec![0; 100_000]);
        let limits = |body_bytes| Limits {
            body_bytes,
            ..Limits::default()
        };
        assert!(body.len() < 1_000);
        assert_eq!(decompress(&body, &limits(99_999)), Err(Error::BodyTooLarge));
        assert!(decompress(&body, &limits(100_000)).is_ok());
    }
}
