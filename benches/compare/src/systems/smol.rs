//! async-executor and an unbounded async-channel an actor; replies over a channel of one.

use crate::workloads::{self, FnState, Place, System};
use async_channel::{Sender, bounded, unbounded};
use async_executor::Executor;
use std::future::Future;

/// The column.
pub struct Smol(&'static Executor<'static>);
pub type Job = Box<dyn FnOnce(&mut FnState) + Send>;

impl System for Smol {
    type Address<A: workloads::Actor> = Sender<A::Message>;
    type FnAddress = Sender<Job>;
    type Asker = Sender<(u64, Sender<u64>)>;
    fn start<F: FnOnce(Self) -> Body, Body: Future<Output = ()>>(workers: usize, run: F) {
        let executor: &'static Executor<'static> = Box::leak(Box::new(Executor::new()));
        for _ in 0..workers {
            std::thread::spawn(move || {
                futures_lite::future::block_on(executor.run(std::future::pending::<()>()))
            });
        }
        futures_lite::future::block_on(run(Self(executor)))
    }
    async fn spawn<A: workloads::Actor>(&self, mut actor: A, _: Place) -> Self::Address<A> {
        let (sender, receiver) = unbounded::<A::Message>();
        self.0
            .spawn(async move {
                while let Ok(message) = receiver.recv().await {
                    actor.handle(message)
                }
            })
            .detach();
        sender
    }
    #[inline]
    fn send<A: workloads::Actor>(to: &Self::Address<A>, message: A::Message) {
        let _ = to.try_send(message);
    }
    fn stop<A: workloads::Actor>(to: Self::Address<A>) {
        drop(to)
    }
    async fn spawn_fn(&self, _: Place) -> Self::FnAddress {
        let (sender, receiver) = unbounded::<Job>();
        let mut state = FnState::default();
        self.0
            .spawn(async move {
                while let Ok(run) = receiver.recv().await {
                    run(&mut state)
                }
            })
            .detach();
        sender
    }
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(to: &Self::FnAddress, run: F) {
        let _ = to.try_send(Box::new(run));
    }
    async fn spawn_asker(&self, _: Place) -> Self::Asker {
        let (sender, receiver) = unbounded::<(u64, Sender<u64>)>();
        self.0
            .spawn(async move {
                while let Ok((x, reply)) = receiver.recv().await {
                    let _ = reply.try_send(x + 1);
                }
            })
            .detach();
        sender
    }
    fn ask(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send {
        Self::ask_eager(to, x)
    }
    fn ask_eager(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let (sender, receiver) = bounded(1);
        let _ = to.try_send((x, sender));
        async move { receiver.recv().await.expect("the actor runs") }
    }
    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, run: F) {
        self.0.spawn(run).await
    }
}
