//! Typed handlers over messages: protobuf in, protobuf out.
//!
//! A typed message travels as any other: its name is the full name of its type, its body the
//! serialized bytes, nothing at all for a message without fields. That is what C++ libprocess'
//! `ProtobufProcess` does, so both ends of a wire may be in either language.
//!
//! Here no process has to be of a special kind: [`ProtobufContext`] gives every
//! [`Context`](crate::process::Context) the verbs. What may travel is a [`Message`]: each type that
//! `buffa` generates with reflection, and whatever else says its name and how it is written.
//!
//! # What is refused
//!
//! C++ protobuf refuses a message that lacks a `required` field, however deep. So does this module,
//! when receiving and when sending; the generated types cannot, since a required number that was
//! not sent looks like a zero to them. Fields that the type does not know are no fault: they are
//! kept, and sent along when the message passes on.

pub use self::context::{Alone, FieldsHandler, ProtobufContext, ProtobufHandler, WithSender};
pub use self::message::{Error, Message};

mod context;
mod message;
mod required;
