//! Run `cargo run --example http_endpoint`, then `curl 127.0.0.1:8080/greeter/hello?name=You`, and
//! look at <http://127.0.0.1:8080/help> in a browser.

use libprocess::prelude::*;

struct Greeter {
    greeted: u64,
}

impl Process for Greeter {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.route("/hello", "Greets whom `name` names.", Self::hello);
        ctx.route(
            "/slow",
            "Answers after a second, and keeps nobody waiting.",
            slow,
        );
    }
}

impl Greeter {
    fn hello(&mut self, _ctx: &mut Context<Self>, request: Request) -> Response {
        let Some(name) = request.query("name") else {
            return Response::bad_request("Whom shall I greet? Say name=VALUE.\n");
        };
        self.greeted += 1;
        Response::ok(format!("Hello {name}, you are number {}.\n", self.greeted))
    }
}

/// An `async` handler: it runs between the other events of its process.
async fn slow(this: This<Greeter>, _request: Request) -> Response {
    let second = this.with(|_, ctx| ctx.after(secs(1)));
    match second.await {
        Ok(()) => this.with(|greeter, _| Response::json(&greeter.greeted)),
        Err(_) => Response::internal_server_error(),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = Runtime::builder().port(8080).start()?;
    let greeter = runtime.spawn_as("greeter", Greeter { greeted: 0 })?;
    println!("serving on http://{}/", runtime.address());
    greeter.wait()?;
    Ok(())
}
