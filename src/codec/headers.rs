//! Header fields in order, found by name in any case.

use std::borrow::Cow;
use std::fmt;

use smallvec::SmallVec;

/// Header fields in the order in which they were added; names are found in any case, and a name
/// may occur more than once.
///
/// All text lives in one buffer, in the form in which it is sent: a parsed head of a few fields
/// costs one allocation and not two for each, and to send them is one copy.
/// A value that is not UTF-8 is read as ISO-8859-1, as HTTP once defined.
///
/// ```
/// use libprocess::codec::headers::Headers;
///
/// let mut headers = Headers::new();
/// headers.insert("Content-Type", "text/plain")?;
/// headers.append("Set-Cookie", "a=1")?;
/// headers.append("set-cookie", "b=2")?;
/// assert_eq!(headers.get("content-type"), Some("text/plain"));
/// assert_eq!(headers.get_all("SET-COOKIE").collect::<Vec<_>>(), ["a=1", "b=2"]);
/// # Ok::<(), libprocess::codec::headers::InvalidHeader>(())
/// ```
#[doc(alias = "process::http::Headers")]
#[derive(Clone, Default)]
pub struct Headers {
    /// Each field as `name: value` and a line end, all one behind the other.
    text: Cow<'static, str>,
    fields: SmallVec<[Field; 4]>,
}

/// Where the name of a field ends in the text, and where its value does. It begins where the one
/// before it ends.
#[derive(Clone, Copy)]
struct Field {
    name: u32,
    value: u32,
}

/// A field that is always the same, and allocates nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fixed {
    text: &'static str,
    name: usize,
}

impl Fixed {
    /// The field of this line, which ends as lines do, and whose name has this length.
    pub(crate) const fn new(name: usize, text: &'static str) -> Self {
        Self { text, name }
    }
}

/// Between a name and its value.
const COLON: &str = ": ";

/// Behind a value.
const LINE_END: &str = "\r\n";

impl Headers {
    /// No fields at all. Allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// One field.
    pub(crate) fn fixed(field: Fixed) -> Self {
        let mut fields = SmallVec::new();
        fields.push(Field {
            name: field.name as u32,
            value: (field.text.len() - LINE_END.len()) as u32,
        });
        Self {
            text: Cow::Borrowed(field.text),
            fields,
        }
    }

    /// The first value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.iter();
        fields
            .find(|field| field.0.eq_ignore_ascii_case(name))
            .map(|field| field.1)
    }

    /// All values of `name`, in order.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter()
            .filter(move |field| field.0.eq_ignore_ascii_case(name))
            .map(|field| field.1)
    }

    /// Whether there is a field of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets the one value of `name`, in place of all that were there.
    ///
    /// # Errors
    ///
    /// The name is not a token, or the value holds a control byte: it would break the wire.
    #[doc(alias = "put")]
    pub fn insert(&mut self, name: &str, value: &str) -> Result<(), InvalidHeader> {
        check(name, value)?;
        self.remove(name);
        self.push(name, value);
        Ok(())
    }

    /// Adds a value to those that `name` has.
    ///
    /// # Errors
    ///
    /// As [`insert`](Self::insert).
    pub fn append(&mut self, name: &str, value: &str) -> Result<(), InvalidHeader> {
        check(name, value)?;
        self.push(name, value);
        Ok(())
    }

    /// Removes all values of `name`; says whether there were any.
    pub fn remove(&mut self, name: &str) -> bool {
        if !self.contains(name) {
            return false;
        }
        let mut others = Self::with_capacity(self.fields.len(), self.text.len());
        for (other, value) in self.iter() {
            if !other.eq_ignore_ascii_case(name) {
                others.push(other, value);
            }
        }
        *self = others;
        true
    }

    /// All fields, in order, with their names as they were written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut start = 0;
        self.fields.iter().map(move |field| {
            let (name, value) = (field.name as usize, field.value as usize);
            let parts = (
                &self.text[start..name],
                &self.text[name + COLON.len()..value],
            );
            start = value + LINE_END.len();
            parts
        })
    }

    /// All fields as they are sent.
    pub(crate) fn as_text(&self) -> &str {
        &self.text
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether a comma-separated list in any field of this name holds `token`, in any case.
    ///
    /// ```
    /// # use libprocess::codec::headers::Headers;
    /// let mut headers = Headers::new();
    /// headers.append("Connection", "Upgrade, close")?;
    /// assert!(headers.has_token("connection", "Close"));
    /// # Ok::<(), libprocess::codec::headers::InvalidHeader>(())
    /// ```
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        self.get_all(name)
            .flat_map(|list| list.split(','))
            .any(|entry| entry.trim_matches([' ', '\t']).eq_ignore_ascii_case(token))
    }

    /// Copies fields that a parser has checked.
    pub(super) fn from_parsed(fields: &[httparse::Header<'_>]) -> Self {
        let bytes = fields
            .iter()
            .map(|field| field.name.len() + field.value.len() + FRAME_BYTES)
            .sum();
        let mut headers = Self::with_capacity(fields.len(), bytes);
        for field in fields {
            match std::str::from_utf8(field.value) {
                Ok(value) => headers.push(field.name, value),
                Err(_) => {
                    let value: String = field.value.iter().copied().map(char::from).collect();
                    headers.push(field.name, &value);
                }
            }
        }
        headers
    }

    fn with_capacity(fields: usize, bytes: usize) -> Self {
        Self {
            text: Cow::Owned(String::with_capacity(bytes)),
            fields: SmallVec::with_capacity(fields),
        }
    }

    fn push(&mut self, name: &str, value: &str) {
        let text = self.text.to_mut();
        text.reserve(name.len() + value.len() + FRAME_BYTES);
        text.push_str(name);
        let name = end(text);
        text.push_str(COLON);
        text.push_str(value);
        let value = end(text);
        text.push_str(LINE_END);
        self.fields.push(Field { name, value });
    }
}

