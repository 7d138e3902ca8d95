//! xtra on tokio, with unbounded mailboxes.

use crate::workloads::{self, FnState, Place, System};
use std::future::Future;
use std::pin::pin;
use xtra::prelude::*;

/// The column.
pub struct Xtra;

pub struct Host<A>(A);
impl<A: workloads::Actor> xtra::Actor for Host<A> {
    type Stop = ();
    async fn stopped(self) {}
}
pub struct Tell<T>(T);
impl<A: workloads::Actor> Handler<Tell<A::Message>> for Host<A> {
    type Return = ();
    async fn handle(&mut self, message: Tell<A::Message>, _: &mut Context<Self>) {
        self.0.handle(message.0)
    }
}
pub struct Stop;
impl<A: workloads::Actor> Handler<Stop> for Host<A> {
    type Return = ();
    async fn handle(&mut self, _: Stop, ctx: &mut Context<Self>) {
        ctx.stop_self()
    }
}
pub struct Runner(FnState);
impl xtra::Actor for Runner {
    type Stop = ();
    async fn stopped(self) {}
}
pub struct Run<F>(F);
impl<F: FnOnce(&mut FnState) + Send + 'static> Handler<Run<F>> for Runner {
    type Return = ();
    async fn handle(&mut self, message: Run<F>, _: &mut Context<Self>) {
        (message.0)(&mut self.0)
    }
}
pub struct Replier;
impl xtra::Actor for Replier {
    type Stop = ();
    async fn stopped(self) {}
}
pub struct Ask(u64);
impl Handler<Ask> for Replier {
    type Return = u64;
    async fn handle(&mut self, message: Ask, _: &mut Context<Self>) -> u64 {
        message.0 + 1
    }
}
/// poll once: on an unbounded mailbox the message is then queued (as xtra's own crude_bench does)
fn once<F: Future>(run: F) -> Option<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match pin!(run).poll(&mut context) {
        std::task::Poll::Ready(value) => Some(value),
        _ => None,
    }
}

impl System for Xtra {
    type Address<A: workloads::Actor> = Address<Host<A>>;
    type FnAddress = Address<Runner>;
    type Asker = Address<Replier>;
    fn start<F: FnOnce(Self) -> Body, Body: Future<Output = ()>>(workers: usize, run: F) {
        super::tokio::runtime(workers).block_on(run(Self))
    }
    async fn spawn<A: workloads::Actor>(&self, actor: A, _: Place) -> Self::Address<A> {
        xtra::spawn_tokio(Host(actor), Mailbox::unbounded())
    }
    #[inline]
    fn send<A: workloads::Actor>(to: &Self::Address<A>, message: A::Message) {
        let _ = once(to.send(Tell(message)).detach());
    }
    fn stop<A: workloads::Actor>(to: Self::Address<A>) {
        let _ = once(to.send(Stop).detach());
    }
    async fn spawn_fn(&self, _: Place) -> Self::FnAddress {
        xtra::spawn_tokio(Runner(FnState::default()), Mailbox::unbounded())
    }
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(to: &Self::FnAddress, run: F) {
        let _ = once(to.send(Run(run)).detach());
    }
    async fn spawn_asker(&self, _: Place) -> Self::Asker {
        xtra::spawn_tokio(Replier, Mailbox::unbounded())
    }
    async fn ask(to: &Self::Asker, x: u64) -> u64 {
        to.send(Ask(x)).await.expect("the actor runs")
    }
    fn ask_eager(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let reply = once(to.send(Ask(x)).detach())
            .expect("the actor runs")
            .expect("the actor runs");
        async move { reply.await.expect("the actor runs") }
    }
    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, run: F) {
        tokio::spawn(run).await.expect("the task does not panic")
    }
}
