//! Which ids a process may have, and how it gets one when none was given.

use std::fmt;

use crate::primitive::hash::Map;
use crate::primitive::sync::atomic::{AtomicU64, Ordering};
use crate::primitive::sync::{Arc, RwLock};

/// Why an id would break the wire: it stands in the path of an HTTP request and in UPIDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdProblem {
    /// It is empty: nothing could be sent to it.
    Empty,
    /// It holds this character, which would end or change the id on its way.
    Character(char),
}

impl fmt::Display for IdProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::Character(wrong) => write!(f, "it holds {wrong:?}"),
        }
    }
}

/// Whether `id` comes through the wire as it went in.
///
/// C++ libprocess takes any id, writes it raw into the request line, and percent-decodes what it
/// receives (a `+` becomes a space), so only what survives that is allowed.
pub(super) fn check(id: &str) -> Result<(), IdProblem> {
    if id.is_empty() {
        return Err(IdProblem::Empty);
    }
    let breaks = |char: &char| !char.is_ascii_graphic() || "/@?#%+".contains(*char);
    match id.chars().find(breaks) {
        Some(wrong) => Err(IdProblem::Character(wrong)),
        None => Ok(()),
    }
}

/// The counters behind generated ids: one for each prefix, from 1, for each runtime.
#[derive(Default)]
pub(super) struct Names {
    counters: RwLock<Map<Box<str>, Arc<AtomicU64>>>,
}

impl Names {
    /// `prefix(1)`, then `prefix(2)`, and so on; a number is never given twice.
    pub(super) fn generate(&self, prefix: &str) -> String {
        let known = self.counters.read().get(prefix).cloned();
        let counter = known.unwrap_or_else(|| {
            let mut counters = self.counters.write();
            Arc::clone(counters.entry(prefix.into()).or_default())
        });
        let number = counter.fetch_add(1, Ordering::Relaxed) + 1;
        format!("{prefix}({number})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_would_break_the_wire_is_told_apart() {
        assert_eq!(check("slave(1)"), Ok(()));
        assert_eq!(check("__processes__"), Ok(()));
        assert_eq!(check(""), Err(IdProblem::Empty));
        for wrong in ['/', '@', ' ', '\r', '\n', '\0', '?', '#', '%', '+', 'é'] {
            let id = format!("a{wrong}b");
            assert_eq!(check(&id), Err(IdProblem::Character(wrong)));
        }
    }

    #[test]
    fn every_prefix_counts_from_one() {
        let names = Names::default();
        assert_eq!(names.generate("slave"), "slave(1)");
        assert_eq!(names.generate("slave"), "slave(2)");
        assert_eq!(names.generate(""), "(1)");
        assert_eq!(names.generate("slave"), "slave(3)");
    }
}
