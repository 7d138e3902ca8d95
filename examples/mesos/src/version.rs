//! Which Mesos this is compatible with.

/// The version that master and agent report: that of the Mesos whose protocol they speak.
pub const VERSION: &str = "1.11.0";
