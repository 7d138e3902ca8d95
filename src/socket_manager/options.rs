//! What can be set about messages to other addresses.

use std::time::Duration;

/// What can be set about messages to other addresses.
///
/// ```
/// use libprocess::socket_manager::Options;
///
/// let options = Options { queue_messages: 10_000, ..Options::default() };
/// assert_eq!(options.queue_bytes, 256 * 1024 * 1024);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many bytes may wait for one connection; what is sent beyond that is a dead letter.
    ///
    /// 256 MiB: as much as the largest body that a peer takes, and less than a peer that takes
    /// nothing needs to exhaust a machine.
    pub queue_bytes: usize,
    /// How many messages may wait for one connection; what is sent beyond that is a dead letter.
    ///
    /// A million: a process may send to all of a large cluster in one go.
    pub queue_messages: usize,
    /// How many temporary connections are kept open with nothing to write, so that scattered
    /// messages do not open one each. The one that has rested longest ends first. With 0 each
    /// ends as soon as it is drained, as in libprocess.
    ///
    /// 256: few beside the descriptors that a process may have.
    pub kept_connections: usize,
    /// For how long one is kept that nothing is written to.
    ///
    /// Ten seconds: less than what lies between a peer and us usually forgets a connection after.
    pub kept_for: Duration,
    /// Whether links tell of the end of the process at their far end, where both ends are ours.
    /// Otherwise only of that of the connection, as in libprocess. To find out whose the other end
    /// is costs a message, the first of each link.
    pub watch_processes: bool,
    /// Whether the ip of a sender must be the one that its message comes from.
    #[doc(alias = "LIBPROCESS_REQUIRE_PEER_ADDRESS_IP_MATCH")]
    pub require_peer_ip_match: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            queue_bytes: 256 * 1024 * 1024,
            queue_messages: 1_000_000,
            kept_connections: 256,
            kept_for: Duration::from_secs(10),
            watch_processes: true,
            require_peer_ip_match: false,
        }
    }
}
