//! Simulation and expectations.
