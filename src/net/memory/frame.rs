//! What travels between two nodes, as an observer sees it.

use std::fmt;

use crate::address::Address;
use crate::time::Time;

/// A frame that has just arrived, or would have.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Frame<'a> {
    /// When.
    pub time: Time,
    /// The sender's end of the connection.
    pub from: Address,
    /// The receiver's end of the connection.
    pub to: Address,
    /// What it is.
    pub kind: FrameKind,
    /// What it carries, if its kind is [`FrameKind::Bytes`].
    pub bytes: &'a [u8],
    /// Whether it vanished in a partition.
    pub lost: bool,
}

impl Frame<'_> {
    /// The [`checksum`] of its bytes.
    pub fn checksum(&self) -> u64 {
        checksum(self.bytes)
    }
}

/// The kinds of frames, after the segments of TCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameKind {
    /// Asks for a connection.
    Open,
    /// Grants a connection.
    Accept,
    /// Carries bytes.
    Bytes,
    /// Ends the sender's half.
    End,
    /// Breaks the connection, or refuses it.
    Reset,
}

impl fmt::Display for FrameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Accept => "accept",
            Self::Bytes => "bytes",
            Self::End => "end",
            Self::Reset => "reset",
        })
    }
}

/// A checksum for traces: FNV-1a, the same on every machine.
pub fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(OFFSET_BASIS, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(PRIME)
    })
}

const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;
