//! What the master counts and measures, under `master/`.
//!
//! Counters are counted where things happen. Gauges are asked for: each snapshot runs their
//! functions on the master.

use std::collections::BTreeMap;

use buffa::Enumeration as _;
use libprocess::metrics::Counter;
use libprocess::process::Context;

use super::Master;
use super::agent::Agent;
use super::framework::Framework;
use crate::messages::TaskState;
use crate::messages::task_status::{Reason, Source};
use crate::metrics::Added;
use crate::resources::Resources;

macro_rules! counters {
    ($($counter:ident $name:literal)*) => {
        /// The counters of the master.
        pub(super) struct Metrics {
            $(pub(super) $counter: Counter,)*
            /// How tasks ended, and why; made when the first does so.
            ends: BTreeMap<String, Counter>,
            added: Added,
        }

        impl Default for Metrics {
            fn default() -> Self {
                Self {
                    $($counter: Counter::new($name),)*
                    ends: BTreeMap::new(),
                    added: Added::default(),
                }
            }
        }

        impl Metrics {
            fn counters(&self) -> impl Iterator<Item = &Counter> {
                [$(&self.$counter),*].into_iter()
            }
        }
    };
}

counters! {
    allocation_runs "allocator/mesos/allocation_runs"
    invalid_executor_to_framework_messages "master/invalid_executor_to_framework_messages"
    invalid_framework_to_executor_messages "master/invalid_framework_to_executor_messages"
    invalid_status_update_acknowledgements "master/invalid_status_update_acknowledgements"
    invalid_status_updates "master/invalid_status_updates"
    messages_deactivate_framework "master/messages_deactivate_framework"
    messages_decline_offers "master/messages_decline_offers"
    messages_executor_to_framework "master/messages_executor_to_framework"
    messages_exited_executor "master/messages_exited_executor"
    messages_framework_to_executor "master/messages_framework_to_executor"
    messages_kill_task "master/messages_kill_task"
    messages_launch_tasks "master/messages_launch_tasks"
    messages_reconcile_tasks "master/messages_reconcile_tasks"
    messages_register_framework "master/messages_register_framework"
    messages_register_slave "master/messages_register_slave"
    messages_reregister_framework "master/messages_reregister_framework"
    messages_reregister_slave "master/messages_reregister_slave"
    messages_resource_request "master/messages_resource_request"
    messages_revive_offers "master/messages_revive_offers"
    messages_status_update "master/messages_status_update"
    messages_status_update_acknowledgement "master/messages_status_update_acknowledgement"
    messages_suppress_offers "master/messages_suppress_offers"
    messages_unregister_framework "master/messages_unregister_framework"
    messages_unregister_slave "master/messages_unregister_slave"
    messages_update_slave "master/messages_update_slave"
    slave_registrations "master/slave_registrations"
    slave_removals "master/slave_removals"
    slave_removals_reason_registered "master/slave_removals/reason_registered"
    slave_removals_reason_unhealthy "master/slave_removals/reason_unhealthy"
    slave_removals_reason_unregistered "master/slave_removals/reason_unregistered"
    slave_reregistrations "master/slave_reregistrations"
    slave_unreachable_completed "master/slave_unreachable_completed"
    slave_unreachable_scheduled "master/slave_unreachable_scheduled"
    tasks_dropped "master/tasks_dropped"
    tasks_error "master/tasks_error"
    tasks_failed "master/tasks_failed"
    tasks_finished "master/tasks_finished"
    tasks_gone "master/tasks_gone"
    tasks_gone_by_operator "master/tasks_gone_by_operator"
    tasks_killed "master/tasks_killed"
    tasks_lost "master/tasks_lost"
    valid_executor_to_framework_messages "master/valid_executor_to_framework_messages"
    valid_framework_to_executor_messages "master/valid_framework_to_executor_messages"
    valid_status_update_acknowledgements "master/valid_status_update_acknowledgements"
    valid_status_updates "master/valid_status_updates"
}

impl Metrics {
    /// Counts that a task ended, or that nobody can tell.
    pub(super) fn count_end(
        &mut self,
        state: TaskState,
        source: Option<Source>,
        reason: Option<Reason>,
    ) {
        match state {
            TaskState::TASK_DROPPED => self.tasks_dropped.increment(),
            TaskState::TASK_ERROR => self.tasks_error.increment(),
            TaskState::TASK_FAILED => self.tasks_failed.increment(),
            TaskState::TASK_FINISHED => self.tasks_finished.increment(),
            TaskState::TASK_GONE => self.tasks_gone.increment(),
            TaskState::TASK_GONE_BY_OPERATOR => self.tasks_gone_by_operator.increment(),
            TaskState::TASK_KILLED => self.tasks_killed.increment(),
            TaskState::TASK_LOST => self.tasks_lost.increment(),
            _ => {}
        }
        if let (Some(source), Some(reason)) = (source, reason) {
            let parts = [state.proto_name(), source.proto_name(), reason.proto_name()];
            let name = format!("master/{}", parts.join("/").to_lowercase());
            if !self.ends.contains_key(&name) {
                let counter = Counter::new(name.as_str());
                self.added.add(&counter);
                self.ends.insert(name.clone(), counter);
            }
            self.ends[&name].increment();
        }
    }
}

