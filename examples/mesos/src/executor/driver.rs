//! The handle that an executor holds.

use bytes::Bytes;
use libprocess::future::{Future, Promise, Shared};
use libprocess::primitive::sync::Arc;
use libprocess::process::ProcessManager;

use super::process::ExecutorProcess;
use super::{Environment, Executor};
use crate::driver::Handle;
use crate::messages::{Status, TaskStatus};

/// An executor's connection to its agent, in the shape of the original's `MesosExecutorDriver`.
///
/// A cheap handle: clones are the same driver. Every method may be called from a callback, from
/// another process or from a bare thread. A call does nothing but tell the driver's process, and
/// returns the driver's status: `DRIVER_RUNNING` if it was told.
#[derive(Clone)]
#[doc(alias = "MesosExecutorDriver")]
pub struct ExecutorDriver {
    manager: Arc<ProcessManager>,
    handle: Handle<ExecutorProcess>,
}

/// What a driver is made from; see [`ExecutorDriver::builder`].
pub struct Builder {
    pub(super) environment: Environment,
    pub(super) overstayed: Box<dyn FnOnce() + Send>,
}

impl Builder {
    /// What happens to an executor that is still there when the grace period of its shutdown is
    /// over. The original kills its process group; without this, nothing happens.
    #[must_use]
    pub fn when_overstayed(mut self, kill: impl FnOnce() + Send + 'static) -> Self {
        self.overstayed = Box::new(kill);
        self
    }

    /// The driver, not started, whose process will run on `manager`.
    #[must_use]
    pub fn build(self, manager: &Arc<ProcessManager>, executor: impl Executor) -> ExecutorDriver {
        let manager = Arc::clone(manager);
        let random = manager.random();
        let handle = Handle::new(|handle, over| {
            let driver = ExecutorDriver {
                manager: Arc::clone(&manager),
                handle,
            };
            ExecutorProcess::new(self, Box::new(executor), driver, random, over)
        });
        ExecutorDriver { manager, handle }
    }
}

impl ExecutorDriver {
    /// Starts to describe the driver of the executor that `environment` describes.
    #[must_use]
    pub fn builder(environment: Environment) -> Builder {
        Builder {
            environment,
            overstayed: Box::new(|| ()),
        }
    }

    /// Registers with the agent.
    pub fn start(&self) -> Status {
        let id = self.manager.generate_id("executor");
        self.handle.start(&self.manager, &id)
    }

    /// Ends the driver.
    pub fn stop(&self) -> Status {
        self.handle.stop(ExecutorProcess::stop)
    }

    /// Ends the callbacks, at once; [`stop`](Self::stop) may follow.
    pub fn abort(&self) -> Status {
        self.handle.abort(ExecutorProcess::abort)
    }

    /// Blocks until the driver is stopped or aborted.
    pub fn join(&self) -> Status {
        self.handle.join()
    }

    /// [`start`](Self::start), then [`join`](Self::join).
    pub fn run(&self) -> Status {
        match self.start() {
            Status::DRIVER_RUNNING => self.join(),
            status => status,
        }
    }

    /// Completes when [`join`](Self::join) would return.
    pub fn over(&self) -> Shared<()> {
        self.handle.over()
    }

    /// What the driver is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        self.handle.status()
    }

    /// Tells the scheduler, by way of the agent, that a task is in another state. Delivered for
    /// certain, while the agent lives or comes back.
    #[doc(alias = "sendStatusUpdate")]
    pub fn send_status_update(&self, status: TaskStatus) -> Status {
        self.handle
            .tell(move |process, ctx| process.send_status_update(ctx, status))
    }

    /// Sends `data` to the scheduler, at best.
    #[doc(alias = "sendFrameworkMessage")]
    pub fn send_framework_message(&self, data: Bytes) -> Status {
        self.handle
            .tell(move |process, ctx| process.send_framework_message(ctx, data))
    }

    /// Completes when the agent has acknowledged every update that was sent before, so that the
    /// executor may end. Abandoned if the driver ends first.
    pub fn acknowledged(&self) -> Future<()> {
        let (promise, future) = Promise::new();
        self.handle
            .tell(move |process, _| process.when_acknowledged(promise));
        future
    }

    pub(super) fn is_running(&self) -> bool {
        self.handle.is_running()
    }
}
