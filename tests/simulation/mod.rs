//! Behaviour tests of simulation.

mod chains_of_waits;
mod faults;
mod replay;
mod support;
