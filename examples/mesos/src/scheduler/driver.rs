//! The handle that a framework holds.

use bytes::Bytes;
use libprocess::future::Shared;
use libprocess::primitive::sync::Arc;
use libprocess::process::ProcessManager;

use super::Scheduler;
use super::process::SchedulerProcess;
use crate::detector::Detector;
use crate::driver::Handle;
use crate::messages::offer::{Operation, operation};
use crate::messages::{
    ExecutorID, Filters, FrameworkInfo, OfferID, Request, SlaveID, Status, TaskID, TaskInfo,
    TaskStatus,
};
use crate::uuid;

/// A framework's connection to the master, in the shape of the original's `MesosSchedulerDriver`.
///
/// A cheap handle: clones are the same driver. Every method may be called from a callback, from
/// another process or from a bare thread. A call does nothing but tell the driver's process, and
/// returns the driver's status: `DRIVER_RUNNING` if it was told.
///
/// Dropping the handles does not end the driver: [`stop`](Self::stop) does, or the end of the
/// runtime.
#[derive(Clone)]
#[doc(alias = "MesosSchedulerDriver")]
pub struct SchedulerDriver {
    manager: Arc<ProcessManager>,
    handle: Handle<SchedulerProcess>,
}

/// What a driver is made from; see [`SchedulerDriver::builder`].
pub struct Builder {
    pub(super) framework: FrameworkInfo,
    pub(super) detector: Box<dyn Detector>,
    pub(super) implicit_acknowledgements: bool,
    pub(super) suppressed_roles: Vec<String>,
}

impl Builder {
    /// Leaves acknowledgements to the scheduler; without this, an update is acknowledged when
    /// [`Scheduler::status_update`] has returned.
    #[must_use]
    pub fn explicit_acknowledgements(mut self) -> Self {
        self.implicit_acknowledgements = false;
        self
    }

    /// Roles to get no offers for until they are revived.
    #[must_use]
    pub fn suppressed_roles(mut self, roles: Vec<String>) -> Self {
        self.suppressed_roles = roles;
        self
    }

    /// The driver, not started, whose process will run on `manager`.
    #[must_use]
    pub fn build(
        self,
        manager: &Arc<ProcessManager>,
        scheduler: impl Scheduler,
    ) -> SchedulerDriver {
        let manager = Arc::clone(manager);
        let random = manager.random();
        let handle = Handle::new(|handle, over| {
            let driver = SchedulerDriver {
                manager: Arc::clone(&manager),
                handle,
            };
            SchedulerProcess::new(self, Box::new(scheduler), driver, random, over)
        });
        SchedulerDriver { manager, handle }
    }
}

impl SchedulerDriver {
    /// Starts to describe a driver for `framework`, whose master `detector` finds.
    #[must_use]
    pub fn builder(framework: FrameworkInfo, detector: impl Detector) -> Builder {
        Builder {
            framework,
            detector: Box::new(detector),
            implicit_acknowledgements: true,
            suppressed_roles: Vec::new(),
        }
    }

    /// Begins to register with the master.
    pub fn start(&self) -> Status {
        let id = format!("scheduler-{}", uuid::text(&mut self.manager.random()));
        self.handle.start(&self.manager, &id)
    }

    /// Ends the driver. The framework and its tasks end with it, unless this is a `failover`: then
    /// the master waits for the next incarnation, for the framework's failover timeout.
    pub fn stop(&self, failover: bool) -> Status {
        self.handle
            .stop(move |process, ctx| process.stop(ctx, failover))
    }

