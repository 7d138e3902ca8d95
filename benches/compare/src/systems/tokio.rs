//! A tokio task and an unbounded mpsc channel an actor; in batches, `recv_many` takes up to 256.

use crate::workloads::{self, FnState, Place, System};
use std::future::Future;
use tokio::sync::{
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    oneshot,
};

/// Tasks that receive one message at a time or, with `BATCH`, many.
pub struct Tasks<const BATCH: bool>;

pub type Job = Box<dyn FnOnce(&mut FnState) + Send>;

async fn pump<const BATCH: bool, M>(mut receiver: UnboundedReceiver<M>, mut run: impl FnMut(M)) {
    if BATCH {
        let mut batch = Vec::with_capacity(256);
        while receiver.recv_many(&mut batch, 256).await > 0 {
            for message in batch.drain(..) {
                run(message)
            }
        }
    } else {
        while let Some(message) = receiver.recv().await {
            run(message)
        }
    }
}

impl<const BATCH: bool> System for Tasks<BATCH> {
    type Address<A: workloads::Actor> = UnboundedSender<A::Message>;
    type FnAddress = UnboundedSender<Job>;
    type Asker = UnboundedSender<(u64, oneshot::Sender<u64>)>;
    fn start<F: FnOnce(Self) -> Body, Body: Future<Output = ()>>(workers: usize, run: F) {
        runtime(workers).block_on(run(Self))
    }
    async fn spawn<A: workloads::Actor>(&self, mut actor: A, _: Place) -> Self::Address<A> {
        let (sender, receiver) = unbounded_channel();
        tokio::spawn(
            async move { pump::<BATCH, _>(receiver, |message| actor.handle(message)).await },
        );
        sender
    }
    #[inline]
    fn send<A: workloads::Actor>(to: &Self::Address<A>, message: A::Message) {
        let _ = to.send(message);
    }
    fn stop<A: workloads::Actor>(to: Self::Address<A>) {
        drop(to)
    }
    async fn spawn_fn(&self, _: Place) -> Self::FnAddress {
        let (sender, receiver) = unbounded_channel::<Job>();
        let mut state = FnState::default();
        tokio::spawn(async move { pump::<BATCH, _>(receiver, |run| run(&mut state)).await });
        sender
    }
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(to: &Self::FnAddress, run: F) {
        let _ = to.send(Box::new(run));
    }
    async fn spawn_asker(&self, _: Place) -> Self::Asker {
        let (sender, receiver) = unbounded_channel::<(u64, oneshot::Sender<u64>)>();
        tokio::spawn(pump::<BATCH, _>(receiver, |(x, reply)| {
            let _ = reply.send(x + 1);
        }));
        sender
    }
    fn ask(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send {
        Self::ask_eager(to, x)
    }
    fn ask_eager(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let (sender, receiver) = oneshot::channel();
        let _ = to.send((x, sender));
        async move { receiver.await.expect("the asker replies") }
    }
    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, run: F) {
        tokio::spawn(run).await.expect("the task does not panic")
    }
}

/// The runtime that the libraries on tokio run on too.
pub fn runtime(workers: usize) -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder
        .worker_threads(workers)
        .enable_all()
        .build()
        .expect("the OS gives threads")
}
