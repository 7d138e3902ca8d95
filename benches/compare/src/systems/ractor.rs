//! ractor on tokio.

use crate::workloads::{self, FnState, Place, System};
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use std::future::Future;
use std::marker::PhantomData;

/// The column.
pub struct Ractor;

pub type Job = Box<dyn FnOnce(&mut FnState) + Send>;
pub struct A<B>(PhantomData<fn() -> B>);
impl<B: workloads::Actor> Actor for A<B> {
    type Msg = B::Message;
    type State = B;
    type Arguments = B;
    async fn pre_start(&self, _: ActorRef<B::Message>, b: B) -> Result<B, ActorProcessingErr> {
        Ok(b)
    }
    async fn handle(
        &self,
        _: ActorRef<B::Message>,
        m: B::Message,
        st: &mut B,
    ) -> Result<(), ActorProcessingErr> {
        st.handle(m);
        Ok(())
    }
}
pub struct FnA;
impl Actor for FnA {
    type Msg = Job;
    type State = FnState;
    type Arguments = ();
    async fn pre_start(&self, _: ActorRef<Job>, _: ()) -> Result<FnState, ActorProcessingErr> {
        Ok(FnState::default())
    }
    async fn handle(
        &self,
        _: ActorRef<Job>,
        m: Job,
        st: &mut FnState,
    ) -> Result<(), ActorProcessingErr> {
        m(st);
        Ok(())
    }
}
pub struct AskA;
pub struct Ask(u64, RpcReplyPort<u64>);
impl Actor for AskA {
    type Msg = Ask;
    type State = ();
    type Arguments = ();
    async fn pre_start(&self, _: ActorRef<Ask>, _: ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
    async fn handle(&self, _: ActorRef<Ask>, m: Ask, _: &mut ()) -> Result<(), ActorProcessingErr> {
        let _ = m.1.send(m.0 + 1);
        Ok(())
    }
}

impl System for Ractor {
    type Address<B: workloads::Actor> = ActorRef<B::Message>;
    type FnAddress = ActorRef<Job>;
    type Asker = ActorRef<Ask>;
    fn start<F: FnOnce(Self) -> Fut, Fut: Future<Output = ()>>(workers: usize, f: F) {
        super::tokio::runtime(workers).block_on(f(Self))
    }
    async fn spawn<B: workloads::Actor>(&self, b: B, _: Place) -> Self::Address<B> {
        A::<B>::spawn(None, A(PhantomData), b)
            .await
            .unwrap_or_else(|_| panic!())
            .0
    }
    #[inline]
    fn send<B: workloads::Actor>(a: &Self::Address<B>, m: B::Message) {
        let _ = a.cast(m);
    }
    fn stop<B: workloads::Actor>(a: Self::Address<B>) {
        a.stop(None)
    }
    async fn spawn_fn(&self, _: Place) -> Self::FnAddress {
        Actor::spawn(None, FnA, ())
            .await
            .unwrap_or_else(|_| panic!())
            .0
    }
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(a: &Self::FnAddress, f: F) {
        let _ = a.cast(Box::new(f));
    }
    async fn spawn_asker(&self, _: Place) -> Self::Asker {
        Actor::spawn(None, AskA, ())
            .await
            .unwrap_or_else(|_| panic!())
            .0
    }
    async fn ask(a: &Self::Asker, x: u64) -> u64 {
        match a.call(|p| Ask(x, p), None).await {
            Ok(ractor::rpc::CallResult::Success(v)) => v,
            _ => panic!(),
        }
    }
    fn ask_eager(a: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let (tx, rx) = ractor::concurrency::oneshot();
        let _ = a.cast(Ask(x, tx.into()));
        async move { rx.await.expect("the actor runs") }
    }
    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, f: F) {
        tokio::spawn(f).await.expect("the task does not panic")
    }
}
