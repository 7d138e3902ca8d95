//! What frameworks do with offers: launch tasks.
//!
//! An accepted offer is gone, whatever comes of the tasks. Each is checked against what the tasks
//! before it have left; one that is refused is told its framework as a status update, and does not
//! keep the others from running. What is left in the end is as good as declined.

use libprocess::process::Context;
use libprocess::protobuf::ProtobufContext as _;

use super::Master;
use super::offers::Outstanding;
use super::updates::Change;
use crate::messages::internal::RunTaskMessage;
use crate::messages::offer::Operation;
use crate::messages::offer::operation::Type as OperationType;
use crate::messages::scheduler::call::Accept;
use crate::messages::slave_info::capability::Type as AgentCapability;
use crate::messages::task_status::Reason;
use crate::messages::{FrameworkID, OfferID, Resource, Task, TaskInfo, TaskState, health_check};
use crate::resources::{self, Resources};
use crate::states;
use crate::validation::{Launch, Needs};

/// Offers that were accepted together: of one agent, to one role.
struct Accepted {
    offer: Outstanding,
    free: Resources,
}

impl Master {
    /// A framework takes offers.
    pub(super) fn accept(&mut self, ctx: &mut Context<Self>, framework: &str, call: Accept) {
        for operation in &call.operations {
            match operation.r#type {
                Some(OperationType::LAUNCH) if operation.launch.task_infos.is_empty() => {
                    self.metrics.messages_decline_offers.increment();
                }
                Some(OperationType::LAUNCH) => self.metrics.messages_launch_tasks.increment(),
                _ => {}
            }
        }
        if let Err(why) = self.check_offers(framework, &call.offer_ids) {
            log::warn!("framework {framework} accepts in vain: {why}");
            for id in &call.offer_ids {
                if self
                    .offers
                    .get(&id.value)
                    .is_some_and(|it| it.framework == framework)
                {
                    self.recover_offer(ctx, &id.value, None);
                }
            }
            let message = format!("Task launched with invalid offers: {why}");
            return self.launch_nothing(
                ctx,
                framework,
                &call,
                Reason::REASON_INVALID_OFFERS,
                message,
            );
        }
        let Some(mut accepted) = self.take_offers(&call.offer_ids) else {
            return;
        };
        let agent = self.agents.get(&accepted.offer.agent);
        if !agent.is_some_and(|agent| agent.is_connected) {
            let unused = accepted.free.clone();
            self.recover_offered(ctx, &accepted.offer, &unused, None);
            let message = "Agent disconnected".to_owned();
            let reason = Reason::REASON_SLAVE_DISCONNECTED;
            return self.launch_nothing(ctx, framework, &call, reason, message);
        }
        for operation in call.operations {
            self.operate(ctx, &mut accepted, operation);
        }
        let Accepted { offer, free } = accepted;
        self.recover_offered(ctx, &offer, &free, Some(&call.filters));
    }

    fn check_offers(&self, framework: &str, ids: &[OfferID]) -> Result<(), String> {
        let mut seen = std::collections::BTreeSet::new();
        let mut first: Option<&Outstanding> = None;
        if ids.is_empty() {
            return Err("No offers specified".to_owned());
        }
        if let Some(id) = ids.iter().find(|id| !seen.insert(&id.value)) {
            return Err(format!("Duplicate offer {id} in offer list"));
        }
        for id in ids {
            let offer = self.offers.get(&id.value);
            let offer = offer.ok_or_else(|| format!("Offer {id} is no longer valid"))?;
            if offer.framework != framework {
                return Err(format!(
                    "Offer {id} has invalid framework {} while framework {framework} is expected",
                    offer.framework
                ));
            }
            let first = *first.get_or_insert(offer);
            if offer.role != first.role {
                return Err("Aggregated offers must be allocated to the same role".to_owned());
            }
            if offer.agent != first.agent {
                return Err(format!(
                    "Aggregated offers must belong to one single agent. \
                     Offer {id} uses agent {} and agent {}",
                    offer.agent, first.agent
                ));
            }
        }
        Ok(())
    }

    fn take_offers(&mut self, ids: &[OfferID]) -> Option<Accepted> {
        let mut offers: Vec<_> = ids
            .iter()
            .filter_map(|id| self.offers.remove(&id.value))
            .collect();
        let offer = offers.pop()?;
        let mut free = offer.resources.clone();
        offers.iter().for_each(|other| free += &other.resources);
        Some(Accepted { offer, free })
    }

    /// None of the tasks of a call is launched.
    fn launch_nothing(
        &mut self,
        ctx: &Context<Self>,
        framework: &str,
        call: &Accept,
        reason: Reason,
        message: String,
    ) {
        let Some(known) = self.frameworks.get(framework) else {
            return;
        };
        let change = Change {
            state: states::dropped(&known.info),
            reason,
            message,
        };
        for operation in &call.operations {
            let group = &operation.launch_group.task_group.tasks;
            for task in operation.launch.task_infos.iter().chain(group) {
                self.report_not_launched(ctx, framework, task, &change);
            }
        }
    }

    fn operate(&mut self, ctx: &mut Context<Self>, accepted: &mut Accepted, operation: Operation) {
        match operation.r#type {
            Some(OperationType::LAUNCH) => {
                for task in operation
                    .launch
                    .into_option()
                    .unwrap_or_default()
                    .task_infos
                {
                    self.launch(ctx, accepted, task);
                }
            }
            Some(OperationType::LAUNCH_GROUP) => {
                let change = Change {
                    state: TaskState::TASK_ERROR,
                    reason: Reason::REASON_TASK_GROUP_INVALID,
                    message: "Task groups are not supported".to_owned(),
                };
                for task in &operation.launch_group.task_group.tasks {
                    self.report_not_launched(ctx, &accepted.offer.framework, task, &change);
                }
            }
            other => log::warn!(
                "framework {} asks for {other:?}, which is not supported",
                accepted.offer.framework
            ),
        }
    }

    fn launch(&mut self, ctx: &mut Context<Self>, accepted: &mut Accepted, mut task: TaskInfo) {
        let framework = accepted.offer.framework.clone();
        infer_health_check(&mut task);
        match self.check_task(accepted, &task) {
            Ok(needs) => {
                accepted.free -= &needs.task;
                if let Some(executor) = &needs.executor {
                    accepted.free -= executor;
                }
                self.run(ctx, &accepted.offer, task, needs);
            }
            Err(message) => {
                let (state, reason) = (TaskState::TASK_ERROR, Reason::REASON_TASK_INVALID);
                let change = Change {
                    state,
                    reason,
                    message,
                };
                self.report_not_launched(ctx, &framework, &task, &change);
            }
        }
    }

    fn check_task(&self, accepted: &Accepted, task: &TaskInfo) -> Result<Needs, String> {
        let offer = &accepted.offer;
        let agent = self.agents.get(&offer.agent).ok_or("Agent removed")?;
        let framework = self
            .frameworks
            .get(&offer.framework)
            .ok_or("Framework removed")?;
        Launch {
            framework: &offer.framework,
            agent: &offer.agent,
            role: &offer.role,
            free: &accepted.free,
            takes_limits: agent.is(AgentCapability::TASK_RESOURCE_LIMITS),
            has_task: &|id| {
                let mut unreachable = framework.unreachable.iter();
                framework.tasks.contains_key(id) || unreachable.any(|it| it.task_id.value == id)
            },
            executor: &|id| {
                agent
                    .executors
                    .get(&(offer.framework.clone(), id.to_owned()))
            },
        }
        .check(task)
    }

    fn run(
        &mut self,
        ctx: &mut Context<Self>,
        offer: &Outstanding,
        mut task: TaskInfo,
        needs: Needs,
    ) {
        let id = task.task_id.value.clone();
        let Some(agent) = self.agents.get_mut(&offer.agent) else {
            return;
        };
        let Some(framework) = self.frameworks.get_mut(&offer.framework) else {
            return;
        };
        log::info!(
            "launching task {id} of framework {framework} with {} on agent {agent}",
            needs.task
        );
        allocate(&mut task, &offer.framework, &offer.role);
        let launch_executor = task.executor.is_unset() || needs.executor.is_some();
        if needs.executor.is_some() {
            let key = (
                offer.framework.clone(),
                task.executor.executor_id.value.clone(),
            );
            agent.executors.insert(key, (*task.executor).clone());
        }
        framework
            .tasks
            .insert(id.clone(), record(&task, &offer.framework));
        agent.tasks.insert((offer.framework.clone(), id));
        if !agent.is(AgentCapability::RESERVATION_REFINEMENT) {
            spell_as_of_old(&mut task);
        }
        let message = RunTaskMessage {
            framework: framework.info.clone().into(),
            pid: Some(framework.pid.to_string()),
            task: task.into(),
            launch_executor: Some(launch_executor),
            ..Default::default()
        };
        ctx.send_protobuf(&agent.pid, &message);
    }
}

