//! The name of a message.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use crate::primitive::shared::{Shared, Stock};

/// The name of a message; cheap to clone, and free to make from a literal.
///
/// ```
/// use libprocess::codec::message::Name;
///
/// let name = Name::from("ping");
/// assert_eq!(name, *"ping");
/// assert_eq!(name, Name::from(String::from("ping")));
/// ```
#[derive(Clone)]
pub struct Name(Text);

#[derive(Clone)]
enum Text {
    Static(&'static str),
    Shared(Shared<Box<str>>),
}

/// Clones of one name, to be given away.
pub(crate) struct NameStock(Copies);

enum Copies {
    Static(&'static str),
    Shared(Stock<Box<str>>),
}

impl Name {
    /// A name known when the program was written.
    pub const fn from_static(name: &'static str) -> Self {
        Self(Text::Static(name))
    }

    /// A name that is copied.
    pub fn copied(name: &str) -> Self {
        Self(Text::Shared(Shared::new(name.into())))
    }

    /// Whether `other` is a clone of this one, or the same literal: then they are equal.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Text::Static(name), Text::Static(other)) => std::ptr::eq(*name, *other),
            (Text::Shared(name), Text::Shared(other)) => name.is(other),
            _ => false,
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Static(name) => name,
            Text::Shared(name) => name,
        }
    }
}

impl NameStock {
    pub(crate) fn new(name: Name) -> Self {
        Self(match name.0 {
            Text::Static(name) => Copies::Static(name),
            Text::Shared(name) => Copies::Shared(Stock::new(name)),
        })
    }

    /// A clone of the name.
    #[inline]
    pub(crate) fn take(&self) -> Name {
        Name(match &self.0 {
            Copies::Static(name) => Text::Static(name),
            Copies::Shared(stock) => Text::Shared(stock.take()),
        })
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl From<&'static str> for Name {
    fn from(name: &'static str) -> Self {
        Self::from_static(name)
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        Self(Text::Shared(Shared::new(name.into())))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        // Mostly it is a clone.
        let (this, other) = (self.as_str(), other.as_str());
        std::ptr::eq(this, other) || this == other
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl std::hash::Hash for Name {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
