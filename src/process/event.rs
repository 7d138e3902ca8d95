//! What stands in a mailbox, and what each kind does when it is served or dropped.

use std::any::type_name;

use super::cell::Body;
use super::route::Reply;
use super::task::Waking;
use super::{Context, Delivery, Look, Process};
use crate::address::Upid;
use crate::future::{Future, Promise};
use crate::http::Request;
use crate::primitive::sync::Arc;
use crate::scheduler::Serve;

/// The first event: calls [`Process::initialize`].
pub(super) struct Initialize;

/// The last event; what follows it is dropped.
pub(super) struct Terminate;

/// A message; dropped, it is gone.
pub(super) struct Deliver(pub(super) Delivery);

/// Fire and forget.
pub(super) struct Tell<F>(pub(super) F);

/// A function whose result somebody awaits; dropped, it abandons the future.
pub(super) struct Dispatch<F, R: Send + 'static>(pub(super) F, pub(super) Promise<R>);

/// A function whose result is a future; dropped, it abandons the caller's.
pub(super) struct DispatchFlat<F, R: Send + 'static>(pub(super) F, pub(super) Promise<R>);

/// Any of the three above under a name of the caller's choice.
pub(super) struct Labelled<S>(pub(super) &'static str, pub(super) S);

/// A request; dropped, it is answered `500 Internal Server Error` by its [`Reply`].
pub(super) struct Ask(pub(super) Request, pub(super) Reply);

/// A link that broke.
pub(super) struct Exited {
    pub(super) pid: Upid,
    /// The number of the ended process, if it was one of this runtime.
    pub(super) serial: Option<u64>,
}

/// An `async` block that may go on.
pub(super) struct Resume<P: Process>(pub(super) Arc<Waking<P>>);

impl<P: Process> Serve<Body<P>> for Initialize {
    fn serve(self, body: &mut Body<P>) {
        let manager = Arc::clone(body.ctx.manager());
        body.ctx.handlers = manager.tables().begin();
        body.process.initialize(&mut body.ctx);
        manager.tables().share(&body.ctx.handlers);
    }

    fn look(&self) -> Look<'_> {
        Look::Initialize
    }
}

impl<P: Process> Serve<Body<P>> for Terminate {
    fn serve(self, body: &mut Body<P>) {
        body.ended = true;
        body.process.finalize(&mut body.ctx);
    }

    fn look(&self) -> Look<'_> {
        Look::Terminate
    }
}

impl<P: Process> Serve<Body<P>> for Deliver {
    fn serve(self, body: &mut Body<P>) {
        body.receive(self.0);
    }

    fn look(&self) -> Look<'_> {
        Look::Message(&self.0)
    }
}

impl<P: Process, F> Serve<Body<P>> for Tell<F>
where
    F: FnOnce(&mut P, &mut Context<P>) + Send + 'static,
{
    fn serve(self, body: &mut Body<P>) {
        (self.0)(&mut body.process, &mut body.ctx);
    }

    fn look(&self) -> Look<'_> {
        Look::Dispatch(type_name::<F>())
    }
}

impl<P: Process, F, R> Serve<Body<P>> for Dispatch<F, R>
where
    F: FnOnce(&mut P, &mut Context<P>) -> R + Send + 'static,
    R: Send + 'static,
{
    fn serve(self, body: &mut Body<P>) {
        let Self(function, promise) = self;
        promise.set(function(&mut body.process, &mut body.ctx));
    }

    fn look(&self) -> Look<'_> {
        Look::Dispatch(type_name::<F>())
    }
}

impl<P: Process, F, R> Serve<Body<P>> for DispatchFlat<F, R>
where
    F: FnOnce(&mut P, &mut Context<P>) -> Future<R> + Send + 'static,
    R: Send + 'static,
{
    fn serve(self, body: &mut Body<P>) {
        let Self(function, promise) = self;
        promise.associate(function(&mut body.process, &mut body.ctx));
    }

    fn look(&self) -> Look<'_> {
        Look::Dispatch(type_name::<F>())
    }
}

impl<P: Process, S: Serve<Body<P>>> Serve<Body<P>> for Labelled<S> {
    fn serve(self, body: &mut Body<P>) {
        self.1.serve(body);
    }

    fn look(&self) -> Look<'_> {
        Look::Dispatch(self.0)
    }
}

impl<P: Process> Serve<Body<P>> for Ask {
    fn serve(self, body: &mut Body<P>) {
        body.answer(self.0, self.1);
    }

    fn look(&self) -> Look<'_> {
        Look::Http(&self.0)
    }
}

impl<P: Process> Serve<Body<P>> for Exited {
    fn serve(self, body: &mut Body<P>) {
        let Self { pid, serial } = self;
        body.ctx.unlinked(serial);
        body.process.exited(&mut body.ctx, &pid);
    }

    fn look(&self) -> Look<'_> {
        Look::Exited(&self.pid)
    }
}

impl<P: Process> Serve<Body<P>> for Resume<P> {
    fn serve(self, body: &mut Body<P>) {
        body.resume(self.0);
    }

    fn look(&self) -> Look<'_> {
        Look::Resume
    }
}