/// Older frameworks say only which kind of health check it is by what they set.
fn infer_health_check(task: &mut TaskInfo) {
    if let Some(check) = task
        .health_check
        .as_option_mut()
        .filter(|check| check.r#type.is_none())
    {
        check.r#type = match (check.command.is_set(), check.http.is_set()) {
            (true, _) => Some(health_check::Type::COMMAND),
            (_, true) => Some(health_check::Type::HTTP),
            _ => None,
        };
    }
}

/// Says in a task what its framework took for granted: whom its resources are allocated to, and
/// whose its executor is.
fn allocate(task: &mut TaskInfo, framework: &str, role: &str) {
    resources::allocate(&mut task.resources, role);
    if let Some(executor) = task.executor.as_option_mut() {
        resources::allocate(&mut executor.resources, role);
        if executor.framework_id.is_unset() {
            executor.framework_id = FrameworkID::from(framework).into();
        }
    }
}

fn spell_as_of_old(task: &mut TaskInfo) {
    let old = |messages: &mut Vec<Resource>| {
        *messages = std::mem::take(messages)
            .into_iter()
            .filter_map(resources::to_old)
            .collect();
    };
    old(&mut task.resources);
    if let Some(executor) = task.executor.as_option_mut() {
        old(&mut executor.resources);
    }
}

fn record(task: &TaskInfo, framework: &str) -> Task {
    let user = task
        .command
        .user
        .clone()
        .or_else(|| task.executor.command.user.clone());
    Task {
        name: task.name.clone(),
        task_id: task.task_id.clone(),
        framework_id: FrameworkID::from(framework).into(),
        executor_id: task.executor.executor_id.clone(),
        slave_id: task.slave_id.clone(),
        state: TaskState::TASK_STAGING,
        resources: task.resources.clone(),
        limits: task.limits.clone(),
        labels: task.labels.clone(),
        discovery: task.discovery.clone(),
        container: task.container.clone(),
        health_check: task.health_check.clone(),
        kill_policy: task.kill_policy.clone(),
        user,
        ..Task::default()
    }
}
