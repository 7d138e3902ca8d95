//! What `WWW-Authenticate` says.

use std::collections::BTreeMap;
use std::fmt;

use crate::codec::headers::is_token;

/// How a server wants to be asked again: a scheme, and what belongs to it (RFC 9110, section
/// 11.6.1).
///
/// ```
/// use libprocess::http::Response;
///
/// let both = ["Basic realm=\"a, b\"", "Bearer realm=c, error=\"d\""];
/// let response = Response::unauthorized(&both)?;
/// let challenges = response.challenges()?;
/// assert_eq!((&*challenges[0].scheme, challenges[0].realm()), ("Basic", "a, b"));
/// assert_eq!(challenges[1].parameters["error"], "d");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "WWWAuthenticate")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The name of the scheme: `Basic`.
    pub scheme: String,
    /// What it says, by names in lower case; `realm` is always there.
    pub parameters: BTreeMap<String, String>,
}

impl Challenge {
    /// What the credentials are for.
    pub fn realm(&self) -> &str {
        &self.parameters[REALM]
    }

    /// The challenges in one value of the header; C++ libprocess reads only one.
    ///
    /// # Errors
    ///
    /// There is none, or one is malformed or names no realm.
    pub fn parse(text: &str) -> Result<Vec<Self>, InvalidChallenge> {
        let mut scanner = Scanner(text);
        let mut challenges: Vec<Self> = Vec::new();
        loop {
            scanner.skip(",");
            if scanner.0.is_empty() {
                break;
            }
            let word = scanner.token()?;
            let is_alone = scanner.skip("") || scanner.0.is_empty();
            let is_parameter = scanner.take('=');
            match challenges.last_mut() {
                Some(challenge) if is_parameter => {
                    scanner.skip("");
                    let value = scanner.value()?;
                    challenge
                        .parameters
                        .insert(word.to_ascii_lowercase(), value);
                }
                _ if is_parameter || !is_alone => return Err(InvalidChallenge::Malformed),
                _ => challenges.push(Self {
                    scheme: word.to_owned(),
                    parameters: BTreeMap::new(),
                }),
            }
        }
        let is_whole = |challenge: &Self| challenge.parameters.contains_key(REALM);
        match challenges.iter().all(is_whole) {
            _ if challenges.is_empty() => Err(InvalidChallenge::Malformed),
            true => Ok(challenges),
            false => Err(InvalidChallenge::NoRealm),
        }
    }
}

/// What is left of the text.
struct Scanner<'a>(&'a str);

impl<'a> Scanner<'a> {
    /// Skips blanks and whatever stands in `others`; whether there was anything.
    fn skip(&mut self, others: &str) -> bool {
        let before = self.0.len();
        let skipped = |character| " \t".contains(character) || others.contains(character);
        self.0 = self.0.trim_start_matches(skipped);
        self.0.len() < before
    }

    fn take(&mut self, character: char) -> bool {
        let rest = self.0.strip_prefix(character);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn token(&mut self) -> Result<&'a str, InvalidChallenge> {
        let end = self.0.bytes().position(|byte| !is_token(byte));
        let (token, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest;
        match token {
            "" => Err(InvalidChallenge::Malformed),
            token => Ok(token),
        }
    }

    /// A token, or a text in quotes.
    fn value(&mut self) -> Result<String, InvalidChallenge> {
        if !self.take('"') {
            return self.token().map(str::to_owned);
        }
        let mut value = String::new();
        let mut characters = self.0.chars();
        loop {
            match characters.next() {
                Some('"') => break,
                Some('\\') => value.extend(characters.next()),
                Some(character) => value.push(character),
                None => return Err(InvalidChallenge::Malformed),
            }
        }
        self.0 = characters.as_str();
        Ok(value)
    }
}

/// Why a text is no challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidChallenge {
    /// It is not `scheme name=value, name="value"`.
    Malformed,
    /// It names no realm.
    NoRealm,
}

impl fmt::Display for InvalidChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "malformed challenge",
            Self::NoRealm => "challenge without a realm",
        })
    }
}

impl std::error::Error for InvalidChallenge {}

const REALM: &str = "realm";
