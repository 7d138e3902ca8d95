//! The life of a connection.

/// How far a connection is from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Both directions are open.
    Open,
    /// Nothing more is taken; what is owed is still written. This many bytes at most are read and
    /// dropped; then it is still noticed if the client breaks off.
    Answering(usize),
    /// The last answer waits to be written; then the writing half is shut down.
    Closing,
    /// What waits is written, and then all is over.
    Ending,
    /// What the peer still sends is read and dropped, this many bytes at most: unread, they would
    /// turn our end into a reset that overtakes the answers.
    Lingering(usize),
    /// Nothing is left to do.
    Over,
}
