//! Metrics that come and go with the process that they are of.

use libprocess::metrics::{Metric, PullGauge, Registry};
use libprocess::process::{Context, Kind, Process};

/// What a process added to the metrics of its runtime; dropping this removes all of it.
#[derive(Default)]
pub struct Added {
    registry: Registry,
    names: Vec<Box<str>>,
}

impl Added {
    /// Nothing yet, to the metrics of the runtime that `ctx` is in.
    pub fn to<P: Process>(ctx: &Context<P>) -> Self {
        Self {
            registry: ctx.manager().metrics().clone(),
            names: Vec::new(),
        }
    }

    /// Adds a metric, unless somebody else added one of this name.
    pub fn add<M: Metric + Clone>(&mut self, metric: &M) {
        match self.registry.add(metric) {
            Ok(()) => self.names.push(metric.name().into()),
            Err(error) => log::info!("a metric is missing: {error}"),
        }
    }

    /// Adds a gauge that asks the process itself.
    pub fn add_gauge<P: Process>(
        &mut self,
        ctx: &Context<P>,
        name: String,
        measure: impl Fn(&P, &Context<P>) -> f64 + Copy + Send + Sync + 'static,
    ) {
        let pid = ctx.pid();
        let ask = move || pid.dispatch(move |process, ctx| measure(process, ctx));
        self.add(&PullGauge::flat(name, ask));
    }

    /// Adds what waits in the queue of the process, as `<prefix>/event_queue_messages` and so on.
    pub fn add_event_queue<P: Process>(&mut self, ctx: &Context<P>, prefix: &str) {
        self.add_gauge(ctx, format!("{prefix}/event_queue_dispatches"), |_, ctx| {
            ctx.event_counts().of(Kind::Dispatch) as f64
        });
        self.add_gauge(
            ctx,
            format!("{prefix}/event_queue_http_requests"),
            |_, ctx| ctx.event_counts().of(Kind::Http) as f64,
        );
        self.add_gauge(ctx, format!("{prefix}/event_queue_messages"), |_, ctx| {
            ctx.event_counts().of(Kind::Message) as f64
        });
    }
}

impl Drop for Added {
    fn drop(&mut self) {
        for name in &self.names {
            // It is there, unless somebody else removed it.
            let _ = self.registry.remove(name);
        }
    }
}
