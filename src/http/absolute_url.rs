//! A URL with the server in front: `http://host:port/path?query#fragment`.

use std::fmt;
use std::net::Ipv6Addr;
use std::path::Path;
use std::str::FromStr;

use super::Url;
use crate::address::parse_port;
use crate::codec::url::{self, BadEscape};

/// A URL that names its server: `http://host:port/path?query#fragment`.
///
/// C++ libprocess leaves query and fragment in the path, and knows no IPv6.
///
/// ```
/// use libprocess::http::AbsoluteUrl;
///
/// let url: AbsoluteUrl = "http://[::1]:5050/state?jsonp=f#top".parse()?;
/// assert_eq!((&*url.host, url.port()), ("::1", Some(5050)));
/// assert_eq!((&*url.target.path, url.target.query.get("jsonp")), ("/state", Some("f")));
/// assert_eq!(url.to_string(), "http://[::1]:5050/state?jsonp=f#top");
///
/// let url: AbsoluteUrl = "http+unix://%2Frun%2Fagent.sock/state".parse()?;
/// assert_eq!((&*url.host, url.port()), ("/run/agent.sock", None));
/// # Ok::<(), libprocess::http::InvalidUrl>(())
/// ```
#[doc(alias = "process::http::URL")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsoluteUrl {
    /// How the server is spoken to, in lower case: `http`.
    pub scheme: String,
    /// The server: a name, an ip, or for `http+unix` the path of its socket; neither in brackets
    /// nor encoded.
    pub host: String,
    /// The port, if it is said.
    pub explicit_port: Option<u16>,
    /// What the server is asked for.
    pub target: Url,
}

impl AbsoluteUrl {
    /// The port: the one that is said, or else that of the scheme, which sockets at paths have
    /// none of.
    pub fn port(&self) -> Option<u16> {
        self.explicit_port.or_else(|| default_port(&self.scheme))
    }

    /// The path of the socket at which the server is, if it is at one.
    pub(crate) fn socket_path(&self) -> Option<&Path> {
        (self.scheme == UNIX).then(|| Path::new(&self.host))
    }

    fn parse(text: &str) -> Result<Self, Problem> {
        let (scheme, rest) = text.split_once("://").ok_or(Problem::NoScheme)?;
        let scheme = scheme.to_ascii_lowercase();
        if !is_scheme(&scheme) {
            return Err(Problem::NoScheme);
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let (host, explicit_port) = match scheme.as_str() {
            UNIX => (host_at_path(authority)?, None),
            _ => host_and_port(authority)?,
        };
        if host.is_empty() {
            return Err(Problem::NoHost);
        }
        if explicit_port.is_none() && default_port(&scheme).is_none() && scheme != UNIX {
            return Err(Problem::NoPort);
        }
        let mut target = Url::parse(target).map_err(Problem::Query)?;
        if target.path.is_empty() {
            target.path.push('/');
        }
        Ok(Self {
            scheme,
            host,
            explicit_port,
            target,
        })
    }
}

fn is_scheme(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

fn host_at_path(authority: &str) -> Result<String, Problem> {
    let path = url::decode_text(authority).map_err(Problem::Query)?;
    Ok(path.into_owned())
}

fn host_and_port(authority: &str) -> Result<(String, Option<u16>), Problem> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or(Problem::BadHost)?;
            host.parse::<Ipv6Addr>().map_err(|_| Problem::BadHost)?;
            match rest {
                "" => (host, None),
                rest => (host, Some(rest.strip_prefix(':').ok_or(Problem::BadHost)?)),
            }
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    // Names and passwords are for nobody here.
    if authority.contains('@') || !host.bytes().all(is_of_host) {
        return Err(Problem::BadHost);
    }
    let port = port.map(|port| parse_port(port).ok_or(Problem::BadPort));
    Ok((host.to_owned(), port.transpose()?))
}

/// Whether a byte may stand in the name or the ip of a host; none of these ends a header.
pub(crate) fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte)
}

impl FromStr for AbsoluteUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        Self::parse(text).map_err(|problem| InvalidUrl {
            text: text.into(),
            problem,
        })
    }
}

impl fmt::Display for AbsoluteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, .. } = self;
        match scheme.as_str() {
            UNIX => write!(f, "{scheme}://{}", url::encode(host.as_bytes(), ""))?,
            _ if host.contains(':') => write!(f, "{scheme}://[{host}]")?,
            _ => write!(f, "{scheme}://{host}")?,
        }
        if let Some(port) = self.explicit_port {
            write!(f, ":{port}")?;
        }
        self.target.fmt(f)
    }
}

/// A text that is no URL with a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidUrl {
    text: Box<str>,
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    NoScheme,
    NoHost,
    BadHost,
    BadPort,
    NoPort,
    Query(BadEscape),
}

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "url {:?}: ", self.text)?;
        f.write_str(match &self.problem {
            Problem::NoScheme => "missing scheme",
            Problem::NoHost => "missing host",
            Problem::BadHost => "malformed host",
            Problem::BadPort => "malformed port",
            Problem::NoPort => "missing port, and the scheme has none of its own",
            Problem::Query(error) => return error.fmt(f),
        })
    }
}

impl std::error::Error for InvalidUrl {}

const UNIX: &str = "http+unix";
