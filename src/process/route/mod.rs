//! Endpoints: which function of a process answers which path.
//!
//! A process keeps its own functions. What anybody may read of them, path and help text, stands in
//! the runtime's [route table](RouteTable), from where `/help` takes it: nobody needs to be told of
//! a route, and a process' routes go when it goes.

mod answer;
mod assets;
mod table;

use std::path::PathBuf;

use super::{Context, Process, This, slot};
use crate::future::{Future, Promise};
use crate::http::{Method, Request, Response};
use crate::primitive::sync::Arc;

pub(super) use answer::{Asked, Routes};
pub(super) use table::RouteTable;

/// How an endpoint wants its requests.
///
/// ```
/// use libprocess::http::Method;
/// use libprocess::process::RouteOptions;
///
/// let options = RouteOptions::new().methods(&[Method::POST]).realm("operators").streaming();
/// assert!(options.allows(Method::POST));
/// assert!(!options.allows(Method::GET));
/// ```
#[derive(Clone, Debug, Default)]
pub struct RouteOptions {
    is_streaming: bool,
    is_catch_all: bool,
    methods: Option<Arc<[Method]>>,
    realm: Option<Arc<str>>,
}

impl RouteOptions {
    /// Every method, whole bodies, for everybody.
    pub fn new() -> Self {
        Self::default()
    }

    /// The handler runs as soon as the head is there, and reads the body itself while it arrives.
    /// Otherwise it runs when the whole body is there.
    #[doc(alias = "requestStreaming")]
    #[must_use]
    pub fn streaming(mut self) -> Self {
        self.is_streaming = true;
        self
    }

    /// The route `/` also answers what no other route does.
    #[must_use]
    pub fn catch_all(mut self) -> Self {
        self.is_catch_all = true;
        self
    }

    /// Requests of other methods than these are answered `405 Method Not Allowed`, and the handler
    /// does not see them. `GET` stands for `HEAD` as well.
    #[must_use]
    pub fn methods(mut self, methods: &[Method]) -> Self {
        self.methods = Some(methods.into());
        self
    }

    /// Only who is let into this realm may ask, and the request then says [who they
    /// are](Request::principal).
    #[must_use]
    pub fn realm(mut self, realm: impl Into<Arc<str>>) -> Self {
        self.realm = Some(realm.into());
        self
    }

    /// Whether requests of a method reach the handler.
    pub fn allows(&self, method: Method) -> bool {
        let methods = self.methods.as_deref();
        methods.is_none_or(|methods| {
            methods.contains(&method) || method == Method::HEAD && methods.contains(&Method::GET)
        })
    }
}

/// What others may know of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteHelp {
    /// The path below the process' id: `/` or `/state`.
    pub path: Box<str>,
    /// What the one who added it says about it; may be empty.
    pub help: Arc<str>,
}

/// A function that answers requests; the marker tells its signatures apart and is always inferred.
///
/// It captures nothing: a method, or a closure that uses only its arguments.
pub trait RequestHandler<P: Process, Marker>: Copy + Send + 'static {
    /// Answers one request.
    fn answer(self, process: &mut P, ctx: &mut Context<P>, request: Request, reply: Reply);
}

/// Marks handlers that run on the process and return what they answer, or a future of it.
#[derive(Debug)]
pub enum ByReturn {}

/// Marks handlers that are `async`, polled on the process between its other events.
#[derive(Debug)]
pub enum ByAwait {}

/// What a request handler may return: a [`Response`], or a future of one.
pub trait Answer {
    /// Gives the answer.
    fn give(self, reply: Reply);
}

impl Answer for Response {
    fn give(self, reply: Reply) {
        reply.send(self);
    }
}

impl Answer for Future<Response> {
    fn give(self, reply: Reply) {
        reply.follow(self);
    }
}

impl<P, F, A> RequestHandler<P, ByReturn> for F
where
    P: Process,
    A: Answer,
    F: Fn(&mut P, &mut Context<P>, Request) -> A + Copy + Send + 'static,
{
    fn answer(self, process: &mut P, ctx: &mut Context<P>, request: Request, reply: Reply) {
        self(process, ctx, request).give(reply);
    }
}

impl<P, F, A> RequestHandler<P, ByAwait> for F
where
    P: Process,
    A: std::future::Future<Output = Response> + Send + 'static,
    F: Fn(This<P>, Request) -> A + Copy + Send + 'static,
{
    fn answer(self, _process: &mut P, ctx: &mut Context<P>, request: Request, reply: Reply) {
        let answer = self(ctx.this(), request);
        ctx.start(async move { reply.send(answer.await) });
    }
}

