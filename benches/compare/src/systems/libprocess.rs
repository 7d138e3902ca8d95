//! Ours, through its public API: a typed process an actor, `tell` to send, `dispatch` to ask.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as PollContext, Poll, Wake, Waker};

use libprocess::process::{Context, Pid, Process};
use libprocess::runtime::Runtime;
use libprocess::scheduler::Scheduler;

use crate::workloads::{self, FnState, Place, System};

/// The column.
pub struct Libprocess(Runtime);

/// A process around an actor of a workload.
pub struct Host<A>(A);

impl<A: Send + 'static> Process for Host<A> {}

/// Replies to `x` with `x + 1`.
pub struct Asker;

impl Process for Asker {}

impl Asker {
    fn ask(&mut self, x: u64) -> u64 {
        x + 1
    }
}

impl System for Libprocess {
    type Address<A: workloads::Actor> = Pid<Host<A>>;
    type FnAddress = Pid<Host<FnState>>;
    type Asker = Pid<Asker>;

    fn start<F: FnOnce(Self) -> Body, Body: Future<Output = ()>>(workers: usize, body: F) {
        let runtime = Runtime::builder().workers(workers).start();
        block_on(body(Self(runtime.expect("loopback has a free port"))));
    }

    async fn spawn<A: workloads::Actor>(&self, actor: A, _: Place) -> Self::Address<A> {
        self.0
            .spawn(Host(actor))
            .unwrap_or_else(|error| panic!("{error}"))
    }

    #[inline]
    fn send<A: workloads::Actor>(to: &Self::Address<A>, message: A::Message) {
        to.tell(move |host: &mut Host<A>, _: &mut Context<Host<A>>| host.0.handle(message));
    }

    fn stop<A: workloads::Actor>(actor: Self::Address<A>) {
        actor.terminate();
    }

    async fn spawn_fn(&self, _: Place) -> Self::FnAddress {
        let spawned = self.0.spawn(Host(FnState::default()));
        spawned.unwrap_or_else(|error| panic!("{error}"))
    }

    #[inline]
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(to: &Self::FnAddress, run: F) {
        to.tell(move |host: &mut Host<FnState>, _: &mut Context<Host<FnState>>| run(&mut host.0));
    }

    async fn spawn_asker(&self, _: Place) -> Self::Asker {
        self.0
            .spawn(Asker)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    fn ask(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send {
        Self::ask_eager(to, x)
    }

    fn ask_eager(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let reply = to.dispatch(move |asker: &mut Asker, _: &mut Context<Asker>| asker.ask(x));
        async { reply.await.expect("the asker replies") }
    }

    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, future: F) {
        let scheduler: &Scheduler = self.0.manager().scheduler();
        let (done, ended) = libprocess::future::Promise::new();
        scheduler.spawn(async move {
            future.await;
            done.set(());
        });
        ended.await.expect("the task ends");
    }
}

/// Drives a future on this thread, which sleeps in between as a thread that waits for a process
/// does.
fn block_on(future: impl Future<Output = ()>) {
    struct Thread(std::thread::Thread);

    impl Wake for Thread {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Thread(std::thread::current())));
    let mut context = PollContext::from_waker(&waker);
    let mut future = pin!(future);
    while let Poll::Pending = future.as_mut().poll(&mut context) {
        std::thread::park();
    }
}