const FRAME_BYTES: usize = COLON.len() + LINE_END.len();

fn end(text: &str) -> u32 {
    u32::try_from(text.len()).expect("headers stay below 4 GiB")
}

impl PartialEq for Headers {
    /// The same fields in the same order, names in any case.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .zip(other.iter())
                .all(|(ours, theirs)| ours.0.eq_ignore_ascii_case(theirs.0) && ours.1 == theirs.1)
    }
}

impl Eq for Headers {}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// A header that would break the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidHeader {
    name: String,
}

impl fmt::Display for InvalidHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "header {:?} has a malformed name or a control byte in its value",
            self.name
        )
    }
}

impl std::error::Error for InvalidHeader {}

/// Whether `byte` may stand in a header's name (RFC 9110, `tchar`).
pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether `byte` may stand in a header's value.
pub(super) fn is_value(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7F)
}

fn check(name: &str, value: &str) -> Result<(), InvalidHeader> {
    if !name.is_empty() && name.bytes().all(is_token) && value.bytes().all(is_value) {
        Ok(())
    } else {
        Err(InvalidHeader {
            name: name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_kept_as_written() {
        let mut headers = Headers::new();
        headers.insert("X-First", "1").unwrap();
        headers.append("x-first", "2").unwrap();
        assert_eq!(headers.get("X-FIRST"), Some("1"));
        assert_eq!(
            headers.iter().collect::<Vec<_>>(),
            [("X-First", "1"), ("x-first", "2")]
        );
        headers.insert("X-FIRST", "3").unwrap();
        assert_eq!(headers.get_all("x-first").collect::<Vec<_>>(), ["3"]);
        assert!(headers.remove("x-First"));
        assert!(!headers.remove("x-First"));
        assert!(headers.is_empty());
    }

    #[test]
    fn what_would_break_the_wire_is_refused() {
        let mut headers = Headers::new();
        for (name, value) in [
            ("", "x"),
            ("a b", "x"),
            ("a:", "x"),
            ("a", "x\r\nb: y"),
            ("a", "\0"),
            ("é", "x"),
        ] {
            assert!(headers.append(name, value).is_err(), "{name:?}: {value:?}");
        }
        assert!(headers.is_empty());
    }

    #[test]
    fn bytes_that_are_not_utf8_are_latin1() {
        let field = httparse::Header {
            name: "X",
            value: b"caf\xe9",
        };
        assert_eq!(Headers::from_parsed(&[field]).get("x"), Some("café"));
    }
}
