//! Who leads: the address of the master, given once or found anew at every change.

use std::error::Error;
use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};

use libprocess::address::{Address, Upid};
use libprocess::future::{Future, Promise};

/// Knows the leading master.
pub trait Detector: Send + 'static {
    /// The leader, as soon as it is another than `previous`. `None` is no leader.
    fn detect(&mut self, previous: Option<&Upid>) -> Future<Option<Upid>>;
}

/// A master at an address that never changes, as `--master host:port` names it.
#[doc(alias = "StandaloneMasterDetector")]
pub struct Fixed {
    master: Upid,
    /// The answer that never comes.
    waiting: Vec<Promise<Option<Upid>>>,
}

impl Fixed {
    /// A detector that always names `master`.
    #[must_use]
    pub fn new(master: Upid) -> Self {
        Self {
            master,
            waiting: Vec::new(),
        }
    }
}

impl Detector for Fixed {
    fn detect(&mut self, previous: Option<&Upid>) -> Future<Option<Upid>> {
        if previous != Some(&self.master) {
            return Future::ready(Some(self.master.clone()));
        }
        let (promise, future) = Promise::new();
        self.waiting = vec![promise];
        future
    }
}

/// The master that `text` names: `ip:port`, `host:port` or `master@ip:port`.
///
/// # Errors
///
/// If the text has another form, or the host has no address.
pub fn parse_master(text: &str) -> Result<Upid, ParseMasterError> {
    let wrong = |why| ParseMasterError {
        text: text.to_owned(),
        why,
    };
    let address = text.strip_prefix("master@").unwrap_or(text);
    if let Ok(address) = address.parse::<Address>() {
        return Ok(Upid::new("master", address));
    }
    let mut found = address
        .to_socket_addrs()
        .map_err(|_| wrong("not HOST:PORT of a known host"))?;
    let first = found
        .find(SocketAddr::is_ipv4)
        .ok_or_else(|| wrong("no IPv4 address"))?;
    Ok(Upid::new("master", Address::from(first)))
}

/// A text that does not name a master.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseMasterError {
    text: String,
    why: &'static str,
}

impl fmt::Display for ParseMasterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` names no master ({}); allowed: HOST:PORT",
            self.text, self.why
        )
    }
}

impl Error for ParseMasterError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_is_named_in_three_forms() {
        for text in ["127.0.0.1:5050", "localhost:5050", "master@127.0.0.1:5050"] {
            let master = parse_master(text).expect(text);
            assert_eq!(master.to_string(), "master@127.0.0.1:5050");
        }
        assert!(parse_master("nonsense").is_err());
    }
}
