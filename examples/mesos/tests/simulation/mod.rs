//! The whole cluster in a simulation.

mod a_thousand_seeds;
mod cluster;
mod replay;
