//! From a request to the function, or the file, that answers it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bytes::Bytes;

use super::{Reply, RouteOptions, assets};
use crate::future::{Error, Future};
use crate::http::{self, Request, Response, Status};
use crate::process::cell::Body;
use crate::process::security::Verdict;
use crate::process::{Context, Process};

/// The endpoints of one process.
pub(in crate::process) struct Routes<P: Process> {
    /// By path without slashes at its ends.
    functions: BTreeMap<Box<str>, Route<P>>,
    /// By the segment behind the id.
    files: BTreeMap<Box<str>, Provided>,
}

/// A function of the process that answers.
type Function<P> = fn(&mut P, &mut Context<P>, (Request, Reply));

struct Route<P: Process> {
    function: Function<P>,
    options: RouteOptions,
}

struct Provided {
    path: PathBuf,
    options: RouteOptions,
}

/// A request on its way to what answers it.
pub(in crate::process) struct Asked<P: Process> {
    request: Request,
    reply: Reply,
    answer: Answer<P>,
}

enum Answer<P: Process> {
    Function(Function<P>, IsStreaming),
    File(PathBuf),
}

type IsStreaming = bool;

impl<P: Process> Routes<P> {
    pub(in crate::process) fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    pub(super) fn add(&mut self, path: &str, function: Function<P>, options: RouteOptions) {
        let route = Route { function, options };
        self.functions.insert(path.into(), route);
    }

    pub(super) fn provide(&mut self, name: &str, path: PathBuf, options: RouteOptions) {
        let name = name.trim_matches('/').into();
        self.files.insert(name, Provided { path, options });
    }
}

impl<P: Process> Default for Routes<P> {
    fn default() -> Self {
        Self {
            functions: BTreeMap::new(),
            files: BTreeMap::new(),
        }
    }
}

impl<P: Process> Body<P> {
    /// Answers a request by its route or its file, once whoever asks was let in.
    pub(in crate::process) fn answer(&mut self, request: Request, reply: Reply) {
        let Some((key, answer, options)) = self.find(&request.url.path) else {
            return reply.send(Response::not_found());
        };
        if !options.allows(request.method) {
            let allowed = options.methods.as_deref().unwrap_or_default();
            return reply.send(Response::method_not_allowed(allowed, request.method));
        }
        let endpoint = || format!("/{}/{key}", self.ctx.upid().id());
        let security = self.ctx.manager().security();
        let verdict = security.check(options.realm.as_deref(), endpoint, &request);
        let asked = Asked {
            request,
            reply,
            answer,
        };
        self.admit(asked, verdict);
    }

    /// Has a request wait for its verdict, and for those before it on its connection.
    fn admit(&mut self, asked: Asked<P>, verdict: Option<Future<Verdict>>) {
        let Self { process, ctx, .. } = self;
        let peer = asked.request.peer;
        let is_behind = ctx.rare().is_some_and(|rare| rare.lobby.has(peer));
        let verdict = match verdict {
            None if !is_behind => return asked.proceed(process, ctx, Ok(None)),
            None => Future::ready(Ok(None)),
            Some(verdict) if is_behind => verdict,
            Some(verdict) => match verdict.try_wait() {
                Ok(verdict) => {
                    let verdict = verdict.unwrap_or_else(|error| undecided(&error));
                    return asked.proceed(process, ctx, verdict);
                }
                Err(pending) => pending,
            },
        };
        let number = ctx.rare_mut().lobby.enter(peer, asked);
        ctx.finally(verdict, move |process, ctx, verdict| {
            let verdict = verdict.unwrap_or_else(|error| undecided(&error));
            let decided = ctx.rare_mut().lobby.decide(peer, number, verdict);
            for (asked, verdict) in decided {
                asked.proceed(process, ctx, verdict);
            }
        });
    }

    /// The route of the longest beginning of a path, behind the id, or else the file of the first
    /// segment there; with its name.
    fn find<'a>(&'a self, path: &'a str) -> Option<(&'a str, Answer<P>, &'a RouteOptions)> {
        let routes = &self.ctx.rare()?.routes;
        let rest = behind_id(path)?;
        let get = |inner: &str| routes.functions.get(inner);
        if let Some((key, route)) = longest(rest, get, |route| route.options.is_catch_all) {
            let answer = Answer::Function(route.function, route.options.is_streaming);
            return Some((key, answer, &route.options));
        }
        let (name, inner) = rest.split_once('/').unwrap_or((rest, ""));
        let provided = routes.files.get(name)?;
        let file = assets::locate(&provided.path, inner)?;
        Some((name, Answer::File(file), &provided.options))
    }
}

impl<P: Process> Asked<P> {
    /// Answers somebody who was let in, once the body is there; tells the others that they were
    /// not.
    fn proceed(self, process: &mut P, ctx: &mut Context<P>, verdict: Verdict) {
        let Self {
            mut request,
            reply,
            answer,
        } = self;
        match verdict {
            Ok(principal) => request.principal = principal,
            Err(response) => return reply.send(response),
        }
        let (function, is_streaming) = match answer {
            Answer::Function(function, is_streaming) => (function, is_streaming),
            Answer::File(path) => {
                let response = assets::give(&path, request.method, ctx.manager().scheduler());
                return reply.send(response);
            }
        };
        let body = match &request.body {
            http::Body::Pipe(body) if !is_streaming => body.read_all(),
            http::Body::Pipe(_) => return function(process, ctx, (request, reply)),
            body if is_streaming => {
                request.body = piped(body.bytes().unwrap_or_default());
                return function(process, ctx, (request, reply));
            }
            _ => return function(process, ctx, (request, reply)),
        };
        ctx.finally(body, move |process, ctx, body| match body {
            Ok(body) => {
                request.body = body.into();
                function(process, ctx, (request, reply));
            }
            Err(error) => {
                reply.send(Response::text(
                    Status::INTERNAL_SERVER_ERROR,
                    error.to_string(),
                ));
            }
        });
    }
}

/// A body that is all there, in the form in which a streaming route takes all of them.
fn piped(bytes: Bytes) -> http::Body {
    let (reader, writer) = http::pipe();
    writer.write(bytes);
    writer.close();
    reader.into()
}

/// What of a path follows the id, without slashes at its ends; repeated slashes inside it count.
pub(super) fn behind_id(path: &str) -> Option<&str> {
    let path = path.strip_prefix('/')?;
    // Ids are short: to call somebody who is fast on long texts takes longer than this.
    let id = path.bytes().position(|byte| byte == b'/');
    Some(path[id.unwrap_or(path.len())..].trim_matches('/'))
}

/// The route of the longest beginning of what follows the id, segment by segment, and that
/// beginning.
pub(super) fn longest<'p, 'r, R>(
    mut rest: &'p str,
    get: impl Fn(&str) -> Option<&'r R>,
    is_catch_all: impl Fn(&R) -> bool,
) -> Option<(&'p str, &'r R)> {
    loop {
        if let Some(route) = get(rest) {
            return Some((rest, route));
        }
        let Some((shorter, _)) = rest.rsplit_once('/') else {
            let root = get("").filter(|route| is_catch_all(route));
            return root.map(|route| ("", route));
        };
        rest = shorter;
    }
}

/// The answer where an authenticator, or who authorizes, came to no end.
fn undecided(error: &Error) -> Verdict {
    log::error!("nobody can say who asks, or whether they may: {error}");
    Err(Response::internal_server_error())
}
