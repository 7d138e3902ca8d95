//! The process table: which process has which id.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

use crossbeam_utils::CachePadded;

use super::AnyProcess;
use super::names::Number;
use crate::address::Upid;
use crate::primitive::hash::{Folding, Map};
use crate::primitive::sync::{Arc, RwLock};

/// The processes of a runtime by id. It is split into shards by the hash of the id, so that spawns
/// and look-ups of different processes rarely meet.
pub(super) struct Table {
    shards: Box<[CachePadded<RwLock<Shard>>]>,
}

#[derive(Default)]
struct Shard {
    numbered: Map<Number, Arc<dyn AnyProcess>>,
    named: Map<Key, Arc<dyn AnyProcess>>,
}

/// What a process is found by: a number if its id is a numbered one, the text otherwise.
#[derive(Clone, Copy)]
pub(super) enum Id<'a> {
    Number(Number),
    Text(&'a str),
}

/// A process' name, standing in a map for its id alone; so the map keeps no copy of the id.
struct Key(Upid);

impl Table {
    pub(super) fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| CachePadded::default()).collect(),
        }
    }

    /// Who has this id.
    pub(super) fn get(&self, id: Id<'_>) -> Option<Arc<dyn AnyProcess>> {
        self.shard(id).read().get(id).cloned()
    }

    /// Adds the process that `make` makes, unless the id is taken or `make` has none.
    ///
    /// `make` runs under the shard's lock: it must not call back, nor anybody's code.
    pub(super) fn insert<T, E>(
        &self,
        id: Id<'_>,
        make: impl FnOnce(bool) -> Result<(T, Arc<dyn AnyProcess>), E>,
    ) -> Result<T, E> {
        let mut shard = self.shard(id).write();
        let (made, process) = make(shard.get(id).is_some())?;
        match id {
            Id::Number(number) => shard.numbered.insert(number, process),
            Id::Text(_) => {
                let key = Key(process.core().upid().clone());
                shard.named.insert(key, process)
            }
        };
        Ok(made)
    }

    /// Removes a process.
    pub(super) fn remove(&self, id: Id<'_>) {
        let mut shard = self.shard(id).write();
        let removed = match id {
            Id::Number(number) => shard.numbered.remove(&number),
            Id::Text(text) => shard.named.remove(text),
        };
        drop(shard);
        drop(removed);
    }

    /// All processes, in the order in which they were spawned.
    pub(super) fn all(&self) -> Vec<Arc<dyn AnyProcess>> {
        let mut all = Vec::new();
        for shard in &self.shards {
            let shard = shard.read();
            all.extend(shard.numbered.values().cloned());
            all.extend(shard.named.values().cloned());
        }
        all.sort_by_key(|process| process.core().serial());
        all
    }

    fn shard(&self, id: Id<'_>) -> &RwLock<Shard> {
        let mut hasher = Folding::default();
        match id {
            Id::Number(number) => number.hash(&mut hasher),
            Id::Text(text) => text.hash(&mut hasher),
        }
        // The high bits: the map inside uses the low ones.
        &self.shards[(hasher.finish() >> (u64::BITS - SHARD_BITS)) as usize]
    }
}

impl Shard {
    fn get(&self, id: Id<'_>) -> Option<&Arc<dyn AnyProcess>> {
        match id {
            Id::Number(number) => self.numbered.get(&number),
            Id::Text(text) => self.named.get(text),
        }
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
