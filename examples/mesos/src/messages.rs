//! The messages of Mesos, generated from `proto/*.proto`.
//!
//! Types of package `mesos` stand here, those of `mesos.internal` (what master, agent, drivers and
//! executors say to each other) in [`internal`], those of `mesos.scheduler` in [`scheduler`].
//! Names, numbers, types and defaults are the originals': the wire depends on them. A message
//! travels under its full type name, `mesos.internal.RegisterSlaveMessage` say.
//!
//! Fields that a sender knows and we do not are kept, at every depth, and sent along when the
//! message passes on.

#[expect(
    missing_docs,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    reason = "generated"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/mod.rs"));
}

pub use buffa::MessageField;

pub use self::generated::mesos::*;
