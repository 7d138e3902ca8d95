//! The handle to a process of a known type.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use super::cell::{AnyProcess, Body, Cell, send};
use super::event::{Dispatch, DispatchFlat, Labelled, Tell};
use super::{Context, Process, ProcessManager, WaitError};
use crate::address::Upid;
use crate::clock::Timer;
use crate::future::{Future, Promise};
use crate::primitive::sync::Arc;
use crate::scheduler::Serve;

/// A process of type `P`, to run functions on.
///
/// It names this very process: once that has ended, everything sent through the handle is
/// dropped, even if another process has taken the id. (A [`Upid`] names whoever has the id.) It is
/// one pointer. The state of the process is dropped when it ends, not with the last handle.
///
/// ```
/// use libprocess::process::{Context, Pid, Process};
/// use libprocess::runtime::Runtime;
///
/// struct Counter(u64);
///
/// impl Process for Counter {}
///
/// impl Counter {
///     fn add(&mut self, _ctx: &mut Context<Self>, amount: u64) -> u64 {
///         self.0 += amount;
///         self.0
///     }
/// }
///
/// let runtime = Runtime::builder().workers(1).start()?;
/// let counter: Pid<Counter> = runtime.spawn_as("counter", Counter(0))?;
///
/// counter.tell(|counter, _| counter.0 = 40);
/// let sum = counter.dispatch(|counter, ctx| counter.add(ctx, 2));
/// assert_eq!(sum.wait()?, 42);
///
/// counter.terminate();
/// counter.wait()?;
/// assert!(counter.dispatch(|counter, _| counter.0).wait().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "PID")]
pub struct Pid<P: Process>(Arc<Cell<P>>);

impl<P: Process> Pid<P> {
    pub(super) fn new(cell: Arc<Cell<P>>) -> Self {
        Self(cell)
    }

    /// The name of the process, for messages and links.
    pub fn upid(&self) -> &Upid {
        self.0.core().upid()
    }

    /// The id of the process: the part of its name before the `@`.
    pub fn id(&self) -> &str {
        self.upid().id()
    }

    /// The runtime that the process lives in.
    pub fn manager(&self) -> &Arc<ProcessManager> {
        self.0.core().manager()
    }

    /// Runs a function on the process, between its other events, and gives its result.
    ///
    /// If the process has ended, or ends before the function is reached, the future is abandoned.
    /// A discard of the future does not stop the function.
    #[doc(alias = "process::dispatch")]
    pub fn dispatch<R, F>(&self, function: F) -> Future<R>
    where
        R: Send + 'static,
        F: FnOnce(&mut P, &mut Context<P>) -> R + Send + 'static,
    {
        let (promise, future) = Promise::new();
        self.push(Dispatch(function, promise));
        future
    }

    /// As [`dispatch`](Self::dispatch), for a function that returns a future: the result is that
    /// future's, and a discard reaches it.
    pub fn dispatch_flat<R, F>(&self, function: F) -> Future<R>
    where
        R: Send + 'static,
        F: FnOnce(&mut P, &mut Context<P>) -> Future<R> + Send + 'static,
    {
        let (promise, future) = Promise::new();
        self.push(DispatchFlat(function, promise));
        future
    }

    /// Runs a function on the process; nobody learns when, or whether. One allocation.
    #[doc(alias = "process::dispatch")]
    pub fn tell<F>(&self, function: F)
    where
        F: FnOnce(&mut P, &mut Context<P>) + Send + 'static,
    {
        self.push(Tell(function));
    }

