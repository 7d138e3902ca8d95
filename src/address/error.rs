//! What can be wrong with the text of an address or of a UPID.

use std::fmt;

/// The text is not an [`Address`](super::Address).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseAddressError {
    text: Box<str>,
    problem: AddressProblem,
}

impl ParseAddressError {
    pub(super) fn new(text: &str, problem: AddressProblem) -> Self {
        Self {
            text: text.into(),
            problem,
        }
    }

    pub(super) fn problem(&self) -> AddressProblem {
        self.problem
    }
}

impl fmt::Display for ParseAddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "'{}' is not an address: {}",
            self.text.escape_debug(),
            self.problem
        )
    }
}

impl std::error::Error for ParseAddressError {}

/// The text is not a [`Upid`](super::Upid).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseUpidError {
    text: Box<str>,
    problem: UpidProblem,
}

impl ParseUpidError {
    pub(super) fn new(text: &str, problem: UpidProblem) -> Self {
        Self {
            text: text.into(),
            problem,
        }
    }
}

impl fmt::Display for ParseUpidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "'{}' is not a upid: {}",
            self.text.escape_debug(),
            self.problem
        )
    }
}

impl std::error::Error for ParseUpidError {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AddressProblem {
    NoPort,
    Ip,
    BareV6,
    Port,
}

impl fmt::Display for AddressProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPort => "no ':' before a port",
            Self::Ip => "the host is not an ip (names are not resolved)",
            Self::BareV6 => "an ipv6 host needs brackets",
            Self::Port => "the port is not a number from 0 to 65535",
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UpidProblem {
    NoAt,
    Id(char),
    Address(AddressProblem),
}

impl fmt::Display for UpidProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAt => f.write_str("no '@' between id and address"),
            Self::Id(wrong) => write!(f, "the id holds {wrong:?}"),
            Self::Address(problem) => problem.fmt(f),
        }
    }
}
