//! ractor on tokio.

use crate::workloads::{self, FnState, Place, System};
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use std::future::Future;
use std::marker::PhantomData;

/// The column.
pub struct Ractor;

pub type Job = Box<dyn FnOnce(&mut FnState) + Send>;
pub struct Host<A>(PhantomData<fn() -> A>);
impl<A: workloads::Actor> Actor for Host<A> {
    type Msg = A::Message;
    type State = A;
    type Arguments = A;
    async fn pre_start(&self, _: ActorRef<A::Message>, actor: A) -> Result<A, ActorProcessingErr> {
        Ok(actor)
    }
    async fn handle(
        &self,
        _: ActorRef<A::Message>,
        message: A::Message,
        state: &mut A,
    ) -> Result<(), ActorProcessingErr> {
        state.handle(message);
        Ok(())
    }
}
pub struct Runner;
impl Actor for Runner {
    type Msg = Job;
    type State = FnState;
    type Arguments = ();
    async fn pre_start(&self, _: ActorRef<Job>, _: ()) -> Result<FnState, ActorProcessingErr> {
        Ok(FnState::default())
    }
    async fn handle(
        &self,
        _: ActorRef<Job>,
        message: Job,
        state: &mut FnState,
    ) -> Result<(), ActorProcessingErr> {
        message(state);
        Ok(())
    }
}
pub struct Replier;
pub struct Ask(u64, RpcReplyPort<u64>);
impl Actor for Replier {
    type Msg = Ask;
    type State = ();
    type Arguments = ();
    async fn pre_start(&self, _: ActorRef<Ask>, _: ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
    async fn handle(
        &self,
        _: ActorRef<Ask>,
        message: Ask,
        _: &mut (),
    ) -> Result<(), ActorProcessingErr> {
        let _ = message.1.send(message.0 + 1);
        Ok(())
    }
}

impl System for Ractor {
    type Address<A: workloads::Actor> = ActorRef<A::Message>;
    type FnAddress = ActorRef<Job>;
    type Asker = ActorRef<Ask>;
    fn start<F: FnOnce(Self) -> Body, Body: Future<Output = ()>>(workers: usize, run: F) {
        super::tokio::runtime(workers).block_on(run(Self))
    }
    async fn spawn<A: workloads::Actor>(&self, actor: A, _: Place) -> Self::Address<A> {
        Host::<A>::spawn(None, Host(PhantomData), actor)
            .await
            .unwrap_or_else(|_| panic!())
            .0
    }
    #[inline]
    fn send<A: workloads::Actor>(to: &Self::Address<A>, message: A::Message) {
        let _ = to.cast(message);
    }
    fn stop<A: workloads::Actor>(to: Self::Address<A>) {
        to.stop(None)
    }
    async fn spawn_fn(&self, _: Place) -> Self::FnAddress {
        Actor::spawn(None, Runner, ())
            .await
            .unwrap_or_else(|_| panic!())
            .0
    }
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(to: &Self::FnAddress, run: F) {
        let _ = to.cast(Box::new(run));
    }
    async fn spawn_asker(&self, _: Place) -> Self::Asker {
        Actor::spawn(None, Replier, ())
            .await
            .unwrap_or_else(|_| panic!())
            .0
    }
    async fn ask(to: &Self::Asker, x: u64) -> u64 {
        match to.call(|place| Ask(x, place), None).await {
            Ok(ractor::rpc::CallResult::Success(value)) => value,
            _ => panic!(),
        }
    }
    fn ask_eager(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let (sender, receiver) = ractor::concurrency::oneshot();
        let _ = to.cast(Ask(x, sender.into()));
        async move { receiver.await.expect("the actor runs") }
    }
    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, run: F) {
        tokio::spawn(run).await.expect("the task does not panic")
    }
}
