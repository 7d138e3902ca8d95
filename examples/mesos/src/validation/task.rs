//! What a framework may launch.

use std::collections::BTreeSet;

use crate::ids;
use crate::messages::environment::variable;
use crate::messages::executor_info::Type as ExecutorType;
use crate::messages::{
    CheckInfo, CommandInfo, DurationInfo, ExecutorInfo, HealthCheck, Resource, TaskInfo,
    check_info, health_check,
};
use crate::resources::Resources;

/// Where a task is to be launched: on the resources of offers of one agent, for one role.
pub struct Launch<'a> {
    /// The framework that launches it.
    pub framework: &'a str,
    /// The agent that made the offers.
    pub agent: &'a str,
    /// The role that the offers were made to.
    pub role: &'a str,
    /// What is left of the offers.
    pub free: &'a Resources,
    /// Whether the agent knows of limits beyond requests.
    pub takes_limits: bool,
    /// Whether the framework has a task of this id that is not over.
    pub has_task: &'a dyn Fn(&str) -> bool,
    /// The framework's executor of this id on the agent.
    pub executor: &'a dyn Fn(&str) -> Option<&'a ExecutorInfo>,
}

/// What a launch takes.
#[derive(Debug, PartialEq)]
pub struct Needs {
    /// The task's part, allocated to the role.
    pub task: Resources,
    /// Its executor's part, if that is not there yet.
    pub executor: Option<Resources>,
}

impl Launch<'_> {
    /// Refuses a task that makes no sense, or takes more than there is.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn check(&self, task: &TaskInfo) -> Result<Needs, String> {
        let id = &task.task_id.value;
        ids::check(id).map_err(|why| format!("Task has invalid ID: {why}"))?;
        if (self.has_task)(id) {
            return Err(format!("Task has duplicate ID: {id}"));
        }
        if task.slave_id.value != self.agent {
            return Err(format!(
                "Task uses invalid agent {} while agent {} is expected",
                task.slave_id.value, self.agent
            ));
        }
        check_duration(
            "Task's 'kill_policy.grace_period'",
            &task.kill_policy.grace_period,
        )?;
        check_duration("Task's 'max_completion_time'", &task.max_completion_time)?;
        if let Some(check) = task.check.as_option() {
            check_check(check).map_err(|why| format!("Task uses invalid check: {why}"))?;
        }
        if let Some(check) = task.health_check.as_option() {
            check_health(check).map_err(|why| format!("Task uses invalid health check: {why}"))?;
        }
        if task.resources.is_empty() {
            return Err("Task uses no resources".to_owned());
        }
        let resources = self
            .resources(&task.resources)
            .map_err(|why| format!("Task uses invalid resources: {why}"))?;
        if let Some(command) = task.command.as_option() {
            check_command(command).map_err(|why| format!("Task's command is invalid: {why}"))?;
        }
        self.check_limits(task, &resources)?;
        self.check_total(task, resources)
    }

    /// Resources as a task or executor names them, allocated to the offers' role.
    fn resources(&self, messages: &[Resource]) -> Result<Resources, String> {
        let resources = Resources::from_messages(messages).map_err(|why| why.to_string())?;
        let resources = resources.or_allocated_to(self.role);
        if resources.by_allocation_role().len() > 1 {
            return Err("The resources have multiple allocation roles".to_owned());
        }
        let named = |is_revocable| {
            let kinds = resources
                .kinds()
                .filter(move |it| it.0.revocable.is_set() == is_revocable);
            kinds
                .map(|(kind, _)| kind.name.clone())
                .collect::<BTreeSet<_>>()
        };
        match named(true).intersection(&named(false)).next() {
            Some(name) => Err(format!(
                "Cannot use both revocable and non-revocable '{name}' at the same time"
            )),
            None => Ok(resources),
        }
    }

    fn check_limits(&self, task: &TaskInfo, resources: &Resources) -> Result<(), String> {
        for (name, limit) in &task.limits {
            if !self.takes_limits {
                return Err("Task has resource limits, which its agent does not know of".to_owned());
            }
            if !["cpus", "mem"].contains(&name.as_str()) {
                return Err(format!(
                    "Task has a limit for '{name}': only cpus and mem may have one"
                ));
            }
            if limit.value.is_nan() || limit.value < resources.scalar(name) {
                return Err(format!("Task's limit of '{name}' is less than its request"));
            }
        }
        Ok(())
    }

    fn check_total(&self, task: &TaskInfo, resources: Resources) -> Result<Needs, String> {
        if task.command.is_set() == task.executor.is_set() {
            return Err(
                "Task should have at least one (but not both) of CommandInfo or \
                        ExecutorInfo present"
                    .to_owned(),
            );
        }
        let mut total = resources.clone();
        let mut executor = None;
        if let Some(info) = task.executor.as_option() {
            let needs = self.check_executor(info)?;
            if overlap(&resources, &needs) {
                return Err("Task and its executor use the same ports or items".to_owned());
            }
            if (self.executor)(&info.executor_id.value).is_none() {
                total += &needs;
                executor = Some(needs);
            }
        }
        if !self.free.contains(&total) {
            return Err(format!(
                "Total resources {total} required by task and its executor \
                 is more than available {}",
                self.free
            ));
        }
        Ok(Needs {
            task: resources,
            executor,
        })
    }

    fn check_executor(&self, info: &ExecutorInfo) -> Result<Resources, String> {
        match info.r#type {
            Some(ExecutorType::DEFAULT) => {
                return Err("'ExecutorInfo.type' must be 'CUSTOM'".to_owned());
            }
            _ if info.command.is_unset() => {
                return Err("'ExecutorInfo.command' must be set for 'CUSTOM' executor".to_owned());
            }
            _ => {}
        }
        let id = &info.executor_id.value;
        ids::check(id).map_err(|why| format!("Executor has invalid ID: {why}"))?;
        check_duration(
            "ExecutorInfo's 'shutdown_grace_period'",
            &info.shutdown_grace_period,
        )?;
        if info.framework_id.is_set() && info.framework_id.value != self.framework {
            return Err(format!(
                "ExecutorInfo has an invalid FrameworkID (Actual: {} vs Expected: {})",
                info.framework_id.value, self.framework
            ));
        }
        check_command(&info.command)
            .map_err(|why| format!("Executor's command is invalid: {why}"))?;
        let needs = self
            .resources(&info.resources)
            .map_err(|why| format!("Executor uses invalid resources: {why}"))?;
        if (self.executor)(id).is_some_and(|known| !is_same_executor(known, info)) {
            return Err(format!(
                "ExecutorInfo is not compatible with existing ExecutorInfo \
                 with same ExecutorID ({id})"
            ));
        }
        Ok(needs)
    }
}

