//! The server that is attacked.

use std::io::stdin;

use libprocess::codec::Limits;
use libprocess::codec::message::Message;
use libprocess::http::{Request, Response, Status};
use libprocess::process::{Context, Process};
use libprocess::runtime::Runtime;
use libprocess::time::secs;

/// There are two: one that is attacked, and one that others ask meanwhile.
struct Victim;

impl Process for Victim {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route("/small", "Says little.", Self::small);
        ctx.route("/large", "Says much.", Self::large);
        ctx.install("hello", Self::hello);
    }
}

impl Victim {
    fn hello(&mut self, _ctx: &mut Context<Self>, _message: Message) {}

    fn small(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::text(Status::OK, "small")
    }

    fn large(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::text(Status::OK, "x".repeat(16 * 1024))
    }
}

/// Says its address, and serves until there is no more input.
pub(super) fn serve() {
    let limits = Limits {
        head_time: secs(2),
        body_time: secs(2),
        write_time: secs(2),
        body_bytes: 16 * 1024 * 1024,
        gathered_bytes: 64 * 1024 * 1024,
        ..Limits::default()
    };
    let runtime = Runtime::builder().workers(2).limits(limits).start();
    let runtime = runtime.expect("loopback has a free port");
    for id in ["victim", "neighbour"] {
        runtime.spawn_as(id, Victim).expect("a new id");
    }
    println!("{}", runtime.address());
    drop(stdin().read_line(&mut String::new()));
}
