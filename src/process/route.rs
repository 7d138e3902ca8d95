//! Endpoints: which function of a process answers which path.
//!
//! A process keeps its own functions. What anybody may read of them, path and help text, stands in
//! the runtime's [route table](RouteTable), from where `/help` takes it: nobody needs to be told of
//! a route, and a process' routes go when it goes.

use std::collections::BTreeMap;

use super::cell::Body;
use super::{Context, Process, This, slot};
use crate::future::{Future, Promise};
use crate::http::{self, Request, Response};
use crate::primitive::sync::{Arc, RwLock};

/// The endpoints of one process, by path without slashes at its ends.
pub(super) struct Routes<P: Process>(BTreeMap<Box<str>, Route<P>>);

/// An endpoint.
struct Route<P: Process> {
    answer: fn(&mut P, &mut Context<P>, (Request, Reply)),
    options: RouteOptions,
}

/// How an endpoint wants its requests.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct RouteOptions {
    /// Whether the handler runs as soon as the head is there, and reads the body itself while it
    /// arrives. Otherwise it runs when the whole body is there.
    #[doc(alias = "requestStreaming")]
    pub streaming: bool,
    /// Whether the route `/` also answers what no other route does.
    pub catch_all: bool,
}

impl RouteOptions {
    /// The handler reads the body itself.
    pub fn streaming() -> Self {
        Self {
            streaming: true,
            ..Self::default()
        }
    }

    /// The route `/` also answers what no other route does.
    pub fn catch_all() -> Self {
        Self {
            catch_all: true,
            ..Self::default()
        }
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
    /// `/` answers `/<id>` and `/<id>/` only. Every method reaches the handler, which sees the path
    /// as it was sent.
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
        self.rare_mut()
            .routes
            .0
            .insert(inner.into(), Route { answer, options });
        self.manager().routes().add(self.upid().id(), path, help);
    }
}

impl<P: Process> Body<P> {
    /// Answers a request by its route, once its body is there.
    pub(super) fn answer(&mut self, mut request: Request, reply: Reply) {
        let Some(route) = self.find(&request.url.path) else {
            return reply.send(Response::not_found());
        };
        let Route { answer, options } = *route;
        let body = match &request.body {
            http::Body::Pipe(body) if !options.streaming => body.read_all(),
            _ => return answer(&mut self.process, &mut self.ctx, (request, reply)),
        };
        self.ctx
            .finally(body, move |process, ctx, body| match body {
                Ok(body) => {
                    request.body = body.into();
                    answer(process, ctx, (request, reply));
                }
                Err(error) => {
                    let status = http::Status::INTERNAL_SERVER_ERROR;
                    reply.send(Response::text(status, error.to_string()));
                }
            });
    }

    /// The route of the longest beginning of a path, behind the id.
    fn find(&self, path: &str) -> Option<&Route<P>> {
        let routes = &self.ctx.rare()?.routes.0;
        let mut rest = behind_id(path)?;
        loop {
            if let Some(route) = routes.get(rest) {
                return Some(route);
            }
            let Some((shorter, _)) = rest.rsplit_once('/') else {
                return routes.get("").filter(|route| route.options.catch_all);
            };
            rest = shorter;
        }
    }
}

/// What of a path follows the id, without slashes at its ends; repeated slashes inside it count.
fn behind_id(path: &str) -> Option<&str> {
    let (_id, rest) = path.strip_prefix('/')?.split_once('/').unwrap_or(("", ""));
    Some(rest.trim_matches('/'))
}

/// What anybody may read of the endpoints of a runtime's processes, by id.
#[derive(Debug, Default)]
pub(super) struct RouteTable(RwLock<BTreeMap<Box<str>, Helps>>);

/// Help texts by path.
type Helps = BTreeMap<Box<str>, Arc<str>>;

impl RouteTable {
    /// All endpoints of the runtime's processes, by id.
    pub(super) fn all(&self) -> BTreeMap<Box<str>, Vec<RouteHelp>> {
        let mut all = BTreeMap::new();
        for (id, helps) in &*self.0.read() {
            let helps = helps.iter().map(|(path, help)| RouteHelp {
                path: path.clone(),
                help: Arc::clone(help),
            });
            all.insert(id.clone(), helps.collect());
        }
        all
    }

    fn add(&self, id: &str, path: &str, help: &str) {
        let mut table = self.0.write();
        let routes = table.entry(id.into()).or_default();
        routes.insert(path.into(), help.into());
    }

    /// Forgets the routes of a process, which ends.
    pub(super) fn remove(&self, id: &str) {
        self.0.write().remove(id);
    }
}

impl<P: Process> Default for Routes<P> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<P: Process> Routes<P> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
