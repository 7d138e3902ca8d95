//! What an executor is told.

use bytes::Bytes;

use super::ExecutorDriver;
use crate::messages::{ExecutorInfo, FrameworkInfo, KillPolicy, SlaveInfo, TaskID, TaskInfo};

/// The callbacks of an executor. They run one at a time, on the driver's process, and must not
/// block; each gets the driver, to answer with.
///
/// Only launching and killing have to be handled: the others do nothing unless overridden.
#[expect(unused_variables, reason = "the names of parameters are documentation")]
pub trait Executor: Send + 'static {
    /// The agent knows this executor; tasks may follow.
    fn registered(
        &mut self,
        driver: &ExecutorDriver,
        executor: &ExecutorInfo,
        framework: &FrameworkInfo,
        slave: &SlaveInfo,
    ) {
    }

    /// The agent came back after a restart.
    fn reregistered(&mut self, driver: &ExecutorDriver, slave: &SlaveInfo) {}

    /// The agent is gone and may come back. (The original declares this, and never calls it.)
    fn disconnected(&mut self, driver: &ExecutorDriver) {}

    /// A task to run, and to send updates of.
    #[doc(alias = "launchTask")]
    fn launch_task(&mut self, driver: &ExecutorDriver, task: TaskInfo);

    /// A task to kill.
    #[doc(alias = "killTask")]
    fn kill_task(&mut self, driver: &ExecutorDriver, task_id: &TaskID);

    /// A task to kill in the way that the scheduler asks for, if it asks for one. (The original
    /// tells only executors of its own.)
    fn kill_task_with_policy(
        &mut self,
        driver: &ExecutorDriver,
        task_id: &TaskID,
        policy: Option<&KillPolicy>,
    ) {
        self.kill_task(driver, task_id);
    }

    /// A message of the scheduler, delivered at best.
    #[doc(alias = "frameworkMessage")]
    fn framework_message(&mut self, driver: &ExecutorDriver, data: Bytes) {}

    /// Tasks are to be killed and the executor is to end, within its grace period. The last
    /// callback.
    fn shutdown(&mut self, driver: &ExecutorDriver) {}

    /// Something went wrong for good: the driver is aborted already.
    fn error(&mut self, driver: &ExecutorDriver, message: &str) {}
}