/// Whether two descriptions are of one executor, but for what the master adds to them.
fn is_same_executor(known: &ExecutorInfo, info: &ExecutorInfo) -> bool {
    let bare = |info: &ExecutorInfo| {
        let mut info = info.clone();
        let resources = std::mem::take(&mut info.resources);
        info.framework_id.take();
        (
            info,
            Resources::from_messages(&resources)
                .unwrap_or_default()
                .unallocated(),
        )
    };
    bare(known) == bare(info)
}

/// Whether both use one port or one item of a set.
fn overlap(left: &Resources, right: &Resources) -> bool {
    let mut both = left.clone();
    both += right;
    both -= left;
    let countable = |kind: &Resource| kind.r#type != crate::messages::value::Type::SCALAR;
    both.filter(countable) != right.filter(countable)
}

fn check_duration(
    what: &str,
    duration: &crate::messages::MessageField<DurationInfo>,
) -> Result<(), String> {
    match duration.nanoseconds < 0 {
        true => Err(format!("{what} must be non-negative")),
        false => Ok(()),
    }
}

fn check_command(command: &CommandInfo) -> Result<(), String> {
    for variable in &command.environment.variables {
        let name = &variable.name;
        let is_secret = variable.r#type == Some(variable::Type::SECRET);
        match (
            is_secret,
            variable.value.is_some(),
            variable.secret.is_set(),
        ) {
            (false, true, false) | (true, false, true) => {}
            (false, ..) => {
                return Err(format!(
                    "Environment variable '{name}' of type 'VALUE' must have a value set"
                ));
            }
            (true, ..) => {
                return Err(format!(
                    "Environment variable '{name}' of type 'SECRET' must have a secret set"
                ));
            }
        }
    }
    Ok(())
}

fn check_check(check: &CheckInfo) -> Result<(), String> {
    let (is_there, what) = match check.r#type {
        Some(check_info::Type::COMMAND) => (check.command.is_set(), "command"),
        Some(check_info::Type::HTTP) => (check.http.is_set(), "http"),
        Some(check_info::Type::TCP) => (check.tcp.is_set(), "tcp"),
        _ => return Err("it must specify 'type'".to_owned()),
    };
    if !is_there {
        return Err(format!("Expecting '{what}' to be set"));
    }
    let times = [
        check.delay_seconds,
        check.interval_seconds,
        check.timeout_seconds,
    ];
    check_times(&times)?;
    check_command(&check.command.command)
}

fn check_health(check: &HealthCheck) -> Result<(), String> {
    let (is_there, what) = match check.r#type {
        Some(health_check::Type::COMMAND) => (check.command.is_set(), "command"),
        Some(health_check::Type::HTTP) => (check.http.is_set(), "http"),
        Some(health_check::Type::TCP) => (check.tcp.is_set(), "tcp"),
        // Older frameworks say none.
        None => (
            check.command.is_set() || check.http.is_set(),
            "command or http",
        ),
        Some(_) => return Err("it must specify 'type'".to_owned()),
    };
    if !is_there {
        return Err(format!("Expecting '{what}' to be set"));
    }
    check_times(&[
        check.delay_seconds,
        check.interval_seconds,
        check.timeout_seconds,
        check.grace_period_seconds,
    ])?;
    check_command(&check.command)
}

fn check_times(seconds: &[Option<f64>]) -> Result<(), String> {
    match seconds.iter().flatten().all(|seconds| *seconds >= 0.0) {
        true => Ok(()),
        false => Err("Expecting its times to be non-negative".to_owned()),
    }
}

#[cfg(test)]
mod tests;
