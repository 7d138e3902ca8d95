//! Who may send messages.

use crate::address::Address;
use crate::codec::head::RequestHead;
use crate::codec::message::MessageHead;
use crate::future::Future;
use crate::http::{Request, Response, Status};

/// Decides which messages are let in, by what stands in their heads.
///
/// In libprocess all are, and its senders bring no credentials; so a guard shuts them out.
///
/// The path of the request that it is shown is the decoded id of the receiver and the name of the
/// message, however they were written.
///
/// It has to decide at once, as the authenticators of this library do: messages keep their order,
/// and nothing waits for one of them.
pub struct Guard(Box<Decide>);

type Decide = dyn Fn(&Request) -> Future<Result<(), Response>> + Send + Sync;

impl Guard {
    /// Has `decide` say which messages are let in, or what the others are answered.
    pub fn new(
        decide: impl Fn(&Request) -> Future<Result<(), Response>> + Send + Sync + 'static,
    ) -> Self {
        Self(Box::new(decide))
    }

    pub(super) fn ask(
        &self,
        head: &RequestHead<'_>,
        message: &MessageHead<'_>,
        peer: Address,
    ) -> Result<(), Response> {
        let request = Request::from_head(head, Some(peer));
        let mut request = request.map_err(|error| Response::bad_request(error.to_string()))?;
        if let Ok(id) = message.id() {
            // Whoever looks at the path shall not be evaded by writing it in another way.
            request.url.path = format!("/{id}/{}", message.name);
        }
        match (self.0)(&request).try_wait() {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(error)) => {
                log::error!("whether a message of {peer} is let in was not decided: {error}");
                Err(Response::internal_server_error())
            }
            Err(undecided) => {
                log::error!("whether a message of {peer} is let in was not decided at once");
                undecided.discard();
                Err(Response::canned(Status::SERVICE_UNAVAILABLE))
            }
        }
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Guard")
    }
}
