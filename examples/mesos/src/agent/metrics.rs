//! What an agent counts and measures, under `slave/`.
//!
//! Counters are counted where things happen. Gauges are asked for: each snapshot runs their
//! functions on the agent.

use libprocess::metrics::Counter;
use libprocess::process::Context;

use super::Agent;
use super::frameworks::{Executor, State};
use crate::messages::TaskState;
use crate::metrics::Added;
use crate::resources::Resources;

/// The counters of an agent.
pub(super) struct Metrics {
    pub(super) valid_status_updates: Counter,
    pub(super) invalid_status_updates: Counter,
    pub(super) valid_framework_messages: Counter,
    pub(super) invalid_framework_messages: Counter,
    pub(super) container_launch_errors: Counter,
    /// How tasks ended.
    ends: [(TaskState, Counter); 5],
    added: Added,
}

impl Default for Metrics {
    fn default() -> Self {
        let counter = |name| Counter::new(format!("slave/{name}"));
        Self {
            valid_status_updates: counter("valid_status_updates"),
            invalid_status_updates: counter("invalid_status_updates"),
            valid_framework_messages: counter("valid_framework_messages"),
            invalid_framework_messages: counter("invalid_framework_messages"),
            container_launch_errors: counter("container_launch_errors"),
            ends: [
                (TaskState::TASK_FINISHED, counter("tasks_finished")),
                (TaskState::TASK_FAILED, counter("tasks_failed")),
                (TaskState::TASK_KILLED, counter("tasks_killed")),
                (TaskState::TASK_LOST, counter("tasks_lost")),
                (TaskState::TASK_GONE, counter("tasks_gone")),
            ],
            added: Added::default(),
        }
    }
}

impl Metrics {
    /// Counts that a task reached a state, if that is an end.
    pub(super) fn count_end(&self, state: TaskState) {
        if let Some((_, counter)) = self.ends.iter().find(|(end, _)| *end == state) {
            counter.increment();
        }
    }
}

impl Agent {
    /// Adds the agent's metrics to those of its runtime.
    pub(super) fn add_metrics(&mut self, ctx: &Context<Self>) {
        self.metrics.added = Added::to(ctx);
        self.metrics.added.add_event_queue(ctx, "slave");
        let of_ends = self.metrics.ends.clone();
        let counters = [
            self.metrics.valid_status_updates.clone(),
            self.metrics.invalid_status_updates.clone(),
            self.metrics.valid_framework_messages.clone(),
            self.metrics.invalid_framework_messages.clone(),
            self.metrics.container_launch_errors.clone(),
        ];
        for counter in counters
            .into_iter()
            .chain(of_ends.map(|(_, counter)| counter))
        {
            self.metrics.added.add(&counter);
        }
        for &(name, measure) in GAUGES {
            self.add_gauge(ctx, name, measure);
        }
        for name in ["cpus", "gpus", "mem", "disk"] {
            let total = move |it: &Self, _: &Context<Self>| it.config.resources.scalar(name);
            let used = move |it: &Self, _: &Context<Self>| it.used().scalar(name);
            self.add_gauge(ctx, &format!("{name}_total"), total);
            self.add_gauge(ctx, &format!("{name}_used"), used);
            self.add_gauge(ctx, &format!("{name}_percent"), move |it, ctx| {
                let total = total(it, ctx);
                if total > 0.0 {
                    used(it, ctx) / total
                } else {
                    0.0
                }
            });
        }
    }

    fn add_gauge(
        &mut self,
        ctx: &Context<Self>,
        name: &str,
        measure: impl Fn(&Self, &Context<Self>) -> f64 + Copy + Send + Sync + 'static,
    ) {
        let name = format!("slave/{name}");
        self.metrics.added.add_gauge(ctx, name, measure);
    }

    fn executors(&self) -> impl Iterator<Item = &Executor> {
        self.frameworks
            .values()
            .flat_map(|framework| framework.executors.values())
    }

    fn executors_in(&self, state: State) -> f64 {
        self.executors()
            .filter(|executor| executor.state == state)
            .count() as f64
    }

    fn tasks_in(&self, state: TaskState) -> f64 {
        let tasks = self
            .executors()
            .flat_map(|executor| executor.launched.values());
        tasks.filter(|task| task.state == state).count() as f64
    }

    /// What executors and their tasks hold.
    pub(super) fn used(&self) -> Resources {
        let resources: Vec<_> = self
            .executors()
            .flat_map(Executor::resources)
            .cloned()
            .collect();
        Resources::from_messages(&resources).unwrap_or_default()
    }
}

type Measure = fn(&Agent, &Context<Agent>) -> f64;

const GAUGES: &[(&str, Measure)] = &[
    ("executors_registering", |it, _| {
        it.executors_in(State::Registering)
    }),
    ("executors_running", |it, _| it.executors_in(State::Running)),
    ("executors_terminating", |it, _| {
        it.executors_in(State::Terminating)
    }),
    ("frameworks_active", |it, _| it.frameworks.len() as f64),
    ("registered", |it, _| {
        f64::from(u8::from(it.registration.is_registered()))
    }),
    ("tasks_killing", |it, _| {
        it.tasks_in(TaskState::TASK_KILLING)
    }),
    ("tasks_running", |it, _| {
        it.tasks_in(TaskState::TASK_RUNNING)
    }),
    ("tasks_staging", |it, _| {
        let queued: usize = it.executors().map(|executor| executor.queued.len()).sum();
        queued as f64 + it.tasks_in(TaskState::TASK_STAGING)
    }),
    ("tasks_starting", |it, _| {
        it.tasks_in(TaskState::TASK_STARTING)
    }),
    ("uptime_secs", |it, ctx| {
        ctx.now().as_secs_f64() - it.started.as_secs_f64()
    }),
];
