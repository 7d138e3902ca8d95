//! Hands what the driver is told to the process that runs the command.

use libprocess::process::Pid;

use super::process::CommandExecutor;
use crate::executor::{Executor, ExecutorDriver};
use crate::messages::{ExecutorInfo, FrameworkInfo, KillPolicy, SlaveInfo, TaskID, TaskInfo};

pub(super) struct Adapter {
    process: Pid<CommandExecutor>,
}

impl Adapter {
    pub(super) fn new(process: Pid<CommandExecutor>) -> Self {
        Self { process }
    }
}

impl Executor for Adapter {
    fn registered(
        &mut self,
        _driver: &ExecutorDriver,
        _executor: &ExecutorInfo,
        framework: &FrameworkInfo,
        _slave: &SlaveInfo,
    ) {
        let framework = framework.clone();
        self.process
            .tell(move |executor, _| executor.registered(&framework));
    }

    fn launch_task(&mut self, driver: &ExecutorDriver, task: TaskInfo) {
        let driver = driver.clone();
        self.process
            .tell(move |executor, ctx| executor.launch(ctx, driver, task));
    }

    fn kill_task(&mut self, driver: &ExecutorDriver, task_id: &TaskID) {
        self.kill_task_with_policy(driver, task_id, None);
    }

    fn kill_task_with_policy(
        &mut self,
        _driver: &ExecutorDriver,
        task_id: &TaskID,
        policy: Option<&KillPolicy>,
    ) {
        let (task_id, policy) = (task_id.clone(), policy.cloned());
        self.process
            .tell(move |executor, ctx| executor.kill(ctx, &task_id, policy.as_ref()));
    }

    fn shutdown(&mut self, driver: &ExecutorDriver) {
        let driver = driver.clone();
        self.process
            .tell(move |executor, ctx| executor.shut_down(ctx, driver));
    }
}
