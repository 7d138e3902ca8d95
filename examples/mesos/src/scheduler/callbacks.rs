//! What a scheduler is told.

use bytes::Bytes;

use super::SchedulerDriver;
use crate::messages::{ExecutorID, FrameworkID, MasterInfo, Offer, OfferID, SlaveID, TaskStatus};

/// The callbacks of a framework's scheduler. They run one at a time, on the driver's process, and
/// must not block; each gets the driver, to answer with.
///
/// Only offers and updates have to be handled: the others do nothing unless overridden.
#[expect(unused_variables, reason = "the names of parameters are documentation")]
pub trait Scheduler: Send + 'static {
    /// The framework was accepted by a master that did not know this driver: at first, and after
    /// another master took over.
    fn registered(
        &mut self,
        driver: &SchedulerDriver,
        framework_id: &FrameworkID,
        master: &MasterInfo,
    ) {
    }

    /// The master that knew this driver accepted it again.
    fn reregistered(&mut self, driver: &SchedulerDriver, master: &MasterInfo) {}

    /// The master is gone; the driver looks for it, and for the next.
    fn disconnected(&mut self, driver: &SchedulerDriver) {}

    /// Resources to use; each offer wants to be accepted or declined.
    #[doc(alias = "resourceOffers")]
    fn resource_offers(&mut self, driver: &SchedulerDriver, offers: Vec<Offer>);

    /// An offer is no longer valid.
    #[doc(alias = "offerRescinded")]
    fn offer_rescinded(&mut self, driver: &SchedulerDriver, offer_id: &OfferID) {}

    /// A task is in another state. `status.uuid` is there if the update needs an acknowledgement.
    #[doc(alias = "statusUpdate")]
    fn status_update(&mut self, driver: &SchedulerDriver, status: &TaskStatus);

    /// A message of an executor, delivered at best.
    #[doc(alias = "frameworkMessage")]
    fn framework_message(
        &mut self,
        driver: &SchedulerDriver,
        executor_id: &ExecutorID,
        slave_id: &SlaveID,
        data: Bytes,
    ) {
    }

    /// An agent is gone, and its tasks with it.
    #[doc(alias = "slaveLost")]
    fn slave_lost(&mut self, driver: &SchedulerDriver, slave_id: &SlaveID) {}

    /// An executor ended; `status` is that of wait(2), or -1 where nobody knows.
    #[doc(alias = "executorLost")]
    fn executor_lost(
        &mut self,
        driver: &SchedulerDriver,
        executor_id: &ExecutorID,
        slave_id: &SlaveID,
        status: i32,
    ) {
    }

    /// Something went wrong for good: the driver is aborted already.
    fn error(&mut self, driver: &SchedulerDriver, message: &str) {}
}
