//! Tasks: futures that are scheduled beside everything else.
//!
//! A task is a [`Run`] like any other: its polls are turns, so that the settling of a scheduler
//! and the seed of a simulation see them. Its waker is an [`Arc`] of the task itself, and waking
//! it from any thread schedules it.
//!
//! Whoever holds the task's runnable may touch the future; the [state word](state) sees to it
//! that there is one runnable at a time.

#![expect(unsafe_code, reason = "who has the runnable has the future to itself")]

mod state;

use std::fmt;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::ptr;
use std::task::{Context, Poll, Waker};

use self::state::{Pause, Start, State, Wake};
use super::handle::Scheduler;
use super::runnable::{Run, Runnable};
use super::turn::Turn;
use crate::primitive::blocking::Latch;
use crate::primitive::cell::UnsafeCell;
use crate::primitive::sync::{Arc, Mutex};

/// A handle to a future that runs on a [`Scheduler`]. Dropping it changes nothing for the task.
///
/// It is a future itself, ready when the task is over.
pub struct Task(Arc<dyn Handle>);

impl Task {
    /// Starts a future.
    pub(super) fn spawn<F>(scheduler: &Scheduler, future: F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let core = Arc::new(Core {
            state: State::queued(),
            scheduler: scheduler.clone(),
            future: UnsafeCell::new(Some(future)),
            finished: Latch::new(),
            joiner: Mutex::new(None),
        });
        scheduler.schedule(Runnable::new(Arc::clone(&core) as Arc<dyn Run>));
        Self(core)
    }

    /// Has the task end without another poll: its future is dropped soon, on a worker.
    pub fn abort(&self) {
        Arc::clone(&self.0).abort();
    }

    /// Whether the task is over and its future dropped.
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }

    /// Blocks until the task is over and its future dropped.
    pub fn wait(&self) {
        self.0.finished().wait();
    }
}

impl Future for Task {
    type Output = ();

    fn poll(self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<()> {
        if self.0.join(ctx.waker()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Task(finished: {})", self.is_finished())
    }
}

/// A [`Core`] to those who do not know its future's type.
trait Handle: Send + Sync {
    fn abort(self: Arc<Self>);
    fn is_finished(&self) -> bool;
    fn finished(&self) -> &Latch;
    fn join(&self, waker: &Waker) -> bool;
}

struct Core<F> {
    state: State,
    scheduler: Scheduler,
    future: UnsafeCell<Option<F>>,
    finished: Latch,
    joiner: Mutex<Option<Waker>>,
}

// SAFETY: the future is `Send`, and only the holder of the runnable touches it.
unsafe impl<F: Send> Sync for Core<F> {}

impl<F: Future<Output = ()> + Send + 'static> Run for Core<F> {
    fn run(self: Arc<Self>, _turn: &mut Turn) -> Option<Runnable> {
        let running = Running(self);
        if running.0.state.start() == Start::Abort || running.poll().is_ready() {
            return None;
        }
        let core = running.pause();
        match core.state.pause() {
            Pause::Rest => None,
            Pause::Again => Some(Runnable::new(core)),
        }
    }

    fn abandon(self: Arc<Self>) {
        drop(Running(self));
    }

    fn name(&self) -> String {
        std::any::type_name::<F>().to_owned()
    }
}

impl<F: Future<Output = ()> + Send + 'static> std::task::Wake for Core<F> {
    fn wake(self: Arc<Self>) {
        if self.state.wake() == Wake::Schedule {
            let scheduler = self.scheduler.clone();
            scheduler.schedule(Runnable::new(self));
        }
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.state.wake() == Wake::Schedule {
            self.scheduler
                .schedule(Runnable::new(Arc::clone(self) as Arc<dyn Run>));
        }
    }
}

impl<F: Future<Output = ()> + Send + 'static> Handle for Core<F> {
    fn abort(self: Arc<Self>) {
        self.state.abort();
        std::task::Wake::wake(self);
    }

    fn is_finished(&self) -> bool {
        self.state.is_done()
    }

    fn finished(&self) -> &Latch {
        &self.finished
    }

    fn join(&self, waker: &Waker) -> bool {
        let waker = waker.clone();
        let mut joiner = self.joiner.lock();
        if self.is_finished() {
            return true;
        }
        let before = joiner.replace(waker);
        drop(joiner);
        drop(before);
        false
    }
}

/// A task in the hands of who has its runnable. Dropping it, also by panic, ends the task.
struct Running<F>(Arc<Core<F>>);

impl<F: Future<Output = ()> + Send + 'static> Running<F> {
    fn poll(&self) -> Poll<()> {
        // SAFETY: a waker is a reference to its task. This one is lent, and so never dropped: it
        // is the reference in `self`, which outlives it.
        let waker = ManuallyDrop::new(Waker::from(unsafe { ptr::read(&raw const self.0) }));
        self.0.future.with_mut(|future| {
            // SAFETY: the holder of the runnable has the future to itself.
            let future = unsafe { &mut *future };
            let future = future.as_mut().expect("it is there until the end");
            // SAFETY: it lies in the task's own allocation and is dropped there.
            unsafe { Pin::new_unchecked(future) }.poll(&mut Context::from_waker(&waker))
        })
    }
}

impl<F> Running<F> {
    /// Lets go of the task without ending it.
    fn pause(self) -> Arc<Core<F>> {
        let running = ManuallyDrop::new(self);
        // SAFETY: the original is not dropped, so this is a move.
        unsafe { ptr::read(&raw const running.0) }
    }
}

impl<F> Drop for Running<F> {
    fn drop(&mut self) {
        /// Tells that the task is over also when the future's own drop panics.
        struct Tell<'a, F>(&'a Core<F>);
        impl<F> Drop for Tell<'_, F> {
            fn drop(&mut self) {
                self.0.state.finish();
                let joiner = self.0.joiner.lock().take();
                self.0.finished.open();
                if let Some(joiner) = joiner {
                    joiner.wake();
                }
            }
        }
        let _tell = Tell(&self.0);
        // SAFETY: the holder of the runnable has the future to itself; it is dropped in place.
        self.0.future.with_mut(|future| unsafe { *future = None });
    }
}

#[cfg(all(test, loom))]
mod model;
