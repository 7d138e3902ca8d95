//! What both ends of ours do beyond libprocess: to tell that a process ended.
//!
//! A link of libprocess is between addresses. That the process at its far end has ended, or never
//! was, is told to nobody while the connection stands. Where both ends are ours it is:
//!
//! ```text
//! linker                                     linkee
//!   POST /__links__/watch     "id" ──────►     links to id, as any process may
//!   exited                         ◄──────   POST /__links__/exited   "id"
//! ```
//!
//! Both are ordinary messages between ordinary processes, so an end that knows nothing of this
//! takes no harm: it answers `404`, and is asked no more. To find out costs one message a link,
//! its first. Who linked hears once for each registration, whichever comes first: this notice or
//! the end of the connection. Like every message a notice may be lost; then, beyond [`WATCHED`]
//! linkers, and for ids longer than [`LONGEST`], all is as in libprocess.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::Shared;
use crate::address::{Address, Upid};
use crate::codec::message;
use crate::primitive::sync::Weak;
use crate::process::{Context, Process};

/// The process `__links__`, which watches for linkers at other addresses.
pub(crate) struct Links {
    shared: Weak<Shared>,
    /// At which addresses somebody wants to hear of the end of each process here.
    watched: BTreeMap<Upid, BTreeSet<Address>>,
    count: usize,
}

impl Links {
    pub(crate) const ID: &str = "__links__";

    pub(super) fn new(shared: Weak<Shared>) -> Self {
        Self {
            shared,
            watched: BTreeMap::new(),
            count: 0,
        }
    }

    fn watch(&mut self, ctx: &mut Context<Self>, from: &Upid, id: Bytes) {
        // A stranger may have this said to anybody: it is to be an id, and nothing else.
        let Some(id) = std::str::from_utf8(&id).ok().filter(|id| is_id(id)) else {
            return log::debug!("{from} asks for what is no id");
        };
        if self.count >= WATCHED {
            return log::debug!("{from} will not hear of the end of {id}: too many linkers");
        }
        let watched = Upid::new(id, ctx.upid().address());
        let addresses = self.watched.entry(watched.clone()).or_default();
        self.count += usize::from(addresses.insert(from.address()));
        ctx.link(&watched);
    }

    fn told(&mut self, _ctx: &mut Context<Self>, from: &Upid, id: Bytes) {
        if let (Some(shared), Ok(id)) = (self.shared.upgrade(), std::str::from_utf8(&id)) {
            shared.ended(&Upid::new(id, from.address()));
        }
    }
}

impl Process for Links {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install(WATCH, Self::watch);
        ctx.install(EXITED, Self::told);
    }

    fn exited(&mut self, ctx: &mut Context<Self>, pid: &Upid) {
        let addresses = self.watched.remove(pid).unwrap_or_default();
        self.count -= addresses.len();
        for address in addresses {
            let id = Bytes::copy_from_slice(pid.id().as_bytes());
            ctx.send(&Upid::new(Self::ID, address), EXITED, id);
        }
    }
}

fn is_id(text: &str) -> bool {
    text.len() <= LONGEST && message::check_id(text).is_ok()
}

/// Asks to hear of the end of the process whose id is the body.
pub(super) const WATCH: &str = "watch";
/// Tells of it.
const EXITED: &str = "exited";

/// How many linkers at other addresses are heeded: what a stranger may have us remember is
/// bounded.
const WATCHED: usize = 65_536;

/// Bytes of the longest id that is heeded.
const LONGEST: usize = 1024;