    /// Ends the callbacks and the offers, at once; tasks run on, and [`stop`](Self::stop) may
    /// follow.
    pub fn abort(&self) -> Status {
        self.handle.abort(SchedulerProcess::abort)
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

    /// Runs `tasks` on what `offers`, all of one agent, hold together; no task declines them.
    #[doc(alias = "launchTasks")]
    pub fn launch_tasks(
        &self,
        offers: Vec<OfferID>,
        tasks: Vec<TaskInfo>,
        filters: Filters,
    ) -> Status {
        let launch = operation::Launch {
            task_infos: tasks,
            ..Default::default()
        };
        let operation = Operation {
            r#type: Some(operation::Type::LAUNCH),
            launch: launch.into(),
            ..Default::default()
        };
        self.accept_offers(offers, vec![operation], filters)
    }

    /// Applies `operations`, in order, to what `offers`, all of one agent, hold together.
    #[doc(alias = "acceptOffers")]
    pub fn accept_offers(
        &self,
        offers: Vec<OfferID>,
        operations: Vec<Operation>,
        filters: Filters,
    ) -> Status {
        self.handle
            .tell(move |process, ctx| process.accept(ctx, offers, operations, filters))
    }

    /// Gives an offer back; `filters` say how long its resources shall not be offered again.
    #[doc(alias = "declineOffer")]
    pub fn decline_offer(&self, offer: OfferID, filters: Filters) -> Status {
        self.handle
            .tell(move |process, ctx| process.decline(ctx, offer, filters))
    }

    /// Kills a task; the update that follows tells when.
    #[doc(alias = "killTask")]
    pub fn kill_task(&self, task: TaskID) -> Status {
        self.handle
            .tell(move |process, ctx| process.kill(ctx, task))
    }

    /// Asks for offers again, whatever was declined or suppressed.
    #[doc(alias = "reviveOffers")]
    pub fn revive_offers(&self) -> Status {
        self.handle
            .tell(|process, ctx| process.revive(ctx, Vec::new()))
    }

    /// Asks for offers of `roles` again; of none if there are none.
    pub fn revive_offers_of(&self, roles: Vec<String>) -> Status {
        if roles.is_empty() {
            return self.status();
        }
        self.handle
            .tell(move |process, ctx| process.revive(ctx, roles))
    }

    /// Asks for no more offers.
    #[doc(alias = "suppressOffers")]
    pub fn suppress_offers(&self) -> Status {
        self.handle
            .tell(|process, ctx| process.suppress(ctx, Vec::new()))
    }

    /// Asks for no more offers of `roles`.
    pub fn suppress_offers_of(&self, roles: Vec<String>) -> Status {
        if roles.is_empty() {
            return self.status();
        }
        self.handle
            .tell(move |process, ctx| process.suppress(ctx, roles))
    }

    /// Asks the allocator for resources.
    #[doc(alias = "requestResources")]
    pub fn request_resources(&self, requests: Vec<Request>) -> Status {
        self.handle
            .tell(move |process, ctx| process.request(ctx, requests))
    }

    /// Tells the agent that `status` arrived for good, if it needs telling. Only for drivers with
    /// [explicit acknowledgements](Builder::explicit_acknowledgements): another logs an error,
    /// where the original ends the whole OS process.
    #[doc(alias = "acknowledgeStatusUpdate")]
    pub fn acknowledge_status_update(&self, status: TaskStatus) -> Status {
        self.handle
            .tell(move |process, ctx| process.acknowledge_explicitly(ctx, &status))
    }

    /// Sends `data` to an executor, at best.
    #[doc(alias = "sendFrameworkMessage")]
    pub fn send_framework_message(
        &self,
        executor: ExecutorID,
        slave: SlaveID,
        data: Bytes,
    ) -> Status {
        self.handle
            .tell(move |process, ctx| process.message(ctx, executor, slave, data))
    }

    /// Asks for the states of the tasks of `statuses`, or of all tasks if there are none.
    #[doc(alias = "reconcileTasks")]
    pub fn reconcile_tasks(&self, statuses: Vec<TaskStatus>) -> Status {
        self.handle
            .tell(move |process, ctx| process.reconcile(ctx, statuses))
    }

    pub(super) fn is_running(&self) -> bool {
        self.handle.is_running()
    }
}
