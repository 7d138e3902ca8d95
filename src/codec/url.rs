//! Targets of requests, percent-encoding and queries, as libprocess reads and writes them.

use std::borrow::Cow;
use std::fmt;

use smallvec::SmallVec;

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
#[derive(Clone, Default)]
pub struct Query {
    /// Keys and values, decoded, all one behind the other: one allocation, and not two for each.
    text: String,
    pairs: SmallVec<[Pair; 2]>,
}

/// Where a key ends in the text, and where its value does. It begins where the one before it ends.
#[derive(Clone, Copy)]
struct Pair {
    key: u32,
    value: u32,
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
        let mut query = Self {
            text: String::with_capacity(text.len()),
            pairs: SmallVec::new(),
        };
        let is_decoded = memchr::memchr2(b'%', b'+', text.as_bytes()).is_none();
        let mut rest = text;
        while !rest.is_empty() {
            let (pair, others) = cut(rest, |byte| matches!(byte, b'&' | b';'));
            rest = others;
            if pair.is_empty() {
                continue;
            }
            let (key, value) = cut(pair, |byte| byte == b'=');
            if is_decoded {
                query.push(key, value);
            } else {
                query.push(&decode_text(key)?, &decode_text(value)?);
            }
        }
        Ok(query)
    }

    /// The value of `key`; the last one, if it was repeated.
    pub fn get(&self, key: &str) -> Option<&str> {
        let pairs = self.iter().filter(|pair| pair.0 == key);
        pairs.last().map(|pair| pair.1)
    }

    /// Adds a pair.
    pub fn append(&mut self, key: impl AsRef<str>, value: impl AsRef<str>) {
        self.push(key.as_ref(), value.as_ref());
    }

    /// All pairs, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut start = 0;
        self.pairs.iter().map(move |pair| {
            let (key, value) = (pair.key as usize, pair.value as usize);
            let parts = (&self.text[start..key], &self.text[key..value]);
            start = value;
            parts
        })
    }

    /// Whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    fn push(&mut self, key: &str, value: &str) {
        let end = |text: &str| u32::try_from(text.len()).expect("queries stay below 4 GiB");
        self.text.push_str(key);
        let key = end(&self.text);
        self.text.push_str(value);
        let value = end(&self.text);
        self.pairs.push(Pair { key, value });
    }
}

impl PartialEq for Query {
    /// The same pairs in the same order.
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Query {}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: AsRef<str>, V: AsRef<str>> FromIterator<(K, V)> for Query {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut query = Self::new();
        for (key, value) in pairs {
            query.append(key, value);
        }
        query
    }
}

impl fmt::Display for Query {
    /// The encoded form, without `?`; a pair with an empty value is its key alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (key, value)) in self.iter().enumerate() {
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

/// What stands before the first of some bytes, all of ASCII, and what behind it. Pairs are short:
/// to look at each byte takes less than to begin a search that is fast on long texts.
fn cut(text: &str, is_end: impl Fn(u8) -> bool) -> (&str, &str) {
    match text.bytes().position(is_end) {
        Some(end) => (&text[..end], &text[end + 1..]),
        None => (text, ""),
    }
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";
