//! What a typed message is, and why one is refused.

use std::any::TypeId;
use std::cell::RefCell;
use std::collections::BTreeMap;

use buffa_descriptor::reflect::ReflectMessage;
use bytes::Bytes;

use super::required;
use crate::primitive::thread;

/// A message with a name of its own on the wire.
///
/// Every type that [buffa] generates with reflection is one. A type of another protobuf library
/// becomes one by its name and two functions:
///
/// ```
/// use bytes::Bytes;
/// use libprocess::protobuf::{Error, Message};
///
/// /// `package greet; message Hello { required string whom = 1; }`, by hand.
/// struct Hello {
///     whom: String,
/// }
///
/// impl Message for Hello {
///     const NAME: &'static str = "greet.Hello";
///
///     fn encode(&self) -> Result<Bytes, Error> {
///         let length = u8::try_from(self.whom.len()).map_err(|_| Error::TooLarge)?;
///         Ok([&[0x0a, length][..], self.whom.as_bytes()].concat().into())
///     }
///
///     fn decode(body: &Bytes) -> Result<Self, Error> {
///         match body.split_at_checked(2) {
///             Some(([0x0a, _], whom)) => Ok(Self { whom: String::from_utf8_lossy(whom).into() }),
///             _ => Err(Error::Missing { field: "whom".into() }),
///         }
///     }
/// }
///
/// let body = Hello { whom: "you".into() }.encode()?;
/// assert_eq!(&body[..], b"\x0a\x03you");
/// assert_eq!(Hello::decode(&body)?.whom, "you");
/// # Ok::<(), Error>(())
/// ```
///
/// [buffa]: https://docs.rs/buffa
#[doc(alias = "google::protobuf::Message")]
pub trait Message: Sized + Send + 'static {
    /// The full type name, the message's name on the wire: `mesos.internal.KillTaskMessage`.
    const NAME: &'static str;

    /// The body that says `self`.
    ///
    /// # Errors
    ///
    /// When a required message is not set, at whatever depth, or the body would be too large.
    #[doc(alias = "SerializeToString")]
    fn encode(&self) -> Result<Bytes, Error>;

    /// The message that `body` says.
    ///
    /// # Errors
    ///
    /// When `body` is not a message of this type, or lacks a required field at whatever depth.
    #[doc(alias = "ParseFromString")]
    fn decode(body: &Bytes) -> Result<Self, Error>;
}

impl<M> Message for M
where
    M: buffa::Message + buffa::MessageName + ReflectMessage + Send + 'static,
{
    const NAME: &'static str = <M as buffa::MessageName>::FULL_NAME;

    fn encode(&self) -> Result<Bytes, Error> {
        let body = self.try_encode_to_bytes().map_err(|_| Error::TooLarge)?;
        complete(self, &body)?;
        Ok(body)
    }

    fn decode(body: &Bytes) -> Result<Self, Error> {
        let message =
            <M as buffa::Message>::decode(&mut body.clone()).map_err(Error::from_decode)?;
        complete(&message, body)?;
        Ok(message)
    }
}

/// Generated types cannot tell an absent required number from a zero: the bytes can.
fn complete<M: ReflectMessage + 'static>(message: &M, body: &[u8]) -> Result<(), Error> {
    if !can_lack(message) {
        return Ok(());
    }
    match required::missing(body, message.message_descriptor(), message.pool()) {
        Some(field) => Err(Error::Missing { field }),
        None => Ok(()),
    }
}

/// Whether messages of this type have required fields, at whatever depth: many have none, and
/// their bytes are not gone through again. That is found out once for each type and thread.
fn can_lack<M: ReflectMessage + 'static>(message: &M) -> bool {
    thread::local! {
        static KNOWN: RefCell<BTreeMap<TypeId, bool>> = RefCell::new(BTreeMap::new());
    }
    let find_out = || required::any(message.message_descriptor(), message.pool());
    KNOWN.with_borrow_mut(|known| *known.entry(TypeId::of::<M>()).or_insert_with(find_out))
}

/// Why a message could not be said or understood.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not a message of the type.
    Malformed {
        /// What is wrong with them.
        reason: String,
    },
    /// A required field is not there.
    Missing {
        /// Its path from the message: `task.task_id.value`.
        field: String,
    },
    /// More bytes than a message may have.
    TooLarge,
}

impl Error {
    fn from_decode(error: buffa::DecodeError) -> Self {
        match error {
            buffa::DecodeError::MessageTooLarge => Self::TooLarge,
            error => Self::Malformed {
                reason: error.to_string(),
            },
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed { reason } => write!(f, "malformed body: {reason}"),
            Self::Missing { field } => write!(f, "missing required field {field}"),
            Self::TooLarge => f.write_str("too large for a protobuf message"),
        }
    }
}

impl std::error::Error for Error {}
