//! kameo on tokio, with unbounded mailboxes.

use crate::workloads::{self, FnState, Place, System};
use kameo::Actor;
use kameo::actor::{ActorRef, Spawn};
use kameo::error::Infallible;
use kameo::mailbox;
use kameo::message::{Context, Message};
use std::future::Future;

/// The column.
pub struct Kameo;

pub struct A<B>(B);
impl<B: workloads::Actor> Actor for A<B> {
    type Args = Self;
    type Error = Infallible;
    async fn on_start(a: Self, _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(a)
    }
}
pub struct M<T>(T);
impl<B: workloads::Actor> Message<M<B::Message>> for A<B> {
    type Reply = ();
    async fn handle(&mut self, m: M<B::Message>, _: &mut Context<Self, ()>) {
        self.0.handle(m.0)
    }
}
pub struct FnA(FnState);
impl Actor for FnA {
    type Args = Self;
    type Error = Infallible;
    async fn on_start(a: Self, _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(a)
    }
}
pub struct Run<F>(F);
impl<F: FnOnce(&mut FnState) + Send + 'static> Message<Run<F>> for FnA {
    type Reply = ();
    async fn handle(&mut self, m: Run<F>, _: &mut Context<Self, ()>) {
        (m.0)(&mut self.0)
    }
}
pub struct AskA;
impl Actor for AskA {
    type Args = Self;
    type Error = Infallible;
    async fn on_start(a: Self, _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(a)
    }
}
pub struct Ask(u64);
impl Message<Ask> for AskA {
    type Reply = u64;
    async fn handle(&mut self, m: Ask, _: &mut Context<Self, u64>) -> u64 {
        m.0 + 1
    }
}

impl System for Kameo {
    type Address<B: workloads::Actor> = ActorRef<A<B>>;
    type FnAddress = ActorRef<FnA>;
    type Asker = ActorRef<AskA>;
    fn start<F: FnOnce(Self) -> Fut, Fut: Future<Output = ()>>(workers: usize, f: F) {
        super::tokio::runtime(workers).block_on(f(Self))
    }
    async fn spawn<B: workloads::Actor>(&self, b: B, _: Place) -> Self::Address<B> {
        <A<B> as Spawn>::spawn_with_mailbox(A(b), mailbox::unbounded())
    }
    #[inline]
    fn send<B: workloads::Actor>(a: &Self::Address<B>, m: B::Message) {
        let _ = a.tell(M(m)).try_send();
    }
    fn stop<B: workloads::Actor>(a: Self::Address<B>) {
        use std::pin::pin;
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        let _ = pin!(a.stop_gracefully()).as_mut().poll(&mut cx); // unbounded: ready at once
    }
    async fn spawn_fn(&self, _: Place) -> Self::FnAddress {
        FnA::spawn_with_mailbox(FnA(FnState::default()), mailbox::unbounded())
    }
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(a: &Self::FnAddress, f: F) {
        let _ = a.tell(Run(f)).try_send();
    }
    async fn spawn_asker(&self, _: Place) -> Self::Asker {
        AskA::spawn_with_mailbox(AskA, mailbox::unbounded())
    }
    async fn ask(a: &Self::Asker, x: u64) -> u64 {
        a.ask(Ask(x)).await.expect("the actor runs")
    }
    fn ask_eager(a: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let r = a.ask(Ask(x)).try_enqueue();
        async move { r.expect("the actor runs").await.expect("the actor runs") }
    }
    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, f: F) {
        tokio::spawn(f).await.expect("the task does not panic")
    }
}
