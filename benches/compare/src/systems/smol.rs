//! async-executor and an unbounded async-channel an actor; replies over a channel of one.

use crate::workloads::{self, FnState, Place, System};
use async_channel::{Sender, bounded, unbounded};
use async_executor::Executor;
use std::future::Future;

/// The column.
pub struct Smol(&'static Executor<'static>);
pub type Job = Box<dyn FnOnce(&mut FnState) + Send>;

impl System for Smol {
    type Address<B: workloads::Actor> = Sender<B::Message>;
    type FnAddress = Sender<Job>;
    type Asker = Sender<(u64, Sender<u64>)>;
    fn start<F: FnOnce(Self) -> Fut, Fut: Future<Output = ()>>(workers: usize, f: F) {
        let ex: &'static Executor<'static> = Box::leak(Box::new(Executor::new()));
        for _ in 0..workers {
            std::thread::spawn(move || {
                futures_lite::future::block_on(ex.run(std::future::pending::<()>()))
            });
        }
        futures_lite::future::block_on(f(Self(ex)))
    }
    async fn spawn<B: workloads::Actor>(&self, mut b: B, _: Place) -> Self::Address<B> {
        let (tx, rx) = unbounded::<B::Message>();
        self.0
            .spawn(async move {
                while let Ok(m) = rx.recv().await {
                    b.handle(m)
                }
            })
            .detach();
        tx
    }
    #[inline]
    fn send<B: workloads::Actor>(a: &Self::Address<B>, m: B::Message) {
        let _ = a.try_send(m);
    }
    fn stop<B: workloads::Actor>(a: Self::Address<B>) {
        drop(a)
    }
    async fn spawn_fn(&self, _: Place) -> Self::FnAddress {
        let (tx, rx) = unbounded::<Job>();
        let mut st = FnState::default();
        self.0
            .spawn(async move {
                while let Ok(f) = rx.recv().await {
                    f(&mut st)
                }
            })
            .detach();
        tx
    }
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(a: &Self::FnAddress, f: F) {
        let _ = a.try_send(Box::new(f));
    }
    async fn spawn_asker(&self, _: Place) -> Self::Asker {
        let (tx, rx) = unbounded::<(u64, Sender<u64>)>();
        self.0
            .spawn(async move {
                while let Ok((x, r)) = rx.recv().await {
                    let _ = r.try_send(x + 1);
                }
            })
            .detach();
        tx
    }
    fn ask(a: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send {
        Self::ask_eager(a, x)
    }
    fn ask_eager(a: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let (tx, rx) = bounded(1);
        let _ = a.try_send((x, tx));
        async move { rx.recv().await.expect("the actor runs") }
    }
    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, f: F) {
        self.0.spawn(f).await
    }
}
