//! Requests that arrived together.

use super::sizes::Guess;
use crate::future::Promise;
use crate::http::{Request, Response};
use crate::primitive::sync::Arc;
use crate::process::Endpoint;

/// Requests that arrived together, on their way to whom they are for.
///
/// A process that is sent each by itself answers the first while the others are still taken apart,
/// on another thread, and wakes their connection for each. Sent at once, they are answered in one
/// go too, and leave in one write.
#[derive(Default)]
pub(super) struct Batch {
    endpoint: Option<Arc<dyn Endpoint>>,
    /// How large its answers to these will be.
    guess: Guess,
    requests: Vec<(Request, Promise<Response>)>,
}

impl Batch {
    /// Whether a request has the path of the one before it, and so is for the same endpoint.
    pub(super) fn leads(&self, request: &Request) -> bool {
        let is_same = |before: &Request| {
            before.head().is(request.head()) || before.url.path == request.url.path
        };
        self.requests
            .last()
            .is_some_and(|(before, _)| is_same(before))
    }

    /// Has what is added next be for this endpoint, whose answers will be about so large. What was
    /// added before is sent, if it is for somebody else.
    pub(super) fn turn_to(&mut self, endpoint: Arc<dyn Endpoint>, guess: Guess) {
        let is_same = |before: &Arc<dyn Endpoint>| Arc::ptr_eq(before, &endpoint);
        if !self.endpoint.as_ref().is_some_and(is_same) {
            self.send();
            self.endpoint = Some(endpoint);
        }
        self.guess = guess;
    }

    /// Adds a request, for the endpoint that was turned to; how large its answer will be.
    pub(super) fn add(&mut self, request: Request, response: Promise<Response>) -> Guess {
        self.requests.push((request, response));
        self.guess
    }

    /// Sends what there is; whether that was several at once.
    pub(super) fn send(&mut self) -> bool {
        let Some(endpoint) = self.endpoint.take() else {
            return false;
        };
        let are_several = self.requests.len() > 1;
        endpoint.ask_all(&mut self.requests);
        are_several
    }
}
