//! The one switch between std, loom and shuttle: atomics, locks, cells, threads, randomness, blocking.
