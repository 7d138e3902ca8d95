//! How far the models look: as far as fits into minutes, or further if asked when they are built.
//!
//! `MODEL_DEPTH=1` lets loom preempt once more than a model says and shuttle run ten times as
//! often; each step more does so again.

/// Runs a model in every interleaving with so many preemptions, and every order of memory that
/// these allow.
#[cfg(loom)]
pub(crate) fn every(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions + depth() as usize);
    builder.check(model);
}

/// Runs a model in so many random interleavings.
#[cfg(shuttle)]
pub(crate) fn some(runs: usize, model: impl Fn() + Send + Sync + 'static) {
    shuttle::check_random(model, runs * 10_usize.pow(depth()));
}

/// Runs a model in so many interleavings that are orderly but for a few places, which chance picks:
/// that finds what is rare. It must not spin, since nobody takes its turn away.
#[cfg(shuttle)]
pub(crate) fn rare(runs: usize, model: impl Fn() + Send + Sync + 'static) {
    shuttle::check_pct(model, runs * 10_usize.pow(depth()), 4);
}

fn depth() -> u32 {
    let depth = option_env!("MODEL_DEPTH").map(str::parse);
    depth.map_or(0, |depth| depth.expect("a depth is a number"))
}
