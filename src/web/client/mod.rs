//! A client: requests out, responses in, over any network.
//!
//! Its futures can be awaited in a process, in `async` code on any executor, and on a bare thread;
//! its connections are tasks of the runtime's. Bodies go and come whole or as they are written,
//! held back by how fast they are read; a response that is compressed by gzip is handed out plain,
//! and a request asks for that with an `Accept-Encoding` of its own.
//!
//! It knows neither redirects nor proxies nor names of hosts.

mod dialog;
mod error;
mod responses;

use std::fmt;
use std::io;
use std::time::Duration;

use self::dialog::{Ask, Dialog, Queue};
pub use self::error::Error;
use crate::address::Address;
use crate::clock::Clock;
use crate::codec::Limits;
use crate::future::{Failure, Future, Promise};
use crate::http::{Body, Method, Request, Response};
use crate::net::Network;
use crate::primitive::sync::Arc;
use crate::process::within;
use crate::scheduler::{Scheduler, Task, Tasks};

/// Asks servers of a network. Clones are the same client.
///
/// The futures that it gives fail with a [`Failure`] whose source is an [`Error`].
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    /// How long a response may take.
    limit: Option<Duration>,
}

struct Inner {
    network: Arc<dyn Network>,
    scheduler: Scheduler,
    clock: Clock,
    limits: Limits,
    tasks: Arc<Tasks>,
}

impl Client {
    /// A client that dials through `network`, runs its connections on `scheduler`, reads time from
    /// `clock`, and takes responses within `limits`.
    pub fn new(
        network: Arc<dyn Network>,
        scheduler: Scheduler,
        clock: Clock,
        limits: Limits,
    ) -> Self {
        let inner = Arc::new(Inner {
            network,
            scheduler,
            clock,
            limits,
            tasks: Arc::default(),
        });
        Self { inner, limit: None }
    }

    /// The same client, for requests that fail with [`Error::TimedOut`] if there is no response
    /// within `limit`, the time to connect included. Their connection is then closed.
    #[must_use]
    pub fn within(&self, limit: Duration) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            limit: Some(limit),
        }
    }

    /// Ends every connection, and waits until they are gone. What was asked and not answered
    /// fails, and so does whatever is asked from now on.
    pub fn stop(&self) {
        self.inner.tasks.abort().iter().for_each(Task::wait);
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

    /// Puts `body` at `target` (`/path?query`), on a connection of its own.
    pub fn put(&self, address: Address, target: &str, body: impl Into<Body>) -> Future<Response> {
        self.ask(address, Method::PUT, target, body.into())
    }

    /// Deletes `target` (`/path?query`), on a connection of its own.
    #[doc(alias = "requestDelete")]
    pub fn delete(&self, address: Address, target: &str) -> Future<Response> {
        self.ask(address, Method::DELETE, target, Body::Empty)
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
        let inner = &self.inner;
        match inner.network.connect(address) {
            Ok(stream) => {
                let dialog = Dialog::new(stream, Arc::clone(&queue), inner.limits);
                inner.tasks.start(&inner.scheduler, dialog);
            }
            Err(error) => queue.end(Error::Connect(error.into())),
        }
        Connection(Arc::new(Handle {
            queue,
            limit: self.limit.map(|limit| (inner.clock.clone(), limit)),
        }))
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

struct Handle {
    queue: Arc<Queue>,
    /// How long a response may take, and by which clock.
    limit: Option<(Clock, Duration)>,
}

impl Connection {
    /// Sends a request. It may be sent while others wait for their responses, which come in order.
    ///
    /// After a request that does not keep the connection there can be no other.
    pub fn send(&self, request: Request) -> Future<Response> {
        self.ask(request, false)
    }

    /// As [`send`](Self::send), but the response is there as soon as its head is, and its body is a
    /// pipe. Who drops that before its end closes the connection.
    #[doc(alias = "streamed")]
    pub fn send_streamed(&self, request: Request) -> Future<Response> {
        self.ask(request, true)
    }

    /// Ready once the connection is over, whoever ended it.
    pub fn disconnected(&self) -> Future<()> {
        let (promise, disconnected) = Promise::new();
        self.0.queue.watch(promise);
        disconnected
    }

    fn ask(&self, request: Request, is_streamed: bool) -> Future<Response> {
        let Handle { queue, limit } = &*self.0;
        let (promise, response) = Promise::new();
        queue.push(Ask {
            request,
            promise,
            is_streamed,
        });
        let Some((clock, limit)) = limit else {
            return response;
        };
        let queue = Arc::clone(queue);
        within(clock, response, *limit, move |_| {
            queue.end(Error::TimedOut);
            Future::failed(failure(Error::TimedOut))
        })
    }

    /// Closes the connection. What was asked and not answered fails.
    pub fn disconnect(&self) {
        self.0.queue.end(Error::Disconnected);
    }
}

impl PartialEq for Connection {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Connection {}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.queue.no_more();
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
