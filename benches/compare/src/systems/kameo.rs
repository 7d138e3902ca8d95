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

pub struct Host<A>(A);
impl<A: workloads::Actor> Actor for Host<A> {
    type Args = Self;
    type Error = Infallible;
    async fn on_start(to: Self, _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(to)
    }
}
pub struct Tell<T>(T);
impl<A: workloads::Actor> Message<Tell<A::Message>> for Host<A> {
    type Reply = ();
    async fn handle(&mut self, message: Tell<A::Message>, _: &mut Context<Self, ()>) {
        self.0.handle(message.0)
    }
}
pub struct Runner(FnState);
impl Actor for Runner {
    type Args = Self;
    type Error = Infallible;
    async fn on_start(to: Self, _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(to)
    }
}
pub struct Run<F>(F);
impl<F: FnOnce(&mut FnState) + Send + 'static> Message<Run<F>> for Runner {
    type Reply = ();
    async fn handle(&mut self, message: Run<F>, _: &mut Context<Self, ()>) {
        (message.0)(&mut self.0)
    }
}
pub struct Replier;
impl Actor for Replier {
    type Args = Self;
    type Error = Infallible;
    async fn on_start(to: Self, _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(to)
    }
}
pub struct Ask(u64);
impl Message<Ask> for Replier {
    type Reply = u64;
    async fn handle(&mut self, message: Ask, _: &mut Context<Self, u64>) -> u64 {
        message.0 + 1
    }
}

impl System for Kameo {
    type Address<A: workloads::Actor> = ActorRef<Host<A>>;
    type FnAddress = ActorRef<Runner>;
    type Asker = ActorRef<Replier>;
    fn start<F: FnOnce(Self) -> Body, Body: Future<Output = ()>>(workers: usize, run: F) {
        super::tokio::runtime(workers).block_on(run(Self))
    }
    async fn spawn<A: workloads::Actor>(&self, actor: A, _: Place) -> Self::Address<A> {
        <Host<A> as Spawn>::spawn_with_mailbox(Host(actor), mailbox::unbounded())
    }
    #[inline]
    fn send<A: workloads::Actor>(to: &Self::Address<A>, message: A::Message) {
        let _ = to.tell(Tell(message)).try_send();
    }
    fn stop<A: workloads::Actor>(to: Self::Address<A>) {
        use std::pin::pin;
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let _ = pin!(to.stop_gracefully()).as_mut().poll(&mut context); // unbounded: ready at once
    }
    async fn spawn_fn(&self, _: Place) -> Self::FnAddress {
        Runner::spawn_with_mailbox(Runner(FnState::default()), mailbox::unbounded())
    }
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(to: &Self::FnAddress, run: F) {
        let _ = to.tell(Run(run)).try_send();
    }
    async fn spawn_asker(&self, _: Place) -> Self::Asker {
        Replier::spawn_with_mailbox(Replier, mailbox::unbounded())
    }
    async fn ask(to: &Self::Asker, x: u64) -> u64 {
        to.ask(Ask(x)).await.expect("the actor runs")
    }
    fn ask_eager(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let reply = to.ask(Ask(x)).try_enqueue();
        async move {
            reply
                .expect("the actor runs")
                .await
                .expect("the actor runs")
        }
    }
    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, run: F) {
        tokio::spawn(run).await.expect("the task does not panic")
    }
}
