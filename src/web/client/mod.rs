//! A small client: requests out, responses in, over any network.
//!
//! It knows neither redirects nor proxies nor names of hosts, and it has no time limits of its
//! own. A response is handed over when all of its body has arrived.

mod dialog;
mod error;
mod responses;

use std::fmt;
use std::io;

use self::dialog::{Ask, Dialog, Queue};
pub use self::error::Error;
use crate::address::Address;
use crate::codec::Limits;
use crate::future::{Failure, Future, Promise};
use crate::http::{Body, Method, Request, Response};
use crate::net::Network;
use crate::primitive::sync::Arc;
use crate::scheduler::{Scheduler, Task, Tasks};

/// Asks servers of a network. Clones are the same client.
///
/// The futures that it gives fail with a [`Failure`] whose source is an [`Error`].
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    network: Arc<dyn Network>,
    scheduler: Scheduler,
    limits: Limits,
    tasks: Arc<Tasks>,
}

impl Client {
    /// A client that dials through `network`, runs its connections on `scheduler`, and takes
    /// responses within `limits`.
    pub fn new(network: Arc<dyn Network>, scheduler: Scheduler, limits: Limits) -> Self {
        Self(Arc::new(Inner {
            network,
            scheduler,
            limits,
            tasks: Arc::default(),
        }))
    }

    /// Ends every connection, and waits until they are gone. What was asked and not answered
    /// fails, and so does whatever is asked from now on.
    pub fn stop(&self) {
        self.0.tasks.abort().iter().for_each(Task::wait);
    }

    /// Gets `target` (`/path?query`), on a connection of its own.
    #[doc(alias = "process::http::get")]
    pub fn get(&self, address: Address, target: &str) -> Future<Response> {
        self.ask(address, Method::GET, target, Body::Empty)
    }

    /// Posts `body` to `target` (`/path?query`), on a connection of its own.
    #[doc(alias = "process::http::post")]
    pub fn post(&self, address: Address, target: &str, body: impl Into<Body>) -> Future<Response> {
        self.ask(address, Method::POST, target, body.into())
    }

    /// Sends any request, on a connection of its own, which is closed after the response.
    #[doc(alias = "process::http::request")]
    pub fn request(&self, address: Address, mut request: Request) -> Future<Response> {
        request.keep_alive = false;
        self.connect(address).send(request)
    }

    /// Connects to `address` for any number of requests. If that fails, they do.
    #[doc(alias = "process::http::connect")]
    pub fn connect(&self, address: Address) -> Connection {
        let queue = Arc::new(Queue::default());
        match self.0.network.connect(address) {
            Ok(stream) => {
                let dialog = Dialog::new(stream, Arc::clone(&queue), self.0.limits);
                self.0.tasks.start(&self.0.scheduler, dialog);
            }
            Err(error) => queue.end(Error::Connect(error.into())),
        }
        Connection(Arc::new(Handle(queue)))
    }

    fn ask(&self, address: Address, method: Method, target: &str, body: Body) -> Future<Response> {
        match Request::new(method, target) {
            Ok(request) => self.request(address, request.with_body(body)),
            Err(error) => Future::failed(failure(Error::Target(error.to_string()))),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

/// A connection to a server. Clones are the same connection; when the last is dropped, it is
/// closed, after all that was asked is answered.
#[derive(Clone)]
#[doc(alias = "process::http::Connection")]
pub struct Connection(Arc<Handle>);

struct Handle(Arc<Queue>);

impl Connection {
    /// Sends a request. It may be sent while others wait for their responses, which come in order.
    ///
    /// After a request that does not keep the connection there can be no other.
    pub fn send(&self, request: Request) -> Future<Response> {
        let (promise, response) = Promise::new();
        self.0.0.push(Ask { request, promise });
        response
    }

    /// Closes the connection. What was asked and not answered fails.
    pub fn disconnect(&self) {
        self.0.0.end(Error::Disconnected);
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.no_more();
    }
}

fn failure(error: Error) -> Failure {
    Failure::new(error.to_string()).with_source(error)
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Broken(Arc::new(error))
    }
}
