//! Run `cargo run --example linked_runtimes`: two runtimes, as on two machines; one stops, and a
//! process of the other hears of it.

use libprocess::future::Promise;
use libprocess::prelude::*;

struct Server;

impl Process for Server {}

struct Client {
    server: Upid,
    gone: Option<Promise<Upid>>,
}

impl Process for Client {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.link(&self.server);
    }

    fn exited(&mut self, _ctx: &mut Context<Self>, pid: &Upid) {
        if let Some(gone) = self.gone.take() {
            gone.set(pid.clone());
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let far = Runtime::builder().start()?;
    let near = Runtime::builder().start()?;
    let server = far.spawn_as("server", Server)?;
    let (promise, gone) = Promise::new();
    let client = near.spawn_as(
        "client",
        Client {
            server: server.upid().clone(),
            gone: Some(promise),
        },
    )?;
    client.dispatch(|_, _| ()).wait()?; // it is linked by now
    println!("{} is linked to {}", client.upid(), server.upid());
    far.stop()?;
    println!("{} is gone", gone.wait()?);
    Ok(())
}
