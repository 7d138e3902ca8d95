//! A server of its own, whose requests all go to one function.

use std::fmt;

use super::front::Front;
use crate::address::{Address, Upid};
use crate::codec::head::RequestHead;
use crate::codec::message::Message;
use crate::future::{Future, Promise};
use crate::http::{Request, Response};
use crate::primitive::sync::Arc;
use crate::process::{Endpoint, Row};
use crate::scheduler::contain;

/// A function that answers all requests of a [`Server`](super::Server) of its own, beside that of
/// the processes; `Runtime::serve` starts one.
///
/// It is called by the task of the connection, so it should not block; its answer may come at any
/// time. Requests of one connection are handed over as they arrive, and answered in their order.
/// When the connection ends before the answer, the answer's future is discarded. A panic costs its
/// client a 500.
///
/// ```
/// use libprocess::future::Future;
/// use libprocess::http::{Request, Response};
/// use libprocess::web::Handler;
///
/// let handler = Handler::new(|request: Request| {
///     Future::ready(Response::ok(format!("you asked for {}", request.url)))
/// });
/// ```
#[doc(alias = "process::http::serve")]
pub struct Handler {
    is_streaming: bool,
    answer: Box<dyn Fn(Request) -> Future<Response> + Send + Sync>,
}

impl Handler {
    /// Has `answer` answer every request, once all of its body is there.
    pub fn new(answer: impl Fn(Request) -> Future<Response> + Send + Sync + 'static) -> Self {
        Self {
            is_streaming: false,
            answer: Box::new(answer),
        }
    }

    /// The same, called as soon as a head is there: bodies are read while they arrive, as in
    /// libprocess.
    #[must_use]
    pub fn streaming(self) -> Self {
        Self {
            is_streaming: true,
            ..self
        }
    }
}

impl Endpoint for Handler {
    fn is_streaming(&self, _path: &str) -> bool {
        self.is_streaming
    }

    fn ask(self: Arc<Self>, request: Request, response: Promise<Response>) {
        // A promise that is dropped is answered with a 500.
        if let Some(answer) = contain(|| (self.answer)(request)) {
            response.associate(answer);
        }
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handler")
            .field("is_streaming", &self.is_streaming)
            .finish_non_exhaustive()
    }
}

/// Leads all requests to one handler. What would be a message elsewhere is a request too.
pub(super) struct Alone(pub(super) Arc<Handler>);

impl Front for Alone {
    fn open(&self, _head: &RequestHead<'_>, _peer: Address) -> Option<Result<Message, Response>> {
        None
    }

    fn lead(&self, _request: &mut Request) -> Option<Arc<dyn Endpoint>> {
        Some(Arc::clone(&self.0) as _)
    }

    fn admit(
        &self,
        _head: &RequestHead<'_>,
        _request: &mut Request,
        _peer: Address,
    ) -> Result<Arc<dyn Endpoint>, Response> {
        Ok(Arc::clone(&self.0) as _)
    }

    fn is_steady(&self) -> bool {
        true
    }

    fn deliver(&self, _to: &Upid, _messages: Row<'_>) -> Result<(), Response> {
        Err(Response::not_found())
    }
}
