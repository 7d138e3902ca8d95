//! Behaviour tests of simulation.
