//! xtra on tokio, with unbounded mailboxes.

use crate::workloads::{self, FnState, Place, System};
use std::future::Future;
use std::pin::pin;
use xtra::prelude::*;

/// The column.
pub struct Xtra;

pub struct A<B>(B);
impl<B: workloads::Actor> xtra::Actor for A<B> {
    type Stop = ();
    async fn stopped(self) {}
}
pub struct M<T>(T);
impl<B: workloads::Actor> Handler<M<B::Message>> for A<B> {
    type Return = ();
    async fn handle(&mut self, m: M<B::Message>, _: &mut Context<Self>) {
        self.0.handle(m.0)
    }
}
pub struct Stop;
impl<B: workloads::Actor> Handler<Stop> for A<B> {
    type Return = ();
    async fn handle(&mut self, _: Stop, c: &mut Context<Self>) {
        c.stop_self()
    }
}
pub struct FnA(FnState);
impl xtra::Actor for FnA {
    type Stop = ();
    async fn stopped(self) {}
}
pub struct Run<F>(F);
impl<F: FnOnce(&mut FnState) + Send + 'static> Handler<Run<F>> for FnA {
    type Return = ();
    async fn handle(&mut self, m: Run<F>, _: &mut Context<Self>) {
        (m.0)(&mut self.0)
    }
}
pub struct AskA;
impl xtra::Actor for AskA {
    type Stop = ();
    async fn stopped(self) {}
}
pub struct Ask(u64);
impl Handler<Ask> for AskA {
    type Return = u64;
    async fn handle(&mut self, m: Ask, _: &mut Context<Self>) -> u64 {
        m.0 + 1
    }
}
/// poll once: on an unbounded mailbox the message is then queued (as xtra's own crude_bench does)
fn once<F: Future>(f: F) -> Option<F::Output> {
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    match pin!(f).poll(&mut cx) {
        std::task::Poll::Ready(v) => Some(v),
        _ => None,
    }
}

impl System for Xtra {
    type Address<B: workloads::Actor> = Address<A<B>>;
    type FnAddress = Address<FnA>;
    type Asker = Address<AskA>;
    fn start<F: FnOnce(Self) -> Fut, Fut: Future<Output = ()>>(workers: usize, f: F) {
        super::tokio::runtime(workers).block_on(f(Self))
    }
    async fn spawn<B: workloads::Actor>(&self, b: B, _: Place) -> Self::Address<B> {
        xtra::spawn_tokio(A(b), Mailbox::unbounded())
    }
    #[inline]
    fn send<B: workloads::Actor>(a: &Self::Address<B>, m: B::Message) {
        let _ = once(a.send(M(m)).detach());
    }
    fn stop<B: workloads::Actor>(a: Self::Address<B>) {
        let _ = once(a.send(Stop).detach());
    }
    async fn spawn_fn(&self, _: Place) -> Self::FnAddress {
        xtra::spawn_tokio(FnA(FnState::default()), Mailbox::unbounded())
    }
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(a: &Self::FnAddress, f: F) {
        let _ = once(a.send(Run(f)).detach());
    }
    async fn spawn_asker(&self, _: Place) -> Self::Asker {
        xtra::spawn_tokio(AskA, Mailbox::unbounded())
    }
    async fn ask(a: &Self::Asker, x: u64) -> u64 {
        a.send(Ask(x)).await.expect("the actor runs")
    }
    fn ask_eager(a: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let r = once(a.send(Ask(x)).detach())
            .expect("the actor runs")
            .expect("the actor runs");
        async move { r.await.expect("the actor runs") }
    }
    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, f: F) {
        tokio::spawn(f).await.expect("the task does not panic")
    }
}
