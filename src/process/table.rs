//! The process table: which process has which id.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

use crossbeam_utils::CachePadded;

use super::AnyProcess;
use crate::address::Upid;
use crate::primitive::hash::{Folding, Map};
use crate::primitive::sync::{Arc, RwLock};

/// The processes of a runtime by id. It is split into shards by the hash of the id, so that spawns
/// and look-ups of different processes rarely meet.
pub(super) struct Table {
    shards: Box<[CachePadded<Shard>]>,
}

type Shard = RwLock<Map<Key, Arc<dyn AnyProcess>>>;

/// A process' name, standing in a map for its id alone; so the map keeps no copy of the id.
struct Key(Upid);

impl Table {
    pub(super) fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| CachePadded::default()).collect(),
        }
    }

    /// Who has this id.
    pub(super) fn get(&self, id: &str) -> Option<Arc<dyn AnyProcess>> {
        self.shard(id).read().get(id).cloned()
    }

    /// Adds the process that `make` makes, unless the id is taken or `make` has none.
    ///
    /// `make` runs under the shard's lock: it must not call back, nor anybody's code.
    pub(super) fn insert<T, E>(
        &self,
        id: &str,
        make: impl FnOnce(bool) -> Result<(T, Arc<dyn AnyProcess>), E>,
    ) -> Result<T, E> {
        let mut shard = self.shard(id).write();
        let (made, process) = make(shard.contains_key(id))?;
        shard.insert(Key(process.core().upid().clone()), process);
        Ok(made)
    }

    /// Removes a process.
    pub(super) fn remove(&self, id: &str) {
        let removed = self.shard(id).write().remove(id);
        drop(removed);
    }

    /// All processes, in the order in which they were spawned.
    pub(super) fn all(&self) -> Vec<Arc<dyn AnyProcess>> {
        let mut all = Vec::new();
        for shard in &self.shards {
            all.extend(shard.read().values().cloned());
        }
        all.sort_by_key(|process| process.core().serial());
        all
    }

    fn shard(&self, id: &str) -> &Shard {
        let mut hasher = Folding::default();
        id.hash(&mut hasher);
        // The high bits: the map inside uses the low ones.
        &self.shards[(hasher.finish() >> (u64::BITS - SHARD_BITS)) as usize]
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        self.0.id()
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id().hash(state);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.id() == other.0.id()
    }
}

impl Eq for Key {}

const SHARD_BITS: u32 = 5;
const SHARDS: usize = 1 << SHARD_BITS;
