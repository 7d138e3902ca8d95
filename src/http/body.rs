//! What a request or a response carries.

use bytes::Bytes;

/// What a request or a response carries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// Bytes that are all there.
    Bytes(Bytes),
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        let bytes = bytes.into();
        if bytes.is_empty() {
            Self::Empty
        } else {
            Self::Bytes(bytes)
        }
    }
}