/// The way back to who asked. Dropped without an answer, it answers `500 Internal Server Error`:
/// so does a request whose process ends.
#[derive(Debug)]
pub struct Reply(Option<Promise<Response>>);

impl Reply {
    pub(super) fn new(promise: Promise<Response>) -> Self {
        Self(Some(promise))
    }

    /// Answers.
    pub fn send(mut self, response: Response) {
        if let Some(promise) = self.0.take() {
            promise.set(response);
        }
    }

    /// Answers when the future is ready, and as it ends.
    pub fn follow(mut self, response: Future<Response>) {
        if let Some(promise) = self.0.take() {
            promise.associate(response);
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if let Some(promise) = self.0.take() {
            promise.set(Response::internal_server_error());
        }
    }
}

impl<P: Process> Context<P> {
    /// Answers requests for `/<id><path>` with this function; the same path given again replaces
    /// it.
    ///
    /// The handler is a method or a closure that captures nothing: it takes the process, its
    /// context and the [`Request`], and returns a [`Response`] or a future of one; or it is an
    /// `async` function of [`This`] and the request.
    ///
    /// A request is answered by the longest route that its path begins with, segment by segment;
    /// `/` answers `/<id>` and `/<id>/` only. Every method reaches the handler, unless the route
    /// names its [methods](RouteOptions::methods); it sees the path as it was sent.
    ///
    /// When the client breaks its connection off, the future of the answer is discarded; an `async`
    /// handler runs on.
    ///
    /// ```
    /// # use libprocess::prelude::*;
    /// # use libprocess::future::Future;
    /// struct Counter {
    ///     count: u64,
    /// }
    ///
    /// impl Process for Counter {
    ///     fn initialize(&mut self, ctx: &mut Context<Self>) {
    ///         ctx.route("/count", "Counts so far.", Self::count);
    ///         ctx.route("/later", "The same, from elsewhere.", Self::later);
    ///         ctx.route("/soon", "The same, in a second.", Self::soon);
    ///     }
    /// }
    ///
    /// impl Counter {
    ///     fn count(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
    ///         Response::json(&self.count)
    ///     }
    ///
    ///     fn later(&mut self, ctx: &mut Context<Self>, _request: Request) -> Future<Response> {
    ///         ctx.pid().dispatch(|counter, _| Response::json(&counter.count))
    ///     }
    ///
    ///     async fn soon(this: This<Self>, _request: Request) -> Response {
    ///         let second = this.with(|_, ctx| ctx.after(secs(1)));
    ///         match second.await {
    ///             Ok(()) => this.with(|counter, _| Response::json(&counter.count)),
    ///             Err(_) => Response::internal_server_error(),
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// If the path does not begin with `/`, or ends with one without being `/`.
    pub fn route<Marker>(
        &mut self,
        path: &str,
        help: &str,
        handler: impl RequestHandler<P, Marker>,
    ) {
        self.route_with(path, help, RouteOptions::default(), handler);
    }

    /// As [`route`](Self::route), with options.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    pub fn route_with<Marker>(
        &mut self,
        path: &str,
        help: &str,
        options: RouteOptions,
        handler: impl RequestHandler<P, Marker>,
    ) {
        let inner = path.strip_prefix('/').expect("a route begins with '/'");
        assert!(!inner.ends_with('/'), "the route {path:?} ends with '/'");
        let answer = slot::pointer(move |process: &mut P, ctx: &mut Self, asked| {
            let (request, reply) = asked;
            handler.answer(process, ctx, request, reply);
        });
        let facts = table::Facts::new(help, options.is_streaming, options.is_catch_all);
        self.rare_mut().routes.add(inner, answer, options);
        self.manager().routes().add(self.upid().id(), path, facts);
    }

    /// Answers `GET` requests for `/<id>/<name>` with a file, or, if `path` is a folder, requests
    /// for `/<id>/<name>/<inner path>` with the files below it.
    ///
    /// The type is that of the [name's extension](crate::http::media_type). Nothing outside of the
    /// folder is ever given out, whatever the request's path or a symbolic link says; a folder
    /// itself is answered `404 Not Found`. Routes go before files. Files are read by the worker
    /// that asks for them, large ones piece by piece as the client takes them.
    pub fn provide(&mut self, name: &str, path: impl Into<PathBuf>) {
        self.provide_with(name, path, RouteOptions::new());
    }

    /// As [`provide`](Self::provide), with options, of which the realm counts.
    pub fn provide_with(&mut self, name: &str, path: impl Into<PathBuf>, options: RouteOptions) {
        self.rare_mut().routes.provide(name, path.into(), options);
    }
}
