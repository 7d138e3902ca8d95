//! Many bytes in pages of their own.
//!
//! A vector that grows to megabytes has the allocator move it again and again, and leave holes that
//! it keeps: glibc raises its thresholds with each large block that is freed, up to where tens of
//! megabytes stay with each of its arenas for good. Pages are moved by the kernel without a copy,
//! and are gone when they are dropped.

#![expect(unsafe_code, reason = "memory is mapped, and read where it is mapped")]

use std::io;
use std::ptr::{self, NonNull};
use std::slice;

/// Bytes that are only ever added to.
pub struct Pages {
    start: NonNull<u8>,
    length: usize,
    capacity: usize,
}

// SAFETY: the pages belong to this value alone.
unsafe impl Send for Pages {}

// SAFETY: who shares it can only read.
unsafe impl Sync for Pages {}

impl Pages {
    /// Room for so many bytes.
    ///
    /// # Errors
    ///
    /// The operating system has none, or does not map any.
    pub fn with_capacity(capacity: usize) -> io::Result<Self> {
        let capacity = whole(capacity)?;
        Ok(Self {
            start: map(capacity)?,
            length: 0,
            capacity,
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
        let length = self.length.saturating_add(bytes.len());
        if length > self.capacity {
            self.grow(whole(length.max(self.capacity.saturating_mul(2)))?)?;
        }
        let end = self.start.as_ptr().wrapping_add(self.length);
        // SAFETY: there is room for so many behind what is used, and it is nobody else's.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), end, bytes.len()) };
        self.length = length;
        Ok(())
    }

    #[cfg(target_os = "linux")]
    fn grow(&mut self, capacity: usize) -> io::Result<()> {
        let start = self.start.as_ptr().cast();
        // SAFETY: this is what was mapped, and nobody has a reference into it.
        let moved = unsafe { libc::mremap(start, self.capacity, capacity, libc::MREMAP_MAYMOVE) };
        self.start = mapped(moved)?;
        self.capacity = capacity;
        Ok(())
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
        // SAFETY: so many bytes were written, and nobody writes while they are borrowed.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: this is what was mapped, and nobody uses it any more.
        let unmapped = unsafe { libc::munmap(self.start.as_ptr().cast(), self.capacity) };
        debug_assert_eq!(unmapped, 0, "what was mapped can be unmapped");
    }
}

fn map(capacity: usize) -> io::Result<NonNull<u8>> {
    let (access, kind) = (
        libc::PROT_READ | libc::PROT_WRITE,
        libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
    );
    // SAFETY: new pages, at no particular place.
    mapped(unsafe { libc::mmap(ptr::null_mut(), capacity, access, kind, -1, 0) })
}

fn mapped(start: *mut libc::c_void) -> io::Result<NonNull<u8>> {
    if start == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    NonNull::new(start.cast()).ok_or_else(|| io::ErrorKind::OutOfMemory.into())
}

/// So many bytes, or some more, as the kernel hands them out. Whatever the size of its pages is,
/// 64 KiB are a number of them.
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
        assert!(pages.capacity < expected.len() * 2 + GRAIN);
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
