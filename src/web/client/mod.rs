//! A client: requests out, responses in, over any network.
//!
//! Its futures can be awaited in a process, in `async` code on any executor, and on a bare thread;
//! its connections are tasks of the runtime's. Bodies go and come whole or as they are written,
//! held back by how fast they are read; a response that is compressed by gzip is handed out plain,
//! and a request asks for that with an `Accept-Encoding` of its own.
//!
//! # Giving up
//!
//! Discarding the future of a response takes the request back. One that was not sent is never
//! sent. One that was sent ends its connection, unless others on it are still waited for, and it
//! ends by a reset: a server of ours then asks whoever works on the answer to stop, and so do those
//! of C++ libprocess. So do [`Connection::disconnect`] and a request that
//! [takes too long](Client::within). In C++ libprocess a discard has no such effect.
//!
//! The client knows neither redirects nor proxies.

mod destination;
mod dialog;
mod error;
mod queue;
mod responses;
mod task;

use std::fmt;
use std::io;
use std::time::Duration;

pub use self::destination::Destination;
use self::destination::Way;
pub use self::error::Error;
use self::queue::Queue;
use self::task::Dialler;
use crate::clock::Clock;
use crate::codec::Limits;
use crate::future::{Failure, Future, Promise};
use crate::http::{AbsoluteUrl, Body, Method, Request, Response};
use crate::net::Network;
use crate::net::resolve::Resolver;
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
    resolver: Resolver,
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
            resolver: Resolver::default(),
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
    ///
    /// ```
    /// use libprocess::runtime::Runtime;
    ///
    /// let runtime = Runtime::builder().start()?;
    /// let (client, port) = (runtime.client(), runtime.address().port());
    /// let response = client.get(runtime.address(), "/system/stats.json").wait()?;
    /// assert_eq!(response.status.code(), 200);
    /// let response = client.get(("localhost", port), "/nobody").wait()?;
    /// assert_eq!(response.status.code(), 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "process::http::get")]
    pub fn get(&self, to: impl Into<Destination>, target: &str) -> Future<Response> {
        self.ask(to.into(), Method::GET, target, Body::Empty)
    }

    /// Gets what is at a URL: `http://host:port/path?query`, or `http+unix://` with the encoded
    /// path of a socket.
    ///
    /// ```
    /// use libprocess::runtime::Runtime;
    ///
    /// let runtime = Runtime::builder().start()?;
    /// let url = format!("http://{}/metrics/snapshot?timeout=1secs", runtime.address());
    /// assert_eq!(runtime.client().get_url(&url).wait()?.status.code(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "process::http::get")]
    pub fn get_url(&self, url: &str) -> Future<Response> {
        let request = Request::new(Method::GET, "/");
        match (url.parse::<AbsoluteUrl>(), request) {
            (Ok(url), Ok(request)) => self.request_url(&url, request),
            (Err(error), _) => malformed(&error),
            (_, Err(error)) => malformed(&error),
        }
    }

    /// Posts `body` to `target` (`/path?query`), on a connection of its own.
    #[doc(alias = "process::http::post")]
    pub fn post(
        &self,
        to: impl Into<Destination>,
        target: &str,
        body: impl Into<Body>,
    ) -> Future<Response> {
        self.ask(to.into(), Method::POST, target, body.into())
    }

    /// Puts `body` at `target` (`/path?query`), on a connection of its own.
    pub fn put(
        &self,
        to: impl Into<Destination>,
        target: &str,
        body: impl Into<Body>,
    ) -> Future<Response> {
        self.ask(to.into(), Method::PUT, target, body.into())
    }

    /// Deletes `target` (`/path?query`), on a connection of its own.
    #[doc(alias = "requestDelete")]
    pub fn delete(&self, to: impl Into<Destination>, target: &str) -> Future<Response> {
        self.ask(to.into(), Method::DELETE, target, Body::Empty)
    }

    /// Sends any request, on a connection of its own, which is closed after the response.
    #[doc(alias = "process::http::request")]
    pub fn request(&self, to: impl Into<Destination>, mut request: Request) -> Future<Response> {
        request.keep_alive = false;
        self.connect(to).send(request)
    }

    /// Sends any request to what is at a URL; the target that it had counts no more.
    #[doc(alias = "process::http::request")]
    pub fn request_url(&self, url: &AbsoluteUrl, mut request: Request) -> Future<Response> {
        request.url = url.target.clone();
        match Destination::try_from(url) {
            Ok(to) => self.request(to, request),
            Err(error) => Future::failed(failure(error)),
        }
    }

    /// Connects for any number of requests. If that fails, they do.
    ///
    /// ```
    /// use libprocess::http::{Method, Request};
    /// use libprocess::runtime::Runtime;
    ///
    /// let runtime = Runtime::builder().start()?;
    /// let connection = runtime.client().connect(runtime.address());
    /// let first = connection.send(Request::new(Method::GET, "/system/stats.json")?);
    /// let second = connection.send(Request::new(Method::GET, "/nobody")?);
    /// assert_eq!(second.wait()?.status.code(), 404);
    /// assert_eq!(first.wait()?.status.code(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "process::http::connect")]
    pub fn connect(&self, to: impl Into<Destination>) -> Connection {
        let to = to.into();
        let queue = Arc::new(Queue::default());
        let inner = &self.inner;
        match to.host() {
            Ok(host) => {
                let way = Way::new(&to, &inner.network, &inner.resolver);
                let dialler = Dialler::new(way, host, Arc::clone(&queue), inner.limits);
                inner.tasks.start(&inner.scheduler, dialler);
            }
            Err(error) => queue.end(error),
        }
        Connection(Arc::new(Handle {
            queue,
            limit: self.limit.map(|limit| (inner.clock.clone(), limit)),
        }))
    }

    /// What looks names of hosts up.
    pub(crate) fn resolver(&self) -> &Resolver {
        &self.inner.resolver
    }

    fn ask(&self, to: Destination, method: Method, target: &str, body: Body) -> Future<Response> {
        match Request::new(method, target) {
            Ok(request) => self.request(to, request.with_body(body)),
            Err(error) => malformed(&error),
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
        let number = queue.push(request, promise, is_streamed);
        let asked = Arc::downgrade(queue);
        let response = response.on_discard(move || {
            if let Some(queue) = asked.upgrade() {
                queue.take_back(number);
            }
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

fn malformed<T: Send + 'static>(error: &dyn std::error::Error) -> Future<T> {
    Future::failed(failure(Error::Target(error.to_string())))
}

fn failure(error: Error) -> Failure {
    Failure::new(error.to_string()).with_source(error)
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Broken(Arc::new(error))
    }
}
