//! Run `cargo run --example ping_pong`: two processes play a hundred thousand rounds of ping-pong.

use libprocess::future::Promise;
use libprocess::prelude::*;

struct Player {
    /// Who begins, and how many rounds are left.
    serves: Option<(Upid, u64)>,
    over: Option<Promise<()>>,
}

impl Process for Player {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.install("ping", Self::ping);
        ctx.install("pong", Self::pong);
        self.serve(ctx);
    }
}

impl Player {
    fn ping(&mut self, ctx: &mut Context<Self>, message: Message) {
        ctx.reply("pong", message.body);
    }

    fn pong(&mut self, ctx: &mut Context<Self>, _message: Message) {
        self.serve(ctx);
    }

    fn serve(&mut self, ctx: &mut Context<Self>) {
        match &mut self.serves {
            Some((other, left)) if *left > 0 => {
                *left -= 1;
                ctx.send(other, "ping", "");
            }
            _ => {
                if let Some(over) = self.over.take() {
                    over.set(());
                }
            }
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    const ROUNDS: u64 = 100_000;
    let runtime = Runtime::builder().start()?;
    let second = runtime.spawn(Player {
        serves: None,
        over: None,
    })?;
    let (promise, over) = Promise::new();
    let begun = runtime.clock().now();
    runtime.spawn(Player {
        serves: Some((second.upid().clone(), ROUNDS)),
        over: Some(promise),
    })?;
    over.wait()?;
    let each = (runtime.clock().now() - begun) / ROUNDS as u32;
    println!("{ROUNDS} rounds, {each:?} each");
    Ok(())
}
