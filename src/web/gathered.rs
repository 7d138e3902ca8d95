//! A body of which the rest is on its way.

use bytes::Bytes;

use crate::primitive::pages::Pages;

/// The bytes of a body that have arrived.
///
/// Where they are many they have pages of their own, so that a long body is neither copied while
/// it grows nor stays with the allocator when it is gone.
pub(super) enum Gathered {
    Few(Vec<u8>),
    Many(Pages),
}

impl Gathered {
    /// Adds bytes.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        match self {
            Self::Few(few) if few.len() + bytes.len() <= FEW_BYTES => few.extend_from_slice(bytes),
            Self::Few(few) => match moved(few, bytes) {
                Some(many) => *self = Self::Many(many),
                None => few.extend_from_slice(bytes),
            },
            Self::Many(many) => {
                if many.extend(bytes).is_err() {
                    // What the kernel does not give, the allocator may still have.
                    *self = Self::Few([many.as_ref(), bytes].concat());
                }
            }
        }
    }

    /// How many bytes of memory they take.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Few(few) => few.capacity(),
            Self::Many(many) => many.as_ref().len(),
        }
    }
}

/// All of them in pages, if there are any to be had.
fn moved(few: &[u8], more: &[u8]) -> Option<Pages> {
    let mut pages = Pages::with_capacity(few.len() + more.len()).ok()?;
    pages.extend(few).ok()?;
    pages.extend(more).ok()?;
    Some(pages)
}

impl Default for Gathered {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl From<Gathered> for Bytes {
    fn from(gathered: Gathered) -> Self {
        match gathered {
            Gathered::Few(few) => few.into(),
            Gathered::Many(many) => Self::from_owner(many),
        }
    }
}

/// So many go into a vector; from there on glibc maps pages by itself, at first.
const FEW_BYTES: usize = 128 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_as_few() {
        for (size, are_many) in [(0, false), (FEW_BYTES, false), (FEW_BYTES + 1, true)] {
            let bytes: Vec<u8> = (0..size).map(|index| index as u8).collect();
            for piece in [1_000, 100_000, usize::MAX] {
                let mut gathered = Gathered::default();
                bytes.chunks(piece).for_each(|piece| gathered.extend(piece));
                assert_eq!(matches!(gathered, Gathered::Many(_)), are_many);
                assert!(gathered.size() >= size);
                assert!(Bytes::from(gathered) == bytes);
            }
        }
    }
}
