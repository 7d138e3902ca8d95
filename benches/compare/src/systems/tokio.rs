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

async fn pump<const BATCH: bool, M>(mut rx: UnboundedReceiver<M>, mut f: impl FnMut(M)) {
    if BATCH {
        let mut buf = Vec::with_capacity(256);
        while rx.recv_many(&mut buf, 256).await > 0 {
            for m in buf.drain(..) {
                f(m)
            }
        }
    } else {
        while let Some(m) = rx.recv().await {
            f(m)
        }
    }
}

impl<const BATCH: bool> System for Tasks<BATCH> {
    type Address<B: workloads::Actor> = UnboundedSender<B::Message>;
    type FnAddress = UnboundedSender<Job>;
    type Asker = UnboundedSender<(u64, oneshot::Sender<u64>)>;
    fn start<F: FnOnce(Self) -> Fut, Fut: Future<Output = ()>>(workers: usize, f: F) {
        runtime(workers).block_on(f(Self))
    }
    async fn spawn<B: workloads::Actor>(&self, mut b: B, _: Place) -> Self::Address<B> {
        let (tx, rx) = unbounded_channel();
        tokio::spawn(async move { pump::<BATCH, _>(rx, |m| b.handle(m)).await });
        tx
    }
    #[inline]
    fn send<B: workloads::Actor>(a: &Self::Address<B>, m: B::Message) {
        let _ = a.send(m);
    }
    fn stop<B: workloads::Actor>(a: Self::Address<B>) {
        drop(a)
    }
    async fn spawn_fn(&self, _: Place) -> Self::FnAddress {
        let (tx, rx) = unbounded_channel::<Job>();
        let mut st = FnState::default();
        tokio::spawn(async move { pump::<BATCH, _>(rx, |f| f(&mut st)).await });
        tx
    }
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(a: &Self::FnAddress, f: F) {
        let _ = a.send(Box::new(f));
    }
    async fn spawn_asker(&self, _: Place) -> Self::Asker {
        let (tx, rx) = unbounded_channel::<(u64, oneshot::Sender<u64>)>();
        tokio::spawn(pump::<BATCH, _>(rx, |(x, r)| {
            let _ = r.send(x + 1);
        }));
        tx
    }
    fn ask(a: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send {
        Self::ask_eager(a, x)
    }
    fn ask_eager(a: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let (tx, rx) = oneshot::channel();
        let _ = a.send((x, tx));
        async move { rx.await.expect("the asker replies") }
    }
    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, f: F) {
        tokio::spawn(f).await.expect("the task does not panic")
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
