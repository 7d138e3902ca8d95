//! Run `cargo run --example async_block`: a process asks two others in turn and goes on with its
//! own state, in code that reads from top to bottom.

use libprocess::future::Promise;
use libprocess::prelude::*;

/// Knows a price.
struct Shop(u64);

impl Process for Shop {}

struct Customer {
    shops: Vec<Pid<Shop>>,
    best: Option<u64>,
}

impl Process for Customer {}

impl Customer {
    fn look_around(&mut self, ctx: &mut Context<Self>, done: Promise<u64>) {
        let shops = self.shops.clone();
        ctx.run(|this| async move {
            for shop in shops {
                // While this waits, the customer serves other events.
                let price = shop.dispatch(|shop, _| shop.0).await?;
                this.with(|customer, _| {
                    let best = customer.best.get_or_insert(price);
                    *best = price.min(*best);
                });
            }
            let best = this.with(|customer, _| customer.best);
            done.set(best.ok_or("there are no shops")?);
            Ok(())
        });
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = Runtime::builder().start()?;
    let shops = vec![runtime.spawn(Shop(12))?, runtime.spawn(Shop(10))?];
    let customer = runtime.spawn(Customer { shops, best: None })?;
    let (promise, best) = Promise::new();
    customer.tell(|customer, ctx| customer.look_around(ctx, promise));
    println!("the best price is {}", best.wait()?);
    Ok(())
}
