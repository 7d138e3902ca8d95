//! What a request or a response carries.

use bytes::Bytes;

use super::Reader;

/// What a request or a response carries.
///
/// ```
/// use libprocess::http::{Body, pipe};
///
/// assert_eq!(Body::from("hello").bytes(), Some("hello".into()));
/// assert_eq!(Body::from(""), Body::Empty);
/// let (reader, _writer) = pipe();
/// assert_eq!(Body::from(reader).bytes(), None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// Bytes that are all there.
    Bytes(Bytes),
    /// Bytes that are sent as they are written, until the writer closes.
    Pipe(Reader),
}

impl Body {
    /// The bytes, if they are all there.
    pub fn bytes(&self) -> Option<Bytes> {
        match self {
            Self::Empty => Some(Bytes::new()),
            Self::Bytes(bytes) => Some(bytes.clone()),
            Self::Pipe(_) => None,
        }
    }

    /// How many bytes there are already.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Empty | Self::Pipe(_) => 0,
        }
    }
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

impl From<Reader> for Body {
    fn from(reader: Reader) -> Self {
        Self::Pipe(reader)
    }
}
