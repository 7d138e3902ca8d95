//! Run `cargo run --example paused_clock`: a week passes in no time, and exactly as it should.

use libprocess::clock::Clock;
use libprocess::prelude::*;

/// Wants to be fed once a day.
struct Pet {
    meals: u64,
    is_hungry: bool,
}

impl Process for Pet {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.delay(days(1), Self::grow_hungry);
    }
}

impl Pet {
    fn grow_hungry(&mut self, ctx: &mut Context<Self>) {
        println!("{}: hungry", ctx.now());
        self.is_hungry = true;
        ctx.delay(days(1), Self::grow_hungry);
    }

    fn feed(&mut self, _ctx: &mut Context<Self>) -> bool {
        let fed = std::mem::take(&mut self.is_hungry);
        self.meals += u64::from(fed);
        fed
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clock = Clock::paused_at(Time::EPOCH);
    let runtime = Runtime::builder().clock(clock.clone()).start()?;
    let pet = runtime.spawn(Pet {
        meals: 0,
        is_hungry: false,
    })?;
    runtime.settle();
    for _ in 0..7 {
        clock.advance(hours(23));
        runtime.settle(); // all that is due has happened when this returns
        assert!(!pet.dispatch(Pet::feed).wait()?);
        clock.advance(hours(1));
        runtime.settle();
        assert!(pet.dispatch(Pet::feed).wait()?);
    }
    println!("{} meals", pet.dispatch(|pet, _| pet.meals).wait()?);
    Ok(())
}
