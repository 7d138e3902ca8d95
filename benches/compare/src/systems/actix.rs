//! actix with an arbiter a worker: actors are placed round robin, or packed so that neighbours
//! share one.

use crate::workloads::{self, FnState, Place, System};
use actix::prelude::*;
use std::future::Future;

/// An arbiter a worker; with `PACK`, pairs of neighbours share one.
pub struct Arbiters<const PACK: bool>(Vec<Arbiter>);

impl<const PACK: bool> Arbiters<PACK> {
    fn at(&self, p: Place) -> &Arbiter {
        let workers = self.0.len();
        let packed = (p.index & !1) * workers / p.count;
        let chosen = if PACK {
            packed.min(workers - 1)
        } else {
            p.index % workers
        };
        &self.0[chosen]
    }
}
pub struct A<B>(B);
impl<B: workloads::Actor> Actor for A<B> {
    type Context = Context<Self>;
}
pub struct M<T>(T);
impl<T: 'static> Message for M<T> {
    type Result = ();
}
impl<B: workloads::Actor> Handler<M<B::Message>> for A<B> {
    type Result = ();
    #[inline]
    fn handle(&mut self, m: M<B::Message>, _: &mut Context<Self>) {
        self.0.handle(m.0)
    }
}
pub struct Stop;
impl Message for Stop {
    type Result = ();
}
impl<B: workloads::Actor> Handler<Stop> for A<B> {
    type Result = ();
    fn handle(&mut self, _: Stop, c: &mut Context<Self>) {
        c.stop()
    }
}
pub struct FnA(FnState);
impl Actor for FnA {
    type Context = Context<Self>;
}
pub struct Run<F>(F);
impl<F: 'static> Message for Run<F> {
    type Result = ();
}
impl<F: FnOnce(&mut FnState) + Send + 'static> Handler<Run<F>> for FnA {
    type Result = ();
    fn handle(&mut self, m: Run<F>, _: &mut Context<Self>) {
        (m.0)(&mut self.0)
    }
}
pub struct AskA;
impl Actor for AskA {
    type Context = Context<Self>;
    // default capacity is 16; 0 = unbounded, so that 1,000 asks really are in flight
    fn started(&mut self, c: &mut Context<Self>) {
        c.set_mailbox_capacity(0)
    }
}
pub struct Ask(u64);
impl Message for Ask {
    type Result = u64;
}
impl Handler<Ask> for AskA {
    type Result = u64;
    fn handle(&mut self, m: Ask, _: &mut Context<Self>) -> u64 {
        m.0 + 1
    }
}

impl<const PACK: bool> System for Arbiters<PACK> {
    type Address<B: workloads::Actor> = Addr<A<B>>;
    type FnAddress = Addr<FnA>;
    type Asker = Addr<AskA>;
    fn start<F: FnOnce(Self) -> Fut, Fut: Future<Output = ()>>(workers: usize, f: F) {
        actix::System::new().block_on(async move {
            f(Self((0..workers).map(|_| Arbiter::new()).collect())).await;
        })
    }
    async fn spawn<B: workloads::Actor>(&self, b: B, p: Place) -> Self::Address<B> {
        A::<B>::start_in_arbiter(&self.at(p).handle(), move |_| A(b))
    }
    #[inline]
    fn send<B: workloads::Actor>(a: &Self::Address<B>, m: B::Message) {
        a.do_send(M(m))
    }
    fn stop<B: workloads::Actor>(a: Self::Address<B>) {
        a.do_send(Stop)
    }
    async fn spawn_fn(&self, p: Place) -> Self::FnAddress {
        FnA::start_in_arbiter(&self.at(p).handle(), |_| FnA(FnState::default()))
    }
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(a: &Self::FnAddress, f: F) {
        a.do_send(Run(f))
    }
    async fn spawn_asker(&self, p: Place) -> Self::Asker {
        AskA::start_in_arbiter(&self.at(p).handle(), |_| AskA)
    }
    async fn ask(a: &Self::Asker, x: u64) -> u64 {
        a.send(Ask(x)).await.expect("the actor runs")
    }
    fn ask_eager(a: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let r = a.send(Ask(x));
        async move { r.await.expect("the actor runs") }
    }
    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, f: F) {
        let (tx, rx) = tokio::sync::oneshot::channel();
        // The asker sits on the first arbiter; the task goes to the last, or packed to the first.
        let arbiter = if PACK { self.0.first() } else { self.0.last() };
        arbiter.expect("there is a worker").spawn(async move {
            f.await;
            let _ = tx.send(());
        });
        rx.await.expect("the actor runs")
    }
}