    /// The same three under a name, by which filters, expectations and traces tell this dispatch
    /// from others. Without one it goes by the name of the function's type.
    pub fn label(&self, label: &'static str) -> LabelledPid<'_, P> {
        LabelledPid { pid: self, label }
    }

    /// Runs a function on the process when the time has come; the timer can be cancelled.
    #[doc(alias = "process::delay")]
    pub fn delay<F>(&self, duration: Duration, function: F) -> Timer
    where
        F: FnOnce(&mut P, &mut Context<P>) + Send + 'static,
    {
        let pid = self.clone();
        let clock = self.manager().clock();
        clock.timer(duration, move || pid.tell(function))
    }

    /// Ends the process as soon as the event that it serves now is done: what is queued before is
    /// dropped. Its `finalize` runs. If it has ended already, nothing happens.
    pub fn terminate(&self) {
        Arc::clone(&self.0).terminate(true);
    }

    /// Ends the process after the events that are queued now.
    #[doc(alias = "inject")]
    pub fn terminate_after_queue(&self) {
        Arc::clone(&self.0).terminate(false);
    }

    /// Blocks until the process has ended.
    ///
    /// When this returns, its state is dropped, its links have been told and its id is free. Inside
    /// of a process it blocks that process, not its worker.
    ///
    /// # Errors
    ///
    /// A process cannot wait for itself, nor for one that waits, over however many others, for it.
    pub fn wait(&self) -> Result<(), WaitError> {
        self.manager().wait_for_process(&*self.0).map(|_ran| ())
    }

    /// Blocks until the process has ended or the runtime's clock has moved on by `limit`; whether
    /// the process has ended.
    ///
    /// # Errors
    ///
    /// A process cannot wait for itself. Any other wait with a limit ends.
    pub fn wait_for(&self, limit: Duration) -> Result<bool, WaitError> {
        self.manager().wait_for_process_until(&*self.0, limit)
    }

    /// Whether the process has ended.
    pub fn has_ended(&self) -> bool {
        self.0.core().has_ended()
    }

    pub(super) fn cell(&self) -> &Arc<Cell<P>> {
        &self.0
    }

    fn push(&self, event: impl Serve<Body<P>>) {
        send(&self.0, event);
    }
}

/// A [`Pid`] whose dispatches go by a name of the caller's choice; see [`Pid::label`].
pub struct LabelledPid<'a, P: Process> {
    pid: &'a Pid<P>,
    label: &'static str,
}

impl<P: Process> LabelledPid<'_, P> {
    /// See [`Pid::dispatch`].
    pub fn dispatch<R, F>(&self, function: F) -> Future<R>
    where
        R: Send + 'static,
        F: FnOnce(&mut P, &mut Context<P>) -> R + Send + 'static,
    {
        let (promise, future) = Promise::new();
        let event = Labelled(self.label, Dispatch(function, promise));
        self.pid.push(event);
        future
    }

    /// See [`Pid::dispatch_flat`].
    pub fn dispatch_flat<R, F>(&self, function: F) -> Future<R>
    where
        R: Send + 'static,
        F: FnOnce(&mut P, &mut Context<P>) -> Future<R> + Send + 'static,
    {
        let (promise, future) = Promise::new();
        let event = Labelled(self.label, DispatchFlat(function, promise));
        self.pid.push(event);
        future
    }

    /// See [`Pid::tell`].
    pub fn tell<F>(&self, function: F)
    where
        F: FnOnce(&mut P, &mut Context<P>) + Send + 'static,
    {
        self.pid.push(Labelled(self.label, Tell(function)));
    }
}

impl<P: Process> Clone for Pid<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: Process> From<&Pid<P>> for Upid {
    fn from(pid: &Pid<P>) -> Self {
        pid.upid().clone()
    }
}

impl<P: Process> AsRef<Upid> for Pid<P> {
    fn as_ref(&self) -> &Upid {
        self.upid()
    }
}

impl<P: Process> PartialEq for Pid<P> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<P: Process> Eq for Pid<P> {}

impl<P: Process> Hash for Pid<P> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.upid().hash(state);
    }
}

impl<P: Process> fmt::Display for Pid<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.upid(), f)
    }
}

impl<P: Process> fmt::Debug for Pid<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.upid(), f)
    }
}
