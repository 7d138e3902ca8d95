//! Targets of requests, percent-encoding and queries, as libprocess reads and writes them.

use std::borrow::Cow;
use std::fmt;

/// A request's target, cut at its `?` and `#`; nothing is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// The path: empty or `*` in odd requests, else it begins with `/`.
    pub path: &'a str,
    /// What stands between `?` and `#`.
    pub query: Option<&'a str>,
    /// What stands behind `#`. Browsers keep it to themselves; libprocess' client sends it.
    pub fragment: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// Cuts a target. Of an absolute one (`http://host/path`) the path is taken.
    ///
    /// ```
    /// use libprocess::codec::url::Target;
    ///
    /// let target = Target::parse("/state?a=b#top");
    /// assert_eq!((target.path, target.query), ("/state", Some("a=b")));
    /// assert_eq!(target.fragment, Some("top"));
    /// assert_eq!(Target::parse("http://host:80/path").path, "/path");
    /// ```
    pub fn parse(target: &'a str) -> Self {
        let Some(cut) = memchr::memchr2(b'?', b'#', target.as_bytes()) else {
            return Self {
                path: origin_form(target),
                query: None,
                fragment: None,
            };
        };
        let (path, rest) = target.split_at(cut);
        let (query, fragment) = match rest.strip_prefix('?') {
            Some(rest) => {
                let (query, fragment) = split_optional(rest, '#');
                (Some(query), fragment)
            }
            None => (None, Some(&rest[1..])),
        };
        Self {
            path: origin_form(path),
            query,
            fragment,
        }
    }

    /// The first segment of the path, undecoded, and everything behind its slash.
    ///
    /// A message's process and its name: the name may hold slashes and dots.
    pub fn first_segment(&self) -> (&'a str, &'a str) {
        let path = self.path.strip_prefix('/').unwrap_or(self.path);
        path.split_once('/').unwrap_or((path, ""))
    }
}

fn split_optional(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn origin_form(path: &str) -> &str {
    if path.starts_with('/') {
        return path;
    }
    match path.split_once("://") {
        Some((_scheme, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => path,
    }
}

/// Percent-encodes as libprocess does: more than RFC 3986 asks for (`$`, `,` and others), and
/// whatever stands in `extra`.
///
/// ```
/// use libprocess::codec::url::encode;
///
/// assert_eq!(encode(b"a b/c(1)", ""), "a%20b%2Fc(1)");
/// assert_eq!(encode(b"foo.bar", "."), "foo%2Ebar");
/// ```
#[doc(alias = "process::http::encode")]
pub fn encode(bytes: &[u8], extra: &str) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for &byte in bytes {
        if is_plain(byte) && !extra.as_bytes().contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 0xF] {
                encoded.push(char::from(HEX[usize::from(digit)]));
            }
        }
    }
    encoded
}

/// DEL is plain: libprocess leaves it alone.
fn is_plain(byte: u8) -> bool {
    (b'!'..=0x7F).contains(&byte) && !b"$&+,/:;=?@\"<>#%{}|\\^~[]`".contains(&byte)
}

/// Decodes `%XX`, and `+` to a space.
///
/// # Errors
///
/// A `%` without two hexadecimal digits behind it.
///
/// ```
/// use libprocess::codec::url::decode;
///
/// assert_eq!(&*decode("a%20b+c")?, b"a b c");
/// let error = decode("50%").unwrap_err();
/// assert_eq!(error.to_string(), "Malformed % escape in '50%': '%'");
/// # Ok::<(), libprocess::codec::url::BadEscape>(())
/// ```
#[doc(alias = "process::http::decode")]
pub fn decode(text: &str) -> Result<Cow<'_, [u8]>, BadEscape> {
    let bytes = text.as_bytes();
    let Some(first) = memchr::memchr2(b'%', b'+', bytes) else {
        return Ok(Cow::Borrowed(bytes));
    };
    let mut decoded = Vec::with_capacity(bytes.len());
    decoded.extend_from_slice(&bytes[..first]);
    let mut rest = &bytes[first..];
    while let Some((&byte, after)) = rest.split_first() {
        rest = match byte {
            b'+' => {
                decoded.push(b' ');
                after
            }
            b'%' => {
                let digits = after.first_chunk().copied().and_then(hex_byte);
                decoded.push(digits.ok_or_else(|| BadEscape::new(text, rest))?);
                &after[2..]
            }
            other => {
                decoded.push(other);
                after
            }
        };
    }
    Ok(Cow::Owned(decoded))
}

/// As [`decode`], for text: bytes that are not UTF-8 become the replacement character.
///
/// # Errors
///
/// As [`decode`].
pub fn decode_text(text: &str) -> Result<Cow<'_, str>, BadEscape> {
    Ok(match decode(text)? {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => Cow::Owned(
            String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        ),
    })
}

fn hex_byte(digits: [u8; 2]) -> Option<u8> {
    let high = char::from(digits[0]).to_digit(16)?;
    let low = char::from(digits[1]).to_digit(16)?;
    Some((high * 16 + low) as u8)
}

/// A `%` without two hexadecimal digits behind it.
///
/// Reads as libprocess words it, capital and all, because the text goes to clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadEscape {
    text: String,
    escape: String,
}

impl BadEscape {
    fn new(text: &str, rest: &[u8]) -> Self {
        let escape = String::from_utf8_lossy(&rest[..rest.len().min(3)]).into_owned();
        Self {
            text: text.to_owned(),
            escape,
        }
    }
}

impl fmt::Display for BadEscape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Malformed % escape in '{}': '{}'",
            self.text, self.escape
        )
    }
}

impl std::error::Error for BadEscape {}

/// The decoded pairs of a query, in order; of a repeated key the last value counts.
///
/// ```
/// use libprocess::codec::url::Query;
///
/// let query = Query::parse("a=1&b=x%20y;flag&a=2")?;
/// assert_eq!(query.get("a"), Some("2"));
/// assert_eq!(query.get("b"), Some("x y"));
/// assert_eq!(query.get("flag"), Some(""));
/// assert_eq!(query.to_string(), "a=1&b=x%20y&flag&a=2");
/// # Ok::<(), libprocess::codec::url::BadEscape>(())
/// ```
#[doc(alias = "process::http::query")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// No pairs at all. Allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Splits at `&` and `;`, then at the first `=`; a missing `=` gives an empty value.
    ///
    /// # Errors
    ///
    /// A malformed escape anywhere.
    #[doc(alias = "process::http::query::decode")]
    pub fn parse(text: &str) -> Result<Self, BadEscape> {
        let pairs = text
            .split(['&', ';'])
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                Ok((
                    decode_text(key)?.into_owned(),
                    decode_text(value)?.into_owned(),
                ))
            })
            .collect::<Result<_, BadEscape>>()?;
        Ok(Self { pairs })
    }

    /// The value of `key`; the last one, if it was repeated.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs
            .iter()
            .rev()
            .find(|pair| pair.0 == key)
            .map(|pair| pair.1.as_str())
    }

    /// Adds a pair.
    pub fn append(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.pairs.push((key.into(), value.into()));
    }

    /// All pairs, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Query {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self {
            pairs: pairs
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        }
    }
}

impl fmt::Display for Query {
    /// The encoded form, without `?`; a pair with an empty value is its key alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (key, value)) in self.pairs.iter().enumerate() {
            if index > 0 {
                f.write_str("&")?;
            }
            f.write_str(&encode(key.as_bytes(), ""))?;
            if !value.is_empty() {
                f.write_str("=")?;
                f.write_str(&encode(value.as_bytes(), ""))?;
            }
        }
        Ok(())
    }
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";
