//! Run `cargo run --example counter`: a process counts a ping and shows the count over HTTP.

use libprocess::prelude::*;

struct Counter(u64);

impl Process for Counter {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("ping", Self::ping); // a message, by name
        ctx.route("/count", "Pings so far.", Self::show); // GET /counter/count
    }
}

impl Counter {
    fn ping(&mut self, _ctx: &mut Context<Self>, _message: Message) {
        self.0 += 1;
    }

    fn show(&mut self, _ctx: &mut Context<Self>, _request: Request) -> Response {
        Response::json(&self.0)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = Runtime::builder().start()?;
    let counter = runtime.spawn_as("counter", Counter(0))?;
    runtime.manager().post(counter.upid(), "ping", "hello");
    let count = counter.dispatch(|counter, _ctx| counter.0).wait()?;
    println!("{} has seen {count} ping", counter.upid());
    Ok(())
}
