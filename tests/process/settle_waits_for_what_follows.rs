//! To settle is to wait for all that is under way, and for all that it brings about.

use std::time::Duration;

use libprocess::clock::Clock;
use libprocess::process::{Context, Process};
use libprocess::runtime::Runtime;
use libprocess::time::Time;

/// Does one thing after another, each brought about by the one before.
#[derive(Default)]
struct Chain {
    ended: bool,
}

struct Brief;

impl Process for Brief {}

impl Process for Chain {
    fn initialize(&mut self, ctx: &mut Context<Self>) {
        ctx.delay(Duration::ZERO, |_, ctx| ctx.pid().tell(Self::wait_and_end));
    }
}

impl Chain {
    fn wait_and_end(&mut self, ctx: &mut Context<Self>) {
        let nothing = ctx.after(Duration::ZERO);
        ctx.run(|this| async move {
            nothing.await?;
            this.with(Self::end);
            Ok(())
        });
    }

    fn end(&mut self, ctx: &mut Context<Self>) {
        let brief = ctx.spawn(Brief).unwrap();
        brief.terminate();
        brief.wait().unwrap();
        self.ended = true;
    }
}

#[test]
fn initialize_delays_dispatches_blocks_and_waits_have_ended() {
    for workers in [1, 4] {
        let clock = Clock::paused_at(Time::EPOCH);
        let builder = Runtime::builder().workers(workers).clock(clock);
        let runtime = builder.start().unwrap();
        for _ in 0..50 {
            let chain = runtime.spawn(Chain::default()).unwrap();
            runtime.settle();
            assert_eq!(chain.dispatch(|chain, _| chain.ended).wait(), Ok(true));
        }
    }
}
