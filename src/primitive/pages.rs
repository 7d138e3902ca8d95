//! Many bytes in pages of their own.
//!
//! A vector that grows to megabytes has the allocator move it again and again, and leave holes that
//! it keeps: glibc raises its thresholds with each large block that is freed, up to where tens of
//! megabytes stay with each of its arenas for good. Pages are moved by the kernel without a copy,
//! and are gone when they are dropped.

#![expect(unsafe_code, reason = "memory is mapped elsewhere when it grows")]

use std::io;

use memmap2::MmapMut;
#[cfg(target_os = "linux")]
use memmap2::RemapOptions;

/// Bytes that are only ever added to.
pub struct Pages {
    map: MmapMut,
    length: usize,
}

impl Pages {
    /// Room for so many bytes.
    ///
    /// # Errors
    ///
    /// The operating system has none, or does not map any.
    pub fn with_capacity(capacity: usize) -> io::Result<Self> {
        Ok(Self {
            map: MmapMut::map_anon(whole(capacity)?)?,
            length: 0,
        })
    }

    /// Adds bytes.
    ///
    /// # Errors
    ///
    /// There is no room for them. What was added before stays.
    ///
    /// ```
    /// use libprocess::primitive::pages::Pages;
    ///
    /// let mut pages = Pages::with_capacity(1)?;
    /// for _ in 0..10_000 {
    ///     pages.extend(b"hello")?;
    /// }
    /// assert!(pages.as_ref() == b"hello".repeat(10_000));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn extend(&mut self, bytes: &[u8]) -> io::Result<()> {
        let end = self.length.saturating_add(bytes.len());
        if end > self.map.len() {
            self.grow(whole(end.max(self.map.len().saturating_mul(2)))?)?;
        }
        self.map[self.length..end].copy_from_slice(bytes);
        self.length = end;
        Ok(())
    }

    #[cfg(target_os = "linux")]
    fn grow(&mut self, capacity: usize) -> io::Result<()> {
        let options = RemapOptions::new().may_move(true);
        // SAFETY: nobody has a reference into it, and it is no file, so that all of it is there.
        unsafe { self.map.remap(capacity, options) }
    }

    #[cfg(not(target_os = "linux"))]
    fn grow(&mut self, capacity: usize) -> io::Result<()> {
        let mut larger = Self::with_capacity(capacity)?;
        larger.extend(self.as_ref())?;
        *self = larger;
        Ok(())
    }
}

impl AsRef<[u8]> for Pages {
    fn as_ref(&self) -> &[u8] {
        &self.map[..self.length]
    }
}

/// So many bytes, or some more: a number of pages, whatever their size is.
fn whole(bytes: usize) -> io::Result<usize> {
    let bytes = bytes.max(1).checked_next_multiple_of(GRAIN);
    bytes.ok_or_else(|| io::ErrorKind::OutOfMemory.into())
}

const GRAIN: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_there_wherever_it_moves() {
        let mut pages = Pages::with_capacity(0).unwrap();
        assert!(pages.as_ref().is_empty());
        let mut expected = Vec::new();
        for round in 0..200_u8 {
            let bytes = vec![round; usize::from(round) * 100];
            pages.extend(&bytes).unwrap();
            expected.extend(bytes);
        }
        assert!(pages.as_ref() == expected);
        assert!(pages.map.len() < expected.len() * 2 + GRAIN);
    }

    #[test]
    fn too_many_are_an_error_that_loses_nothing() {
        let mut pages = Pages::with_capacity(5).unwrap();
        pages.extend(b"hello").unwrap();
        assert!(pages.grow(usize::MAX - GRAIN + 1).is_err());
        pages.extend(b"!").unwrap();
        assert_eq!(pages.as_ref(), b"hello!");
        assert!(Pages::with_capacity(usize::MAX).is_err());
    }
}
