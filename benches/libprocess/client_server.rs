//! `Process_BENCHMARK_ClientServer`: eight clients play ping and pong with one server, each with a
//! window of pings under way. They are started, and timed, over HTTP.

use std::time::Instant;

use bytes::Bytes;
use libprocess::future::{Future, Promise, collect};
use libprocess::prelude::*;

use crate::harness::{Plan, print_rate};

const CLIENTS: usize = 8;
const REQUESTS: usize = 10_000;
const CONCURRENCY: usize = 250;
const MESSAGE_SIZE: usize = 3;

pub(crate) fn run(plan: &Plan) {
    let runtime = plan.runtime();
    let server = runtime.spawn(Server).expect("the runtime runs");
    let new = |_| runtime.spawn(Client::default()).expect("the runtime runs");
    let clients: Vec<Pid<Client>> = (0..CLIENTS).map(new).collect();
    let requests = plan.count(REQUESTS);
    let mut of_clients = vec![];
    let total = plan.repeat(|| {
        let start = Instant::now();
        let asked = clients.iter().map(|client| {
            let target = format!(
                "/{}/run?server={}&requests={requests}&concurrency={CONCURRENCY}&messageSize={}",
                client.id(),
                server.upid(),
                MESSAGE_SIZE,
            );
            runtime.client().get(runtime.address(), &target)
        });
        let answers = collect(asked.collect::<Vec<_>>()).wait();
        let elapsed = start.elapsed().as_secs_f64();
        for answer in answers.expect("every client answers") {
            let text = answer.body.bytes().expect("a short body comes whole");
            let text = String::from_utf8_lossy(&text);
            of_clients.push(text.parse().expect("a client answers with a number"));
        }
        (CLIENTS * requests) as f64 / elapsed
    });
    print_rate("a client", "rpcs", of_clients);
    print_rate("total", "rpcs", total);
}

struct Server;

impl Process for Server {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("link", Self::link);
        ctx.install("ping", Self::ping);
    }
}

impl Server {
    fn link(&mut self, ctx: &mut Context<Self>, from: &Upid, _body: Bytes) {
        ctx.link(from);
    }

    fn ping(&mut self, ctx: &mut Context<Self>, from: &Upid, body: Bytes) {
        ctx.send(from, "pong", body);
    }
}

#[derive(Default)]
struct Client {
    run: Option<Run>,
}

/// What is still to be done of the pings that a request asked for.
struct Run {
    server: Upid,
    body: Bytes,
    requests: usize,
    unsent: usize,
    unanswered: usize,
    start: Instant,
    done: Promise<Response>,
}

impl Process for Client {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("pong", Self::pong);
        ctx.route("/run", "Plays ping and pong.", Self::run);
    }
}

impl Client {
    fn run(&mut self, ctx: &mut Context<Self>, request: Request) -> Future<Response> {
        let number = |key| request.query(key).and_then(|text| text.parse().ok());
        let server = request.query("server").and_then(|text| text.parse().ok());
        let (Some(server), Some(requests), Some(concurrency), Some(size)) = (
            server,
            number("requests"),
            number("concurrency"),
            number("messageSize"),
        ) else {
            return Future::ready(Response::bad_request("server, requests, concurrency, size"));
        };
        let server: Upid = server;
        ctx.link(&server);
        ctx.send(&server, "link", Bytes::new());
        let (done, answer) = Promise::new();
        let run = self.run.insert(Run {
            server,
            body: vec![b'1'; size].into(),
            requests,
            unsent: requests,
            unanswered: requests,
            start: Instant::now(),
            done,
        });
        for _ in 0..concurrency.min(requests) {
            run.ping(ctx);
        }
        answer
    }

    fn pong(&mut self, ctx: &mut Context<Self>, _from: &Upid, _body: Bytes) {
        let run = self.run.as_mut().expect("a pong follows a ping");
        run.unanswered -= 1;
        if run.unsent > 0 {
            run.ping(ctx);
        }
        if run.unanswered == 0 {
            let run = self.run.take().expect("it was just there");
            let rate = run.requests as f64 / run.start.elapsed().as_secs_f64();
            run.done.set(Response::ok(format!("{rate}")));
        }
    }
}

impl Run {
    fn ping(&mut self, ctx: &Context<Client>) {
        self.unsent -= 1;
        ctx.send(&self.server, "ping", self.body.clone());
    }
}
