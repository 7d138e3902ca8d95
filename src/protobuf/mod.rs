//! Typed handlers over messages.

pub use self::message::{Error, Message};

mod message;
mod required;