impl Master {
    /// Adds the master's metrics to those of its runtime.
    pub(super) fn add_metrics(&mut self, ctx: &Context<Self>) {
        self.metrics.added = Added::to(ctx);
        self.metrics.added.add_event_queue(ctx, "master");
        let counters: Vec<Counter> = self.metrics.counters().cloned().collect();
        counters
            .iter()
            .for_each(|counter| self.metrics.added.add(counter));
        for &(name, measure) in GAUGES {
            self.add_gauge(ctx, name, measure);
        }
        for resource in ["cpus", "gpus", "mem", "disk"] {
            for &(kind, measure) in RESOURCE_GAUGES {
                let name = format!("{resource}_{kind}");
                self.add_gauge(ctx, &name, move |master, _| measure(master, resource));
            }
        }
    }

    fn add_gauge(
        &mut self,
        ctx: &Context<Self>,
        name: &str,
        measure: impl Fn(&Self, &Context<Self>) -> f64 + Copy + Send + Sync + 'static,
    ) {
        let name = format!("master/{name}");
        self.metrics.added.add_gauge(ctx, name, measure);
    }

    fn tasks_in(&self, state: TaskState) -> f64 {
        let tasks = self.frameworks.values().flat_map(|it| it.tasks.values());
        tasks.filter(|task| task.state == state).count() as f64
    }

    fn count_agents(&self, which: impl Fn(&Agent) -> bool) -> f64 {
        self.agents.values().filter(|agent| which(agent)).count() as f64
    }

    fn count_frameworks(&self, which: impl Fn(&Framework) -> bool) -> f64 {
        self.frameworks
            .values()
            .filter(|framework| which(framework))
            .count() as f64
    }

    fn total(&self) -> Resources {
        self.agents
            .values()
            .fold(Resources::default(), |mut sum, agent| {
                sum += &agent.total;
                sum
            })
    }

    fn used(&self) -> Resources {
        let mut sum = Resources::default();
        self.frameworks
            .values()
            .for_each(|framework| sum += &framework.used(None));
        self.agents
            .values()
            .for_each(|agent| sum += &agent.used_by_executors(None));
        sum
    }
}

type Measure = fn(&Master, &Context<Master>) -> f64;

const GAUGES: &[(&str, Measure)] = &[
    ("elected", |_, _| 1.0),
    ("frameworks_active", |it, _| {
        it.count_frameworks(|it| it.is_active)
    }),
    ("frameworks_connected", |it, _| {
        it.count_frameworks(|it| it.is_connected)
    }),
    ("frameworks_disconnected", |it, _| {
        it.count_frameworks(|it| !it.is_connected)
    }),
    ("frameworks_inactive", |it, _| {
        it.count_frameworks(|it| !it.is_active)
    }),
    ("outstanding_offers", |it, _| it.offers.len() as f64),
    ("slaves_active", |it, _| {
        it.count_agents(|it| it.is_connected)
    }),
    ("slaves_connected", |it, _| {
        it.count_agents(|it| it.is_connected)
    }),
    ("slaves_disconnected", |it, _| {
        it.count_agents(|it| !it.is_connected)
    }),
    ("slaves_inactive", |it, _| {
        it.count_agents(|it| !it.is_connected)
    }),
    ("slaves_unreachable", |it, _| it.unreachable.len() as f64),
    ("tasks_killing", |it, _| {
        it.tasks_in(TaskState::TASK_KILLING)
    }),
    ("tasks_running", |it, _| {
        it.tasks_in(TaskState::TASK_RUNNING)
    }),
    ("tasks_staging", |it, _| {
        it.tasks_in(TaskState::TASK_STAGING)
    }),
    ("tasks_starting", |it, _| {
        it.tasks_in(TaskState::TASK_STARTING)
    }),
    ("tasks_unreachable", |it, _| {
        it.frameworks
            .values()
            .map(|it| it.unreachable.iter().len())
            .sum::<usize>() as f64
    }),
    ("uptime_secs", |it, ctx| {
        ctx.now().as_secs_f64() - it.started.as_secs_f64()
    }),
];

type MeasureResource = fn(&Master, &str) -> f64;

const RESOURCE_GAUGES: &[(&str, MeasureResource)] = &[
    ("total", |it, name| it.total().scalar(name)),
    ("used", |it, name| it.used().scalar(name)),
    ("percent", |it, name| match it.total().scalar(name) {
        0.0 => 0.0,
        total => it.used().scalar(name) / total,
    }),
];
