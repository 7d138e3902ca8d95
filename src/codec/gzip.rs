//! Bodies with `Content-Encoding: gzip`.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;

use super::{Error, Limits};

/// Decompresses a whole body.
///
/// # Errors
///
/// It is not gzip, it is cut short, or what comes out is larger than
/// [`Limits::body_bytes`]: a few bytes can stand for very many.
///
/// ```
/// use libprocess::codec::{Error, Limits, gzip};
///
/// assert_eq!(gzip::decompress(b"plain", &Limits::default()), Err(Error::Compression));
/// ```
pub fn decompress(body: &[u8], limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut plain = Vec::new();
    // One byte beyond the limit tells too much from just enough.
    let limit = limits.body_bytes as u64 + 1;
    match MultiGzDecoder::new(body)
        .take(limit)
        .read_to_end(&mut plain)
    {
        Ok(_) if plain.len() > limits.body_bytes => Err(Error::BodyTooLarge),
        Ok(_) => Ok(plain),
        Err(_) => Err(Error::Compression),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn compress(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_was_compressed_comes_out() {
        let plain = b"hello ".repeat(1000);
        let body = compress(&plain);
        assert_eq!(decompress(&body, &Limits::default()), Ok(plain.clone()));
        let twice = [body.clone(), body.clone()].concat();
        assert_eq!(decompress(&twice, &Limits::default()), Ok(plain.repeat(2)));
        for length in 0..body.len() {
            let cut = decompress(&body[..length], &Limits::default());
            assert_eq!(cut, Err(Error::Compression), "{length}");
        }
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
