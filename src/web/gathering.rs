//! How much all connections of a server hold of bodies that are not complete.

use crate::primitive::sync::Arc;
use crate::primitive::sync::atomic::{AtomicUsize, Ordering};

/// How many bytes are held, and may be. A number that is only ever compared, so relaxed.
pub(super) struct Gathering {
    bytes: AtomicUsize,
    most: usize,
}

impl Gathering {
    pub(super) fn new(most: usize) -> Self {
        Self {
            bytes: AtomicUsize::new(0),
            most,
        }
    }
}

/// What one connection holds; given back when it is dropped.
pub(super) struct Held {
    gathering: Arc<Gathering>,
    bytes: usize,
}

impl Held {
    pub(super) fn new(gathering: &Arc<Gathering>) -> Self {
        Self {
            gathering: Arc::clone(gathering),
            bytes: 0,
        }
    }

    /// Holds so many bytes from now on; whether that is bearable.
    pub(super) fn grow_to(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(self.bytes);
        self.bytes += more;
        let before = self.gathering.bytes.fetch_add(more, Ordering::Relaxed);
        before + more <= self.gathering.most
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.gathering
            .bytes
            .fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
