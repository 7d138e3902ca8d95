//! Behaviour tests of the scheduler.

mod blocked_turns;
mod drops;
mod fairness;
mod ordering;
mod panics;
mod parking;
mod quiescence;
mod seeded;
mod stopping;
mod support;
mod tasks;
