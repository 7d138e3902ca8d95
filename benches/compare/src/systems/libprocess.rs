//! Ours, through its public API: a typed process an actor, `tell` to send, `dispatch` to ask.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as PollContext, Wake, Waker};
use std::thread::Thread;

use libprocess::future::Promise;
use libprocess::process::{Pid, Process};
use libprocess::runtime::Runtime;

use crate::workloads::{Actor, FnState, Place, System};

/// The column.
pub struct Libprocess(Runtime);

/// A process around an actor of a workload.
pub struct Host<A>(A);

impl<A: Actor> Process for Host<A> {}

/// A process that runs closures.
pub struct Runner(FnState);

impl Process for Runner {}

/// A process that replies to `x` with `x + 1`.
pub struct Asker;

impl Process for Asker {}

impl Asker {
    fn ask(&mut self, x: u64) -> u64 {
        x + 1
    }
}

impl Libprocess {
    fn process<P: Process>(&self, process: P) -> Pid<P> {
        let spawned = self.0.spawn(process);
        spawned.unwrap_or_else(|error| panic!("{error}"))
    }
}

impl System for Libprocess {
    type Address<A: Actor> = Pid<Host<A>>;
    type FnAddress = Pid<Runner>;
    type Asker = Pid<Asker>;

    fn start<F: FnOnce(Self) -> Body, Body: Future<Output = ()>>(workers: usize, body: F) {
        let runtime = Runtime::builder().workers(workers).start();
        block_on(body(Self(runtime.expect("loopback has a free port"))));
    }

    async fn spawn<A: Actor>(&self, actor: A, _: Place) -> Self::Address<A> {
        self.process(Host(actor))
    }

    #[inline]
    fn send<A: Actor>(to: &Self::Address<A>, message: A::Message) {
        to.tell(move |host, _| host.0.handle(message));
    }

    fn stop<A: Actor>(actor: Self::Address<A>) {
        actor.terminate();
    }

    async fn spawn_fn(&self, _: Place) -> Self::FnAddress {
        self.process(Runner(FnState::default()))
    }

    #[inline]
    fn send_fn<F: FnOnce(&mut FnState) + Send + 'static>(to: &Self::FnAddress, run: F) {
        to.tell(move |runner, _| run(&mut runner.0));
    }

    async fn spawn_asker(&self, _: Place) -> Self::Asker {
        self.process(Asker)
    }

    fn ask(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send {
        let reply = to.dispatch(move |asker, _| asker.ask(x));
        async { reply.await.expect("the asker replies") }
    }

    /// A bare thread blocks in the library's own wait.
    fn ask_outside(to: &Self::Asker, x: u64) -> impl Future<Output = u64> {
        Self::ask_eager(to, x)
    }

    fn ask_eager(to: &Self::Asker, x: u64) -> impl Future<Output = u64> + Send + 'static {
        let reply = to.dispatch(move |asker, _| asker.ask(x));
        async { reply.wait().expect("the asker replies") }
    }

    async fn on_runtime<F: Future<Output = ()> + Send + 'static>(&self, future: F) {
        let (done, ended) = Promise::new();
        self.0.manager().scheduler().spawn(async move {
            future.await;
            done.set(());
        });
        ended.await.expect("the task ends");
    }
}

/// Drives a future on this thread: where the workloads do not wait by themselves.
fn block_on(future: impl Future<Output = ()>) {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = PollContext::from_waker(&waker);
    let mut future = pin!(future);
    while future.as_mut().poll(&mut context).is_pending() {
        std::thread::park();
    }
}
