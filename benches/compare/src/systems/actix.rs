//! actix with an arbiter a worker: actors are placed round robin, or packed so that neighbours
//! share one.

use crate::workloads::{self, FnState, Place, System};
use actix::prelude::*;
use std::future::Future;

/// An arbiter a worker; with `PACK`, pairs of neighbours share one.
pub struct Arbiters<const PACK: bool>(Vec<Arbiter>);

impl<const PACK: bool> Arbiters<PACK> {
    fn at(&self, place: Place) -> &Arbiter {
        let workers = self.0.len();
        let packed = (place.index & !1) * workers / place.count;
        let chosen = if PACK {
            packed.min(workers - 1)
        } else {
            place.index % workers
        };
        &self.0[chosen]
    }
}
pub struct Host<A>(A);
impl<A: workloads::Actor> Actor for Host<A> {
    type Context = Context<Self>;
}
pub struct Tell<T>(T);
impl<T: 'static> Message for Tell<T> {
    type Result = ();
}
impl<A: workloads::Actor> Handler<Tell<A::Message>> for Host<A> {
    type Result = ();
    #[inline]
    fn handle(&mut self, message: Tell<A::Message>, _: &mut Context<Self>) {
        self.0.handle(message.0)
    }
}
pub struct Stop;
impl Message for Stop {
    type Result = ();
}
impl<A: workloads::Actor> Handler<Stop> for Host<A> {
    type Result = ();
    fn handle(&mut self, _: Stop, ctx: &mut Context<Self>) {
        ctx.stop()
    }
}
pub struct Runner(FnState);
impl Actor for Runner {
    type Context = Context<Self>;
}
pub struct Run<F>(F);
impl<F: 'static> Message for Run<F> {
    type Result = ();
}
impl<F: FnOnce(&mut FnState) + Send + 'static> Handler<Run<F>> for Runner {
    type Result = ();
    fn handle(&mut self, message: Run<F>, _: &mut Context<Self>) {
        (message.0)(&mut self.0)
    }
}
pub struct Replier;
impl Actor for Replier {
    type Context = Context<Self>;
    // default capacity is 16; 0 = unbounded, so that 1,000 asks really are in flight
    fn started(&mut self, ctx: &mut Context<Self>) {
        ctx.set_mailbox_capacity(0)
    }
}
pub struct Ask(u64);
impl Message for Ask {
    type Result = u64;
}
impl Handler<Ask> for Replier {
    type Result = u64;
    fn handle(&mut self, message: Ask, _: &mut Context<Self>) -> u64 {
        message.0 + 1
    }
}

impl<const PACK: bool> System for Arbiters<PACK> {
    type Address<A: workloads::Actor> = Addr<Host<A>>;
    type FnAddress = Addr<Runner>;
    type Asker = Addr<Replier>;
    fn start<F: FnOnce(Self) -> Body, Body: Future<Output = ()>>(workers: usize, run: F) {
        actix::System::new().block_on(async move {
            run(Self((0..workers).map(|_| Arbiter::new()).collect())).await;
        })
    }
    async fn spawn<A: workloads::Actor>(&self, actor: A, place: Place) -> Self::Address<A> {
        Host::<A>::start_in_arbiter(&self.at(place).handle(), move |_| Host(actor))
    }
    #[inline]
    fn send<A: workloads::Actor>(to: &Self::Address<A>, message: A::Message) {
        to.do_send(Tell(message))
    }
    fn stop<A: workloads::Actor>(to: Self::Address<A>) {
        to.do_send(Stop)
    }
    async fn spawn_fn(&self, place: Place) -> Self::FnAddress {
        Runner::start_in_arbiter(&self.at(place).handle(), |_| Runner(FnState::default()))
    }
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(to: &Self::FnAddress, run: F) {
        to.do_send(Run(run))
    }
    async fn spawn_asker(&self, place: Place) -> Self::Asker {
        Replier::start_in_arbiter(&self.at(place).handle(), |_| Replier)
    }
    async fn ask(to: &Self::Asker, x: u64) -> u64 {
        to.send(Ask(x)).await.expect("the actor runs")
    }
    fn ask_eager(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let reply = to.send(Ask(x));
        async move { reply.await.expect("the actor runs") }
    }
    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, run: F) {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        // The asker sits on the first arbiter; the task goes to the last, or packed to the first.
        let arbiter = if PACK { self.0.first() } else { self.0.last() };
        arbiter.expect("there is to worker").spawn(async move {
            run.await;
            let _ = sender.send(());
        });
        receiver.await.expect("the actor runs")
    }
}
