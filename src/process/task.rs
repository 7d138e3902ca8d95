//! `async` blocks of a process: polled on it, between its other events.
//!
//! A block lives in the process' own state, so nobody but the process polls or drops it. Its waker
//! puts a [`Resume`] into the mailbox, behind what is queued already; serving that event polls the
//! block, with the state of the process [lent](super::slot::lend) so that [`This::with`] finds it.

use std::collections::BTreeMap;
use std::future::Future as StdFuture;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, Wake, Waker};

use super::cell::{AnyProcess, Body, Cell, send};
use super::event::Resume;
use super::wakeup::{Request, Wakeup};
use super::{Context, Pid, Process, slot};
use crate::future::{self, Future};
use crate::primitive::sync::Arc;

/// The unfinished blocks of a process, by a number of their own; a block is absent while it is
/// polled.
#[derive(Default)]
pub(super) struct Tasks {
    blocks: BTreeMap<u64, Block>,
    next: u64,
}

type Block = Pin<Box<dyn StdFuture<Output = ()> + Send>>;

/// Any error: what an `async` block of a process may fail with, by `?`.
pub type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// A process from within one of its `async` blocks.
///
/// The block runs on the process, but not all the time: between two `await`s other events change
/// its state. So the block cannot hold a reference to it, and asks for one each time.
#[doc(alias = "self")]
pub struct This<P: Process>(Arc<Cell<P>>);

/// The waker of one block.
pub(super) struct Waking<P: Process> {
    cell: Arc<Cell<P>>,
    key: u64,
    wakeup: Wakeup,
}

impl<P: Process> This<P> {
    /// Runs a function on the process, here and now.
    ///
    /// # Panics
    ///
    /// If it is called elsewhere than in an `async` block that this process runs, such as in a
    /// thread that the block started, or inside of another `with`.
    pub fn with<R>(&self, function: impl FnOnce(&mut P, &mut Context<P>) -> R) -> R {
        slot::borrow(&self.0, function).unwrap_or_else(|| {
            panic!(
                "This::with of {} inside of another, or outside of its async blocks",
                self.0.core().upid()
            )
        })
    }

    /// The handle to the process.
    pub fn pid(&self) -> Pid<P> {
        Pid::new(Arc::clone(&self.0))
    }
}

impl<P: Process> Clone for This<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: Process> Context<P> {
    /// Runs an `async` block on this process, between its other events, until it ends or the
    /// process does.
    ///
    /// An error is logged with the name of the process, and counted; it harms nobody else.
    ///
    /// ```
    /// # use libprocess::prelude::*;
    /// # use libprocess::future::Promise;
    /// struct Shop {
    ///     sold: u64,
    /// }
    ///
    /// struct Store {
    ///     stock: u64,
    /// }
    ///
    /// impl Process for Shop {}
    /// impl Process for Store {}
    ///
    /// let runtime = Runtime::builder().workers(1).start()?;
    /// let (shop, store) = (runtime.spawn(Shop { sold: 0 })?, runtime.spawn(Store { stock: 7 })?);
    /// let (promise, sold) = Promise::new();
    /// shop.tell(move |_, ctx| {
    ///     ctx.run(|this| async move {
    ///         let taken = store.dispatch(|store, _| std::mem::take(&mut store.stock)).await?;
    ///         this.with(|shop, _| shop.sold += taken);
    ///         promise.set(this.with(|shop, _| shop.sold));
    ///         Ok(())
    ///     });
    /// });
    /// assert_eq!(sold.wait()?, 7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run<F, A>(&mut self, block: F)
    where
        F: FnOnce(This<P>) -> A,
        A: StdFuture<Output = Result<(), AnyError>> + Send + 'static,
    {
        let (this, block) = (self.this(), block(self.this()));
        self.start(async move {
            if let Err(error) = block.await {
                let core = this.0.core();
                log::warn!("an async block of {} failed: {error}", core.upid());
                core.manager().counters().failed_blocks.increment();
            }
        });
    }

    /// Runs a function on this process with the value of a future, and gives its result.
    ///
    /// If the future fails or is discarded, the function does not run and the result fails or is
    /// discarded alike. A discard of the result is forwarded to the future.
    #[doc(alias = "defer")]
    pub fn then<T, R, F>(&self, future: Future<T>, function: F) -> Future<R>
    where
        T: Send + 'static,
        R: Send + 'static,
        F: FnOnce(&mut P, &mut Self, T) -> R + Send + 'static,
    {
        future.then(self.defer(function))
    }

    /// Runs a function on this process with the outcome of a future, whatever it is.
    #[doc(alias = "onAny")]
    pub fn finally<T, F>(&self, future: Future<T>, function: F)
    where
        T: Send + 'static,
        F: FnOnce(&mut P, &mut Self, Result<T, future::Error>) + Send + 'static,
    {
        future.finally(self.defer_tell(function));
    }

    pub(super) fn this(&self) -> This<P> {
        This(Arc::clone(self.cell()))
    }

    /// Keeps a block and has it polled once the events queued before are served.
    pub(super) fn start(&mut self, block: impl StdFuture<Output = ()> + Send + 'static) {
        let tasks = &mut self.rare_mut().tasks;
        let key = tasks.next;
        tasks.next += 1;
        tasks.blocks.insert(key, Box::pin(block));
        let waking = Waking {
            cell: Arc::clone(self.cell()),
            key,
            wakeup: Wakeup::default(),
        };
        Arc::new(waking).wake();
    }
}

impl<P: Process> Body<P> {
    /// Polls a block.
    pub(super) fn resume(&mut self, waking: Arc<Waking<P>>) {
        let Some(mut block) = self.ctx.rare_mut().tasks.blocks.remove(&waking.key) else {
            return;
        };
        waking.wakeup.begin();
        let waker = Waker::from(Arc::clone(&waking));
        let poll = || block.as_mut().poll(&mut TaskContext::from_waker(&waker));
        match slot::lend(self, poll) {
            Poll::Pending => drop(self.ctx.rare_mut().tasks.blocks.insert(waking.key, block)),
            Poll::Ready(()) => waking.wakeup.finish(),
        }
    }
}

impl<P: Process> Wake for Waking<P> {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.wakeup.request() == Request::Queue {
            send(&self.cell, Resume(Arc::clone(self)));
        }
    }
}
