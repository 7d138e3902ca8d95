//! Simulation and expectations.

mod expect;
mod simulation;
mod trace;

pub use expect::{Expect, Expected, Seen};
pub use simulation::Simulation;
