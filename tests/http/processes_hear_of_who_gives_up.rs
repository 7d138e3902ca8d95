//! A client that gives up is heard of by the process that works for it.

use libprocess::future::{Future, Promise};
use libprocess::http::{Body, Request, Response, Status, Writer, pipe};
use libprocess::process::{Context, Process, This};
use libprocess::runtime::Runtime;

#[derive(Default)]
struct Slow {
    promises: Vec<Promise<Response>>,
    writers: Vec<Writer>,
    /// What the block waits for, and what tells that it has gone on.
    block: Option<(Future<()>, Promise<()>)>,
}

impl Process for Slow {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route("/later", "", Self::later);
        ctx.route("/stream", "", Self::stream);
        ctx.route("/block", "", block);
    }
}

impl Slow {
    fn later(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Future<Response> {
        let (promise, response) = Promise::new();
        self.promises.push(promise);
        response
    }

    fn stream(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        let (reader, writer) = pipe();
        self.writers.push(writer);
        let mut response = Response::new(Status::OK);
        response.body = Body::Pipe(reader);
        response
    }
}

async fn block(this: This<Slow>, _request: Request) -> Response {
    if let Some((waits, went_on)) = this.with(|slow, _| slow.block.take()) {
        waits.await.unwrap();
        went_on.set(());
    }
    Response::ok("done")
}

/// What the process has been handed, once it has been.
fn taken<T: Send + 'static>(
    runtime: &Runtime,
    take: impl Fn(&mut Slow) -> Option<T> + Send + Copy + 'static,
) -> T {
    let slow = runtime.manager().find::<Slow>("slow").unwrap();
    loop {
        if let Some(taken) = slow.dispatch(move |slow, _| take(slow)).wait().unwrap() {
            return taken;
        }
    }
}

fn runtime(slow: Slow) -> Runtime {
    let runtime = Runtime::builder().workers(1).start().unwrap();
    runtime.spawn_as("slow", slow).unwrap();
    runtime
}

#[test]
fn the_future_of_an_answer_is_discarded() {
    let runtime = runtime(Slow::default());
    let response = runtime.client().get(runtime.address(), "/slow/later");
    let promise = taken(&runtime, |slow| slow.promises.pop());
    let (heard, told) = Promise::new();
    promise.on_discard(move || heard.set(()));
    response.discard();
    told.wait().unwrap();
    assert!(response.is_discarded());
}

#[test]
fn the_reader_of_a_stream_closes() {
    let runtime = runtime(Slow::default());
    let response = runtime.client().get(runtime.address(), "/slow/stream");
    let writer = taken(&runtime, |slow| slow.writers.pop());
    assert!(writer.write("some"));
    response.discard();
    writer.reader_closed().wait().unwrap();
    assert!(!writer.write("more"));
}

#[test]
fn a_block_runs_on() {
    let (go_on, waits) = Promise::new();
    let (went_on, told) = Promise::new();
    let runtime = runtime(Slow {
        block: Some((waits, went_on)),
        ..Slow::default()
    });
    let response = runtime.client().get(runtime.address(), "/slow/block");
    taken(&runtime, |slow| slow.block.is_none().then_some(()));
    response.discard();
    assert!(response.is_discarded() || response.has_discard());
    go_on.set(());
    told.wait().unwrap();
}
