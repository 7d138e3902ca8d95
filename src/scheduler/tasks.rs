//! Tasks that belong together, and that somebody has to end.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use crate::primitive::sync::{Arc, Mutex};

use super::handle::Scheduler;
use super::task::Task;

/// Tasks that belong together: those of a server's connections, say.
///
/// A task that waits for a wake that nobody will give outlives its scheduler. Whoever starts such
/// tasks starts them here, and aborts them in the end.
#[derive(Default)]
pub(crate) struct Tasks(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    are_refused: bool,
    started: u64,
    running: BTreeMap<u64, Task>,
    /// Who waits until there is none.
    waiters: Vec<Waker>,
}

impl Tasks {
    /// Starts a task, unless they were stopped.
    pub(crate) fn start(
        self: &Arc<Self>,
        scheduler: &Scheduler,
        task: impl Future<Output = ()> + Send + Unpin + 'static,
    ) {
        let mut inner = self.0.lock();
        if inner.are_refused {
            drop(inner);
            return drop(task);
        }
        inner.started += 1;
        let number = inner.started;
        // Locked until the task is entered, so that it cannot end before.
        let task = scheduler.spawn(Listed {
            task: Some(task),
            tasks: Arc::clone(self),
            number,
        });
        inner.running.insert(number, task);
    }

    /// Ready once no task is there.
    pub(crate) fn poll_ended(&self, ctx: &Context<'_>) -> Poll<()> {
        let mut inner = self.0.lock();
        if inner.running.is_empty() {
            return Poll::Ready(());
        }
        inner.waiters.push(ctx.waker().clone());
        Poll::Pending
    }

    /// Refuses new tasks, and has those that are there end without another poll; gives them back
    /// to be waited for.
    pub(crate) fn abort(&self) -> Vec<Task> {
        let mut inner = self.0.lock();
        inner.are_refused = true;
        let running = std::mem::take(&mut inner.running);
        let waiters = std::mem::take(&mut inner.waiters);
        drop(inner);
        waiters.into_iter().for_each(Waker::wake);
        running.values().for_each(Task::abort);
        running.into_values().collect()
    }

    fn ended(&self, number: u64) {
        let mut inner = self.0.lock();
        inner.running.remove(&number);
        let waiters = match inner.running.is_empty() {
            true => std::mem::take(&mut inner.waiters),
            false => Vec::new(),
        };
        drop(inner);
        waiters.into_iter().for_each(Waker::wake);
    }
}

/// A task that takes itself off the list. By hand, since an `async` block would have room for the
/// task twice: where it was captured, and where it is awaited.
struct Listed<T> {
    task: Option<T>,
    tasks: Arc<Tasks>,
    number: u64,
}

impl<T: Future<Output = ()> + Unpin> Future for Listed<T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<()> {
        if let Some(task) = &mut self.task {
            ready!(Pin::new(task).poll(ctx));
            self.task = None;
            self.tasks.ended(self.number);
        }
        Poll::Ready(())
    }
}
