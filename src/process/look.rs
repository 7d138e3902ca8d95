//! An event as others see it: filters, traces and `/__processes__`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::vec::Drain;

use bytes::Bytes;

use crate::address::{Upid, UpidStock};
use crate::codec::NameStock;
use crate::codec::message::{Message, Name};
use crate::http::Request;

/// What is seen of an event without taking it: what a filter judges, and what a trace writes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
#[doc(alias = "Event")]
pub enum Look<'a> {
    /// The first event of every process; no filter sees it.
    Initialize,
    /// A message by name.
    #[doc(alias = "MessageEvent")]
    Message(&'a Delivery),
    /// A function that runs on the process: its label, or else the name of its type, which for a
    /// method is its path and for a closure the path of the function that holds it.
    #[doc(alias = "DispatchEvent")]
    Dispatch(&'static str),
    /// A request for one of its routes.
    #[doc(alias = "HttpEvent")]
    Http(&'a Request),
    /// A link broke.
    #[doc(alias = "ExitedEvent")]
    Exited(&'a Upid),
    /// An `async` block of the process can go on; no filter sees it, since a wake-up that is
    /// dropped would never come again.
    Resume,
    /// The last event of every process; no filter sees it.
    #[doc(alias = "TerminateEvent")]
    Terminate,
}

/// A message as it lies in the mailbox of its receiver, which knows for whom it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What selects the handler.
    pub name: Name,
    /// Who sent it; empty if that was no process, or did not say who.
    pub from: Upid,
    /// Bytes that libprocess never looks into.
    pub body: Bytes,
}

impl Delivery {
    /// The whole message, which was for `to`.
    pub fn addressed(self, to: Upid) -> Message {
        let Self { name, from, body } = self;
        Message {
            name,
            from,
            to,
            body,
        }
    }
}

/// Messages that arrived in a row: of one name, from one sender to one receiver.
pub struct Row<'r> {
    pub(crate) name: &'r NameStock,
    pub(crate) from: &'r UpidStock,
    pub(crate) bodies: Drain<'r, Bytes>,
}

impl Row<'_> {
    /// Calls `act` with the receiver of a message, and the message.
    pub fn of_one<R>(message: Message, act: impl FnOnce(&Upid, Row<'_>) -> R) -> R {
        let mut bodies = vec![message.body];
        let row = Row {
            name: &NameStock::new(message.name),
            from: &UpidStock::new(message.from),
            bodies: bodies.drain(..),
        };
        act(&message.to, row)
    }
}

impl Iterator for Row<'_> {
    type Item = Delivery;

    #[inline]
    fn next(&mut self) -> Option<Delivery> {
        let body = self.bodies.next()?;
        Some(Delivery {
            name: self.name.take(),
            from: self.from.take(),
            body,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.bodies.size_hint()
    }
}

impl ExactSizeIterator for Row<'_> {}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({} messages)", self.len())
    }
}

impl From<Message> for Delivery {
    fn from(message: Message) -> Self {
        let Message {
            name, from, body, ..
        } = message;
        Self { name, from, body }
    }
}

/// Which sort of event, without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// See [`Look::Initialize`].
    Initialize,
    /// See [`Look::Message`].
    Message,
    /// See [`Look::Dispatch`].
    Dispatch,
    /// See [`Look::Http`].
    Http,
    /// See [`Look::Exited`].
    Exited,
    /// See [`Look::Resume`].
    Resume,
    /// See [`Look::Terminate`].
    Terminate,
}

impl Look<'_> {
    /// Which sort of event it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Initialize => Kind::Initialize,
            Self::Message(_) => Kind::Message,
            Self::Dispatch(_) => Kind::Dispatch,
            Self::Http(_) => Kind::Http,
            Self::Exited(_) => Kind::Exited,
            Self::Resume => Kind::Resume,
            Self::Terminate => Kind::Terminate,
        }
    }

    /// What it is called: the name of a message, the label of a dispatch, the path of a request,
    /// who has exited.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Message(message) => Cow::Borrowed(&message.name),
            Self::Dispatch(label) => Cow::Borrowed(label),
            Self::Http(request) => Cow::Borrowed(&request.url.path),
            Self::Exited(pid) => Cow::Owned(pid.to_string()),
            Self::Initialize | Self::Resume | Self::Terminate => Cow::Borrowed(""),
        }
    }

    /// How many bytes came with it: the body of a message, or of a request if it is all there.
    pub fn length(&self) -> usize {
        match self {
            Self::Message(message) => message.body.len(),
            Self::Http(request) => request.body.bytes().map_or(0, |body| body.len()),
            _ => 0,
        }
    }

    /// Whether a filter may drop it.
    pub(super) fn can_be_filtered(&self) -> bool {
        !matches!(self, Self::Initialize | Self::Resume | Self::Terminate)
    }

    /// Whether an injected terminate event overtakes it.
    pub(super) fn can_be_purged(&self) -> bool {
        !matches!(self, Self::Initialize | Self::Terminate)
    }
}

impl Kind {
    /// The word for it in `/__processes__` and in traces, as libprocess prints it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Initialize => "INITIALIZE",
            Self::Message => "MESSAGE",
            Self::Dispatch => "DISPATCH",
            Self::Http => "HTTP",
            Self::Exited => "EXITED",
            Self::Resume => "RESUME",
            Self::Terminate => "TERMINATE",
        }
    }
}

/// How many events of each sort are queued for a process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventCounts(BTreeMap<Kind, usize>);

impl EventCounts {
    pub(crate) fn add(&mut self, kind: Kind) {
        *self.0.entry(kind).or_default() += 1;
    }

    /// How many of this sort.
    pub fn of(&self, kind: Kind) -> usize {
        self.0.get(&kind).copied().unwrap_or_default()
    }

    /// How many of any sort.
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }

    /// The sorts of which there are any, each with how many.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, usize)> + '_ {
        self.0.iter().map(|(kind, count)| (*kind, *count))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
