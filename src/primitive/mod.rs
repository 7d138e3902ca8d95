//! The one switch between std, loom and shuttle.
//!
//! Everything above this floor imports its concurrency from here and never names `std::sync`,
//! `std::thread` or `std::sync::atomic`. One build flag then puts a model checker under the whole
//! library:
//!
//! - no flag: std's atomics, `parking_lot`'s locks, OS threads;
//! - `RUSTFLAGS="--cfg loom"`: [loom], which runs every interleaving and every allowed reordering
//!   of a small test;
//! - `RUSTFLAGS="--cfg shuttle"`: shuttle, which runs many random interleavings of a large one.
//!
//! Beside the switch stand the things that must come from one place so that a seed can replay a
//! run: threads, the hasher of maps, randomness, and [`blocking`], through which every blocking
//! wait of the library goes.
//!
//! [loom]: https://docs.rs/loom

pub mod blocking;
pub mod cell;
#[cfg(all(test, any(loom, shuttle)))]
pub(crate) mod explore;
pub mod hash;
pub mod memory;
pub mod pages;
pub(crate) mod panics;
pub mod random;
pub mod shared;
pub(crate) mod spin;
pub mod sync;
pub mod thread;
