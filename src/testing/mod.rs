//! Simulation and expectations.

mod expect;

pub use expect::{Expect, Expected, Seen};
