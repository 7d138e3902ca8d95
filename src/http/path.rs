//! Paths that follow a pattern.

use std::collections::BTreeMap;
use std::fmt;

/// Takes a path apart as a pattern says: its segments in braces bind what stands in their place,
/// the others must be there as they are, and are given back too. The path may end before the
/// pattern does; empty segments count on neither side.
///
/// ```
/// use libprocess::http::parse_path;
///
/// let found = parse_path("/books/{isbn}/chapters/{chapter}", "/books/0304827484/chapters/3")?;
/// assert_eq!((found["isbn"], found["chapter"]), ("0304827484", "3"));
/// # Ok::<(), libprocess::http::PathMismatch>(())
/// ```
///
/// # Errors
///
/// A segment is another than the pattern says, or there are more.
#[doc(alias = "process::http::path::parse")]
pub fn parse_path<'a>(
    pattern: &'a str,
    path: &'a str,
) -> Result<BTreeMap<&'a str, &'a str>, PathMismatch> {
    let mut expected = segments(pattern);
    let mut found = BTreeMap::new();
    let mut left = segments(path);
    while let Some(segment) = left.next() {
        let Some(expected) = expected.next() else {
            let rest: Vec<_> = std::iter::once(segment).chain(left).collect();
            return Err(PathMismatch::Suffix(rest.join("/")));
        };
        let inner = expected.strip_prefix('{');
        match inner.and_then(|inner| inner.strip_suffix('}')) {
            Some(name) => found.insert(name, segment),
            None if expected == segment => found.insert(expected, segment),
            None => return Err(PathMismatch::Segment(expected.into(), segment.into())),
        };
    }
    Ok(found)
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// Why a path does not follow a pattern.
///
/// Reads as libprocess words it, capitals and all, because the text goes to clients.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathMismatch {
    /// There should be the first where there is the second.
    Segment(String, String),
    /// This is behind the end of the pattern.
    Suffix(String),
}

impl fmt::Display for PathMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Segment(expected, segment) => {
                write!(f, "Expecting '{expected}' not '{segment}'")
            }
            Self::Suffix(rest) => write!(f, "Not expecting suffix '{rest}'"),
        }
    }
}

impl std::error::Error for PathMismatch {}
