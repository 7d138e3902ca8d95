//! Functions that, wherever they are called, run on their process.

use super::{Context, Pid, Process};
use crate::future::Future;

impl<P: Process> Pid<P> {
    /// A function of one argument that, when called, dispatches `function` with it to this process,
    /// and gives the result: for [`Future::then`] and other places that call back.
    ///
    /// If the process has ended by then, the result is abandoned.
    ///
    /// ```
    /// # use libprocess::prelude::*;
    /// # use libprocess::future::Future;
    /// struct Sum(u64);
    ///
    /// impl Process for Sum {}
    ///
    /// impl Sum {
    ///     fn add(&mut self, _ctx: &mut Context<Self>, amount: u64) -> u64 {
    ///         self.0 += amount;
    ///         self.0
    ///     }
    /// }
    ///
    /// let runtime = Runtime::builder().workers(1).start()?;
    /// let sum = runtime.spawn(Sum(40))?;
    /// let total = Future::ready(2).then(sum.defer(Sum::add));
    /// assert_eq!(total.wait()?, 42);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "process::defer")]
    #[doc(alias = "Deferred")]
    pub fn defer<T, R, F>(
        &self,
        function: F,
    ) -> impl FnOnce(T) -> Future<R> + Send + 'static + use<P, T, R, F>
    where
        T: Send + 'static,
        R: Send + 'static,
        F: FnOnce(&mut P, &mut Context<P>, T) -> R + Send + 'static,
    {
        let pid = self.clone();
        move |argument| pid.dispatch(move |process, ctx| function(process, ctx, argument))
    }

    /// As [`defer`](Self::defer), for a function that returns a future.
    pub fn defer_flat<T, R, F>(
        &self,
        function: F,
    ) -> impl FnOnce(T) -> Future<R> + Send + 'static + use<P, T, R, F>
    where
        T: Send + 'static,
        R: Send + 'static,
        F: FnOnce(&mut P, &mut Context<P>, T) -> Future<R> + Send + 'static,
    {
        let pid = self.clone();
        move |argument| pid.dispatch_flat(move |process, ctx| function(process, ctx, argument))
    }

    /// As [`defer`](Self::defer), for callbacks that return nothing, such as those of
    /// [`Future::finally`].
    pub fn defer_tell<T, F>(&self, function: F) -> impl FnOnce(T) + Send + 'static + use<P, T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut P, &mut Context<P>, T) + Send + 'static,
    {
        let pid = self.clone();
        move |argument| pid.tell(move |process, ctx| function(process, ctx, argument))
    }
}

impl<P: Process> Context<P> {
    /// See [`Pid::defer`].
    #[doc(alias = "process::defer")]
    pub fn defer<T, R, F>(
        &self,
        function: F,
    ) -> impl FnOnce(T) -> Future<R> + Send + 'static + use<P, T, R, F>
    where
        T: Send + 'static,
        R: Send + 'static,
        F: FnOnce(&mut P, &mut Self, T) -> R + Send + 'static,
    {
        self.pid().defer(function)
    }

    /// See [`Pid::defer_flat`].
    pub fn defer_flat<T, R, F>(
        &self,
        function: F,
    ) -> impl FnOnce(T) -> Future<R> + Send + 'static + use<P, T, R, F>
    where
        T: Send + 'static,
        R: Send + 'static,
        F: FnOnce(&mut P, &mut Self, T) -> Future<R> + Send + 'static,
    {
        self.pid().defer_flat(function)
    }

    /// See [`Pid::defer_tell`].
    pub fn defer_tell<T, F>(&self, function: F) -> impl FnOnce(T) + Send + 'static + use<P, T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut P, &mut Self, T) + Send + 'static,
    {
        self.pid().defer_tell(function)
    }
}
