//! The way of messages whose sender repeats itself.

use bytes::Bytes;

use super::Shared;
use super::peer::SendError;
use super::routes::Route;
use crate::primitive::sync::{Arc, Weak};
use crate::process;

/// A route in the hands of a process: it needs not be looked up any more.
pub(super) struct Lane {
    /// Processes keep lanes, and what is shared keeps processes.
    shared: Weak<Shared>,
    route: Arc<Route>,
}

impl Lane {
    pub(super) fn new(shared: &Arc<Shared>, route: Arc<Route>) -> Self {
        Self {
            shared: Arc::downgrade(shared),
            route,
        }
    }
}

impl process::Lane for Lane {
    fn send(&self, body: Bytes) -> Result<(), Bytes> {
        let (result, step) = self.route.send(&body);
        if result.is_ok() && step.is_none() {
            return Ok(());
        }
        let shared = self.shared.upgrade();
        let Some(shared) = shared.filter(|_| result != Err(SendError::Forgotten)) else {
            return Err(body);
        };
        shared.perform(step);
        if let Err(error) = result {
            shared.dropped(&self.route.message(body), error.reason());
        }
        Ok(())
    }
}
