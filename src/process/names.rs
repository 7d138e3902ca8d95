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
    problem(id).map_or(Ok(()), Err)
}

fn problem(text: &str) -> Option<IdProblem> {
    let breaks = |char: &char| !char.is_ascii_graphic() || "/@?#%+".contains(*char);
    text.chars().find(breaks).map(IdProblem::Character)
}

/// The prefixes of numbered ids: `prefix(1)`, `prefix(2)` and so on.
///
/// Most processes of a large runtime have such an id, and nobody ever asks for its text. So it is
/// kept as a prefix and a number, and made text on demand.
#[derive(Default)]
pub(super) struct Names {
    prefixes: RwLock<Map<Box<str>, Arc<Prefix>>>,
}

/// What numbered ids have in common.
pub(super) struct Prefix {
    /// How many prefixes there were before.
    index: u32,
    text: Box<str>,
    /// Why no process may be called so.
    problem: Option<IdProblem>,
    /// How many numbers were generated.
    generated: AtomicU64,
}

/// An id of the form `prefix(number)`.
pub(super) struct Numbered {
    prefix: Arc<Prefix>,
    number: u64,
}

/// What tells numbered ids apart.
pub(super) type Number = (u32, u64);

impl Names {
    /// `prefix(1)`, then `prefix(2)`, and so on; a number is never given twice.
    pub(super) fn generate(&self, prefix: &str) -> Numbered {
        let known = self.prefixes.read().get(prefix).cloned();
        let prefix = known.unwrap_or_else(|| self.add(prefix));
        let number = prefix.generated.fetch_add(1, Ordering::Relaxed) + 1;
        Numbered { prefix, number }
    }

    /// The number of a numbered id that may exist.
    pub(super) fn find(&self, id: &str) -> Option<Number> {
        let (prefix, number) = split(id)?;
        let index = self.prefixes.read().get(prefix)?.index;
        Some((index, number))
    }

    /// The number of an id that is about to exist, if it is a numbered one.
    pub(super) fn number(&self, id: &str) -> Option<Number> {
        let (prefix, number) = split(id)?;
        Some((self.add(prefix).index, number))
    }

    fn add(&self, prefix: &str) -> Arc<Prefix> {
        let mut prefixes = self.prefixes.write();
        if let Some(prefix) = prefixes.get(prefix) {
            return Arc::clone(prefix);
        }
        let added = Arc::new(Prefix {
            index: u32::try_from(prefixes.len()).expect("prefixes are written by hand"),
            text: prefix.into(),
            problem: problem(prefix),
            generated: AtomicU64::new(0),
        });
        prefixes.insert(prefix.into(), Arc::clone(&added));
        added
    }
}

impl Numbered {
    /// Why no process may be called so.
    pub(super) fn problem(&self) -> Option<IdProblem> {
        self.prefix.problem
    }

    pub(super) fn number(&self) -> Number {
        (self.prefix.index, self.number)
    }
}

impl fmt::Display for Numbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.prefix.text, self.number)
    }
}

/// Splits `prefix(number)`, if the number is written as we write it.
fn split(id: &str) -> Option<(&str, u64)> {
    let (prefix, digits) = id.strip_suffix(')')?.rsplit_once('(')?;
    let canonical = digits.bytes().all(|digit| digit.is_ascii_digit()) && !digits.starts_with('0');
    Some((prefix, digits.parse().ok().filter(|_| canonical)?))
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
        let generate = |prefix| names.generate(prefix).to_string();
        assert_eq!(generate("slave"), "slave(1)");
        assert_eq!(generate("slave"), "slave(2)");
        assert_eq!(generate(""), "(1)");
        assert_eq!(generate("slave"), "slave(3)");
        assert_eq!(
            names.generate("a/b").problem(),
            Some(IdProblem::Character('/'))
        );
    }

    #[test]
    fn a_numbered_id_is_found_by_its_text() {
        let names = Names::default();
        assert_eq!(names.find("slave(1)"), None);
        let first = names.generate("slave").number();
        assert_eq!(names.find("slave(1)"), Some(first));
        assert_eq!(names.number("slave(1)"), Some(first));
        assert_ne!(names.find("slave(2)"), Some(first));
        for text in [
            "slave",
            "slave(01)",
            "slave(+1)",
            "slave()",
            "slave(0)",
            "(1)x",
        ] {
            assert_eq!(names.number(text), None, "{text}");
        }
        assert_eq!(names.find("other(1)"), None);
        let given = names.number("other(1)");
        assert_eq!(Some(names.generate("other").number()), given);
    }
}
